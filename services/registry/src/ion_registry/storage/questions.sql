-- name: list_now
-- One page of the patients of an AGB code as they are registered now, with the total before paging.
with list as (
    select p.patient_id, p.bsn, p.initials, p.prefix, p.family_name, p.birth_date, p.sex, c.agb_code, c.since,
        null::date as until
    from current c join patient p using (patient_id)
    where c.agb_code = $1 and ($2::text is null or p.bsn = $2)
), page as (
    select * from list order by family_name, initials, patient_id limit $3 offset $4
)
select total, page.*
from (select count(*) as total from list) as counted left join page on true
order by family_name, initials, patient_id

-- name: list_on_day
-- The same on a day in the past, from the journal (rule 7). The next change of a patient tells when a period ended.
with list as (
    select p.patient_id, p.bsn, p.initials, p.prefix, p.family_name, p.birth_date, p.sex, j.agb_code, j.since,
        following.previous_until as until
    from journal j
    join patient p using (patient_id)
    left join journal following on following.patient_id = j.patient_id and following.sequence = j.sequence + 1
    where j.agb_code = $1 and j.sequence is not null and j.since <= $5::date
      and (following.previous_until is null or following.previous_until >= $5::date)
      and ($2::text is null or p.bsn = $2)
), page as (
    select * from list order by family_name, initials, patient_id limit $3 offset $4
)
select total, page.*
from (select count(*) as total from list) as counted left join page on true
order by family_name, initials, patient_id

-- name: count_patients
-- Per AGB code: who began on or before the day, less whose period ended before it, as far as known by the other day.
select agb_code, sum(change)::bigint as patients
from (
    select agb_code, 1 as change from journal
    where sequence is not null and since <= $1 and recorded_on <= $2
    union all
    select previous_agb_code, -1 from journal
    where sequence is not null and previous_until < $1 and recorded_on <= $2
) as changes
group by agb_code having sum(change) <> 0
order by agb_code

-- name: closed_through
-- The day that every partition has closed; null while one of them has closed none.
select case when count(*) = count(closed_through) then min(closed_through) end from partition_state
