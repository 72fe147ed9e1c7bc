-- name: known_commands
-- Which of these commands the journal has: they came before. Two indexes: timers' commands have no outcome.
select command_id from journal where command_id = any($1::text[]) and status is not null
union
select command_id from journal where command_id = any($1::text[]) and status is null

-- name: read_policy
-- What the board has decided, the earliest row first.
select version, valid_from, closed_days, practice_codes_only, ping_pong_transfers, ping_pong_days,
    temporary_ask_months, temporary_end_months, withdraw_days
from policy order by valid_from

-- name: add_policy
-- One more row.
insert into policy (version, valid_from, closed_days, practice_codes_only, ping_pong_transfers, ping_pong_days,
    temporary_ask_months, temporary_end_months, withdraw_days)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: find_patients
-- Who belongs to these routing keys.
select patient_id, routing_key, bsn, initials, prefix, family_name, birth_date, sex, list_name
from patient where routing_key = any($1::bytea[])

-- name: find_aliases
-- Who belonged to these routing keys before their BSN was known.
select p.patient_id, a.routing_key, p.bsn, p.initials, p.prefix, p.family_name, p.birth_date, p.sex, p.list_name
from patient_alias a join patient known using (patient_id)
join patient p on p.patient_id = coalesce(known.merged_into, known.patient_id)
where a.routing_key = any($1::bytea[])

-- name: find_patients_by_id
-- Who these are now, after merging, and all keys under which commands for them may come.
select asked.patient_id as asked_id, p.patient_id, p.bsn, p.initials, p.prefix, p.family_name, p.birth_date, p.sex,
    p.list_name,
    array[p.routing_key, asked.routing_key]
        || array(select routing_key from patient_alias a where a.patient_id in (asked.patient_id, p.patient_id)) as keys
from patient asked join patient p on p.patient_id = coalesce(asked.merged_into, asked.patient_id)
where asked.patient_id = any($1::uuid[]) and p.removed_at is null

-- name: find_likely_doubles
-- For which of these people another practice has somebody else with the same birth date, sex and family name.
select distinct new.command_id
from unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::text[], $6::text[])
    as new (command_id, family_name, birth_date, sex, bsn, agb_code)
join patient p on p.birth_date = new.birth_date and lower(p.family_name) = lower(new.family_name) and p.sex = new.sex
join current c on c.patient_id = p.patient_id
where c.agb_code <> new.agb_code and (p.bsn is null or p.bsn is distinct from new.bsn)

-- name: find_patient_of_bsn
-- For a question about one person.
select patient_id from patient where bsn = $1

-- name: find_all_ids
-- The temporary patients that a person was.
select patient_id from patient where merged_into = $1

-- name: add_patients
-- A BSN that stands under another routing key is not added, and so not returned.
insert into patient (patient_id, routing_key, bsn, initials, prefix, family_name, birth_date, sex, updated_at)
select patient_id, routing_key, bsn, initials, prefix, family_name, birth_date, sex, $9
from unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[])
    as new (patient_id, routing_key, bsn, initials, prefix, family_name, birth_date, sex)
on conflict do nothing
returning patient_id, routing_key, bsn, initials, prefix, family_name, birth_date, sex, list_name

-- name: update_persons
-- Person data that the last accepted command states otherwise. Lists follow the name.
with changed as (
    update patient as p
    set initials = new.initials, prefix = new.prefix, family_name = new.family_name, birth_date = new.birth_date,
        sex = new.sex, updated_at = $7
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[], $6::text[])
        as new (patient_id, initials, prefix, family_name, birth_date, sex)
    where p.patient_id = new.patient_id
    returning p.patient_id, p.list_name
)
update current as c set list_name = changed.list_name
from changed where c.patient_id = changed.patient_id and c.list_name <> changed.list_name

-- name: identify_patients
-- Temporary patients whose BSN is known now; under their old keys they stay known.
with new as (
    select * from unnest($1::uuid[], $2::bytea[], $3::text[]) as new (patient_id, routing_key, bsn)
), aliased as (
    insert into patient_alias (routing_key, patient_id)
    select p.routing_key, p.patient_id from patient p join new using (patient_id) where p.routing_key <> new.routing_key
)
update patient p set routing_key = new.routing_key, bsn = new.bsn from new where p.patient_id = new.patient_id

