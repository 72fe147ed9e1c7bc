-- name: known_commands
-- Which of these commands the journal has: they came before.
select command_id from journal where command_id = any($1::text[])

-- name: read_policy
-- On which days changes wait, the earliest row first.
select version, valid_from, closed_days from closed_day_policy order by valid_from

-- name: find_patients
-- Who belongs to these routing keys.
select patient_id, routing_key, bsn from patient where routing_key = any($1::bytea[])

-- name: add_patients
-- A BSN that stands under another routing key is not added, and so not returned.
insert into patient (patient_id, routing_key, bsn, initials, prefix, family_name, birth_date, sex, updated_at)
select patient_id, routing_key, bsn, initials, prefix, family_name, birth_date, sex, $9
from unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[])
    as new (patient_id, routing_key, bsn, initials, prefix, family_name, birth_date, sex)
on conflict do nothing
returning patient_id, routing_key, bsn

-- name: update_persons
-- Person data as the last accepted command states it; rows that say the same are left alone.
update patient as p
set initials = new.initials, prefix = new.prefix, family_name = new.family_name, birth_date = new.birth_date,
    sex = new.sex, updated_at = $7
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[], $6::text[])
    as new (patient_id, initials, prefix, family_name, birth_date, sex)
where p.patient_id = new.patient_id
  and (p.initials, p.prefix, p.family_name, p.birth_date, p.sex)
      is distinct from (new.initials, new.prefix, new.family_name, new.birth_date, new.sex)

-- name: lock_registrations
-- Ordered by the database: sorting the input alone does not order the locks, and two writers would deadlock.
select patient_id, agb_code, since, last_end, sequence, uzovi
from current where patient_id = any($1::uuid[])
order by patient_id for no key update

-- name: save_registrations
-- The patients whose registration changed, each as it is now.
insert into current (patient_id, agb_code, since, last_end, sequence, uzovi)
select * from unnest($1::uuid[], $2::text[], $3::date[], $4::date[], $5::bigint[], $6::text[])
on conflict (patient_id) do update
set agb_code = excluded.agb_code, since = excluded.since, last_end = excluded.last_end,
    sequence = excluded.sequence, uzovi = excluded.uzovi

-- name: read_waiting
-- What waits for these patients, in the order in which it came.
select command_id, patient_id, process_on, correlation_id, body, generation, partition, "offset"
from waiting where patient_id = any($1::uuid[])
order by generation, "offset"

-- name: add_waiting
-- Commands of a closed day; not by COPY, which takes no JSON from our codec.
insert into waiting (command_id, patient_id, process_on, correlation_id, body, generation, partition, "offset")
select * from unnest($1::text[], $2::uuid[], $3::date[], $4::text[], $5::jsonb[], $6::integer[], $7::integer[], $8::bigint[])

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
select j.generation, j.partition, j."offset", j.n, j.kind, j.command_id, j.correlation_id, j.causation_id, j.status, j.code,
    j.recorded_at, j.recorded_on, j.reason, j.patient_id, j.agb_code, j.since, j.previous_agb_code, j.previous_since, j.previous_until, j.sequence,
    j.uzovi, j.previous_uzovi, j.mode, j.party, j.offered_on, j.process_on, j.closed_day, j.policy_version,
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
