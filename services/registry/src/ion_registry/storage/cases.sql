-- name: read_cases
-- Ordered by the database, so that two writers of the same cases follow each other.
select case_id, patient_id, on_date, requester_agb_code, other_agb_code, opened_on, contact_due, ruling_due, steps,
    contacted_on, extended_on, heard, wish_agb_code, ruled_agb_code, ruled_on, published_on, withdrawn_on
from ombudsman_case where case_id = any($1::uuid[])
order by case_id for no key update

-- name: save_cases
-- New and changed cases, each as it is now. `heard` comes as one text each: arrays of arrays must not be ragged.
insert into ombudsman_case (case_id, patient_id, on_date, requester_agb_code, other_agb_code, opened_on, contact_due,
    ruling_due, steps, contacted_on, extended_on, heard, wish_agb_code, ruled_agb_code, ruled_on, published_on,
    withdrawn_on)
select case_id, patient_id, on_date, requester_agb_code, other_agb_code, opened_on, contact_due, ruling_due, steps,
    contacted_on, extended_on, string_to_array(heard, ','), wish_agb_code, ruled_agb_code, ruled_on, published_on,
    withdrawn_on
from unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[], $5::text[], $6::date[], $7::date[], $8::date[],
    $9::integer[], $10::date[], $11::date[], $12::text[], $13::text[], $14::text[], $15::date[], $16::date[],
    $17::date[]) as new (case_id, patient_id, on_date, requester_agb_code, other_agb_code, opened_on, contact_due,
    ruling_due, steps, contacted_on, extended_on, heard, wish_agb_code, ruled_agb_code, ruled_on, published_on,
    withdrawn_on)
on conflict (case_id) do update
set ruling_due = excluded.ruling_due, steps = excluded.steps, contacted_on = excluded.contacted_on,
    extended_on = excluded.extended_on, heard = excluded.heard, wish_agb_code = excluded.wish_agb_code,
    ruled_agb_code = excluded.ruled_agb_code, ruled_on = excluded.ruled_on, published_on = excluded.published_on,
    withdrawn_on = excluded.withdrawn_on

-- name: taken_steps
-- Which of these commands were taken before, and with what code.
select command_id, code from case_step where command_id = any($1::text[])

-- name: add_steps
-- The steps of a batch; not by COPY, which takes no JSON from our codec.
insert into case_step (command_id, case_id, n, kind, code, offered_on, offered_at, recorded_on, party, office, body)
select * from unnest($1::text[], $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::date[], $7::timestamptz[],
    $8::date[], $9::text[], $10::boolean[], $11::jsonb[])

-- name: read_case_patients
-- Who these cases are about: by BSN when a case is opened, by id later.
select patient_id, bsn, family_name from patient where bsn = any($1::text[])
union
select patient_id, bsn, family_name from patient where patient_id = any($2::uuid[])

-- name: read_exclusions
-- When these AGB codes are excluded, without what was lifted; the last day belongs to it.
select agb_code, since, coalesce(lifted_on - 1, until) as until
from exclusion where agb_code = any($1::text[]) and since < coalesce(lifted_on, until + 1)
order by agb_code, since

-- name: lock_exclusions
-- Exclusions are rare: two batches that change them follow each other. Reading goes on.
lock table exclusion in share row exclusive mode

-- name: lift_exclusions
-- Those that hold or are to come end on the day before.
update exclusion as e set lifted_on = new.lifted_on, lifted_by = new.lifted_by
from unnest($1::text[], $2::date[], $3::date[], $4::text[]) as new (agb_code, since, lifted_on, lifted_by)
where e.agb_code = new.agb_code and e.since = new.since and e.since < coalesce(e.lifted_on, e.until + 1)

-- name: add_exclusions
-- New ones; one that was lifted in the same batch comes with its end.
insert into exclusion (command_id, case_id, agb_code, since, until, reason, lifted_on, lifted_by)
select * from unnest($1::text[], $2::uuid[], $3::text[], $4::date[], $5::date[], $6::text[], $7::date[], $8::text[])

-- name: list_cases
-- The newest first; with a day, only what is overdue on it.
select case_id, patient_id, on_date, requester_agb_code, other_agb_code, opened_on, contact_due, ruling_due, steps,
    contacted_on, extended_on, heard, wish_agb_code, ruled_agb_code, ruled_on, published_on, withdrawn_on
from ombudsman_case
where $1::date is null
   or (ruled_on is null and withdrawn_on is null and (ruling_due < $1 or (contacted_on is null and contact_due < $1)))
order by opened_on desc, case_id limit $2

-- name: list_open_cases
-- What the office still has to do; the earliest term first.
select case_id, patient_id, on_date, requester_agb_code, other_agb_code, opened_on, contact_due, ruling_due, steps,
    contacted_on, extended_on, heard, wish_agb_code, ruled_agb_code, ruled_on, published_on, withdrawn_on
from ombudsman_case where ruled_on is null and withdrawn_on is null
order by case when contacted_on is null then least(contact_due, ruling_due) else ruling_due end, case_id
limit $1

-- name: find_case
-- One case, not locked: for somebody who looks.
select case_id, patient_id, on_date, requester_agb_code, other_agb_code, opened_on, contact_due, ruling_due, steps,
    contacted_on, extended_on, heard, wish_agb_code, ruled_agb_code, ruled_on, published_on, withdrawn_on
from ombudsman_case where case_id = $1

-- name: read_steps
-- The history of one case, in order.
select command_id, case_id, n, kind, code, offered_on, offered_at, recorded_on, party, office, body
from case_step where case_id = $1 order by n

-- name: exclusions_of_case
-- Whom this case excluded, and until when at present.
select agb_code, since, until, lifted_on from exclusion where case_id = $1 order by since