-- name: merge_patients
-- Temporary patients who turned out to be known: later commands follow, as the key leads to an alias from now on.
with new as (
    select * from unnest($1::uuid[], $2::uuid[]) as new (patient_id, into_id)
), aliased as (
    insert into patient_alias (routing_key, patient_id) select routing_key, patient_id from patient join new using (patient_id)
)
update patient p set merged_into = new.into_id, routing_key = uuid_send(gen_random_uuid())
from new where p.patient_id = new.patient_id

-- name: remove_persons
-- What is left of a person who was removed, as the temporary patient that they were too; nothing leads to somebody.
with gone as (
    select patient_id from patient where patient_id = any($1::uuid[]) or merged_into = any($1::uuid[])
), their_cases as (
    update ombudsman_case c set patient_id = null from gone where c.patient_id = gone.patient_id returning c.case_id
), without_texts as (
    update case_step s set body = null from their_cases where s.case_id = their_cases.case_id
), without_names as (
    update current c set list_name = '' from gone where c.patient_id = gone.patient_id
), without_aliases as (
    delete from patient_alias a using gone where a.patient_id = gone.patient_id
), without_insurance as (
    delete from insurance i using gone where i.patient_id = gone.patient_id
), without_timers as (
    delete from temporary_timer x using gone where x.patient_id = gone.patient_id
)
update patient p
set routing_key = uuid_send(gen_random_uuid()), bsn = null, initials = '', prefix = '', family_name = '', birth_date = null,
    sex = 'unknown', updated_at = $2, removed_at = $2
from gone where p.patient_id = gone.patient_id

-- name: lock_registrations
-- Ordered by the database: sorting the input alone does not order the locks, and two writers would deadlock.
-- Only somebody who was removed has no name.
select patient_id, agb_code, since, last_end, sequence, party, ask_on, end_on, blocked_on, moves, list_name = '' as removed
from current where patient_id = any($1::uuid[])
order by patient_id for no key update

-- name: read_registrations
-- The same for who only looks: nothing is locked.
select patient_id, agb_code, since, last_end, sequence, party, ask_on, end_on, blocked_on, moves
from current where patient_id = any($1::uuid[])

-- name: read_insurances
-- Where these patients were and are insured.
select patient_id, since, until, uzovi from insurance where patient_id = any($1::uuid[]) order by patient_id, since

-- name: remove_insurances
-- Before they are added anew.
delete from insurance where patient_id = any($1::uuid[])

-- name: add_insurances
-- All periods of the patients whose insurance changed.
insert into insurance (patient_id, since, until, uzovi) select * from unnest($1::uuid[], $2::date[], $3::date[], $4::text[])

-- name: add_temporary_timers
-- When something is due; a term that begins again on the same day is the same timer.
insert into temporary_timer (patient_id, kind, due_on) select * from unnest($1::uuid[], $2::text[], $3::date[])
on conflict do nothing

-- name: add_to_counts
-- The length of lists, in the part that belongs to a partition.
insert into list_count as c (agb_code, partition, patients) select * from unnest($1::text[], $2::integer[], $3::bigint[])
on conflict (agb_code, partition) do update set patients = c.patients + excluded.patients

-- name: read_histories
-- Every change of these patients, as the register came to know them. What had waited counts from its own day on.
select patient_id, holder, valid_from, valid_until, since, event, command_id, party,
    greatest(offered_on, valid_from) as offered_on, coalesce(details ? 'wasTemporary', false) as was_temporary
from journal where patient_id = any($1::uuid[]) and valid_from is not null
order by patient_id, sequence

-- name: save_registrations
-- The patients whose registration changed, each as it is now.
insert into current (patient_id, agb_code, since, last_end, sequence, party, ask_on, end_on, blocked_on, moves, list_name)
select * from unnest($1::uuid[], $2::text[], $3::date[], $4::date[], $5::bigint[], $6::text[], $7::date[], $8::date[],
    $9::date[], $10::jsonb[], $11::text[])
on conflict (patient_id) do update
set agb_code = excluded.agb_code, since = excluded.since, last_end = excluded.last_end, sequence = excluded.sequence,
    party = excluded.party, ask_on = excluded.ask_on, end_on = excluded.end_on, blocked_on = excluded.blocked_on,
    moves = excluded.moves, list_name = excluded.list_name

