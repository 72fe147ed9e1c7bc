-- name: count_patients
-- Per AGB code on a day ($1) as known by the end of another ($2): the length of the lists now, less what came later.
-- A change holds from at most two days after it was recorded (terms end a day later, clocks differ over midnight), so
-- nothing recorded before $3 is later than either day; $3 alone is what the index journal_by_day is asked for.
with newer as (
    select event, holder, valid_from, valid_until, previous_agb_code, replaced, recorded_on > $2::date as unknown
    from journal where recorded_on >= $3::date and valid_from is not null
), changes as (
    select holder as agb_code, valid_from as day, 1 as change, unknown from newer where holder is not null
    union all
    select holder, valid_until + 1, -1, unknown from newer where holder is not null and valid_until is not null
    union all
    select previous_agb_code, valid_from, -1, unknown from newer where previous_agb_code is not null
    union all
    select part ->> 0, (part ->> 1)::date, -1, unknown
    from newer cross join jsonb_array_elements(replaced) as part where previous_agb_code is null
    union all
    select part ->> 0, (part ->> 2)::date + 1, 1, unknown
    from newer cross join jsonb_array_elements(replaced) as part
    where previous_agb_code is null and part ->> 2 is not null
)
select agb_code, sum(patients)::bigint as patients
from (
    select agb_code, patients from list_count
    union all
    select agb_code, -change from changes where unknown or day > $1::date
) as counted
group by agb_code having sum(patients) <> 0
order by agb_code

-- name: closed_through
-- The day that every partition has closed; null while one of them has closed none.
select case when count(*) = count(closed_through) then min(closed_through) end from partition_state

-- name: codes_of_cities
-- Where each care provider is, for counting a region.
select agb_code, lower(city) as city from provider where lower(city) = any($1::text[])
