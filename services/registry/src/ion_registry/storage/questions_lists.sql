-- name: plan_once
-- For a page of the present list: planning it anew takes longer than reading it. Until the end of the transaction.
select set_config('plan_cache_mode', 'force_generic_plan', true)

-- name: list_start
-- The name at which a page begins that follows this patient: lists are in the order of name and id.
select list_name from patient where patient_id = $1

-- name: list_now
-- One page of a list as it is now: one read of the index current_list. The total is kept, not counted.
with page as (
    select c.patient_id, c.list_name, c.since, c.end_on
    from current c
    where c.agb_code = $1 and (c.list_name, c.patient_id) > ($2::text, $3::uuid)
    order by c.list_name, c.patient_id offset $4 limit $5
), shown as (
    select p.patient_id, p.bsn, p.initials, p.prefix, p.family_name, p.birth_date, p.sex, page.list_name, page.since,
        page.end_on, exists (
            select from waiting w
            where w.patient_id = p.patient_id and (w.agb_code = $1 or w.body ->> 'fromAgbCode' = $1)
        ) as waiting
    from page join patient p using (patient_id)
)
select total, shown.*
from (select coalesce(sum(patients), 0)::bigint as total from list_count where agb_code = $1) as kept
left join shown on true
order by shown.list_name, shown.patient_id

-- name: list_found
-- The same for a search; a name is folded as the column patient.list_name is, and names are compared byte by byte.
with wanted as (
    select translate(lower($6::text), 'àáâãäåçèéêëìíîïñòóôõöøùúûüýÿ', 'aaaaaaceeeeiiiinoooooouuuuyy') collate "C" as name
), found as (
    select c.patient_id, c.list_name, c.since, c.end_on, p.bsn, p.initials, p.prefix, p.family_name, p.birth_date, p.sex
    from wanted cross join current c join patient p using (patient_id)
    where c.agb_code = $1
      and (wanted.name is null or (c.list_name >= wanted.name and c.list_name < wanted.name || chr(1114111)))
      and ($7::date is null or p.birth_date = $7)
      and ($8::text is null or p.bsn = $8)
), shown as (
    select found.*, exists (
            select from waiting w
            where w.patient_id = found.patient_id and (w.agb_code = $1 or w.body ->> 'fromAgbCode' = $1)
        ) as waiting
    from found
    where (found.list_name, found.patient_id) > ($2::text, $3::uuid)
    order by found.list_name, found.patient_id offset $4 limit $5
)
select total, shown.*
from (select count(*) as total from found) as counted left join shown on true
order by shown.list_name, shown.patient_id

-- name: list_on_day
-- The same on a day as known at a moment (rule 7): of the changes that cover the day, the one with the highest
-- sequence holds.
with wanted as (
    select translate(lower($6::text), 'àáâãäåçèéêëìíîïñòóôõöøùúûüýÿ', 'aaaaaaceeeeiiiinoooooouuuuyy') collate "C" as name
), found as (
    select p.patient_id, p.list_name, p.bsn, p.initials, p.prefix, p.family_name, p.birth_date, p.sex
    from wanted cross join journal f join patient p using (patient_id)
    where f.holder = $1 and f.valid_from <= $9::date and (f.valid_until is null or f.valid_until >= $9)
      and ($10::timestamptz is null or f.recorded_at <= $10)
      and not exists (
          select from journal later
          where later.patient_id = f.patient_id and later.sequence > f.sequence
            and later.valid_from <= $9 and (later.valid_until is null or later.valid_until >= $9)
            and ($10::timestamptz is null or later.recorded_at <= $10)
      )
      and (wanted.name is null or (p.list_name >= wanted.name and p.list_name < wanted.name || chr(1114111)))
      and ($7::date is null or p.birth_date = $7)
      and ($8::text is null or p.bsn = $8)
), shown as (
    select * from found
    where (found.list_name, found.patient_id) > ($2::text, $3::uuid)
    order by found.list_name, found.patient_id offset $4 limit $5
)
select total, shown.*
from (select count(*) as total from found) as counted left join shown on true
order by shown.list_name, shown.patient_id

-- name: overview
-- Each of these codes: what the care provider register says, how long its list is, and what waits.
select asked.agb_code, p.name,
    coalesce((select sum(patients) from list_count c where c.agb_code = asked.agb_code), 0)::bigint as total,
    (select count(*) from current c where c.agb_code = asked.agb_code and c.end_on is not null) as temporary,
    (select count(*) from waiting w where w.agb_code = asked.agb_code) as waiting
from unnest($1::text[]) with ordinality as asked (agb_code, n) left join provider p using (agb_code)
order by asked.n

-- name: waiting_of_codes
-- What waits for these codes (rule 6), the first to be processed first.
select w.command_id, w.type, w.agb_code, w.process_on, w.body ->> 'offeredOn' as offered_on,
    w.body ->> 'fromAgbCode' as from_agb_code, p.patient_id, p.bsn, p.initials, p.prefix, p.family_name, p.birth_date
from waiting w join patient p using (patient_id)
where w.agb_code = any($1::text[]) and (w.process_on, w.command_id) > ($2::date, $3::text)
order by w.process_on, w.command_id limit $4