-- name: read_waiting
-- What waits for these patients, in the order in which it came.
select command_id, patient_id, process_on, correlation_id, type, agb_code, temporary_patient_id, body, generation,
    partition, "offset"
from waiting where patient_id = any($1::uuid[])
order by generation, "offset"

-- name: add_waiting
-- Commands of a closed day.
insert into waiting (command_id, patient_id, process_on, correlation_id, type, agb_code, temporary_patient_id, body,
    generation, partition, "offset")
select * from unnest($1::text[], $2::uuid[], $3::date[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::jsonb[],
    $9::integer[], $10::integer[], $11::bigint[])

-- name: remove_waiting
-- These commands have been settled.
delete from waiting where command_id = any($1::text[])

-- name: read_partition_states
-- How far time has come in these partitions; a partition without a row was never written.
select partition, recorded_at, closed_through from partition_state where partition = any($1::integer[])

-- name: save_partition_states
-- The consumer's own position row, locked by this batch, is what keeps two writers of one partition apart.
insert into partition_state (partition, recorded_at, closed_through)
select * from unnest($1::integer[], $2::timestamptz[], $3::date[])
on conflict (partition) do update set recorded_at = excluded.recorded_at, closed_through = excluded.closed_through

-- name: add_partitions
-- So that a partition in which nothing ever happened counts as not closed.
insert into partition_state (partition) select unnest($1::integer[]) on conflict do nothing

-- name: read_journal
-- What a relay publishes next of one partition, with what its topics need of the patient.
select j.generation, j.partition, j."offset", j.n, j.kind, j.command_id, j.correlation_id, j.causation_id, j.status,
    j.code, j.recorded_at, j.recorded_on, j.reason, j.patient_id, j.agb_code, j.since, j.previous_agb_code,
    j.previous_since, j.previous_until, j.sequence, j.uzovi, j.previous_uzovi, j.mode, j.party, j.offered_on,
    j.process_on, j.closed_day, j.policy_version, j.provider_version, j.batch_id, j.event, j.holder, j.valid_from,
    j.valid_until, j.replaced, j.details,
    g.event_namespace, p.routing_key, p.bsn
from journal j join topic_generation g using (generation) left join patient p using (patient_id)
where j.partition = $1 and (j.generation, j."offset", j.n) > ($2::integer, $3::bigint, $4::smallint)
order by j.generation, j."offset", j.n
limit $5

-- name: present_generation
-- The life of the commands topic that is read now.
select max(generation) from topic_generation

-- name: read_stored_positions
-- Where this service reads on in the commands topic.
select partition, next_offset from consumer_position where topic = $1 and next_offset > 0

-- name: claim_due_waiting
-- Claimed and sent in one transaction; what another process is claiming is left to it.
update waiting as w set timer_sent_at = now()
from (
    select command_id from waiting
    where timer_sent_at is null and process_on <= $1
    order by process_on, generation, "offset" limit $2
    for update skip locked
) as due, patient as p
where w.command_id = due.command_id and p.patient_id = w.patient_id
returning w.command_id, w.correlation_id, w.patient_id, w.process_on, w.partition, p.routing_key

-- name: ensure_day_timers
-- A register that starts closes yesterday, and nothing before it.
insert into day_timer (partition, sent_through)
select partition, $2::date from unnest($1::integer[]) as partition
on conflict do nothing

-- name: claim_passed_days
-- The days that have passed and were not sent, some for each partition; returns what to close.
with behind as (
    select partition, sent_through, least($2::date, sent_through + $3::integer) as now_through
    from day_timer where partition = any($1::integer[]) and sent_through < $2::date
    order by partition for update skip locked
), moved as (
    update day_timer as t set sent_through = behind.now_through from behind where t.partition = behind.partition
)
select partition, day::date as day
from behind, generate_series(sent_through + 1, now_through, interval '1 day') as day
order by partition, day

-- name: claim_due_temporary
-- Temporary registrations for which something is due; claimed and sent in one transaction.
update temporary_timer as t set sent_at = now()
from (
    select patient_id, kind, due_on from temporary_timer
    where sent_at is null and due_on <= $1
    order by due_on limit $2 for update skip locked
) as due, patient as p
where (t.patient_id, t.kind, t.due_on) = (due.patient_id, due.kind, due.due_on) and p.patient_id = t.patient_id
returning t.patient_id, t.kind, t.due_on, p.routing_key
