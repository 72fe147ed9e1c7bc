-- name: lock_operations
-- A command and the portions that leave follow each other here.
select operation_id, party, office, agb_code, from_agb_code, batch_id, status
from list_operation where operation_id = any($1::uuid[]) order by operation_id for update

-- name: add_operation
-- With the number of patients that there are to do; the same operation again is the same one.
insert into list_operation (operation_id, kind, party, office, agb_code, from_agb_code, batch_id, status,
    correlation_id, started_at, total)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
    case when $6::text is not null
        then (select count(*) from current where agb_code = $6)
        else (
            select count(distinct patient_id) from journal
            where batch_id = $7 and party = $3 and (valid_from is not null or status = 'deferred')
        )
    end)
on conflict (operation_id) do nothing

-- name: save_operation_status
-- Stopped, or running again.
update list_operation o set status = n.status
from unnest($1::uuid[], $2::text[]) as n (operation_id, status) where o.operation_id = n.operation_id

-- name: claim_operation
-- The oldest that runs and that nobody has in hand.
select operation_id, party, office, agb_code, from_agb_code, batch_id, status, reached, correlation_id
from list_operation where status = 'running' order by started_at limit 1 for update skip locked

-- name: next_patients_of_list
-- In the order of ids: who has been moved is no longer on the list, and who failed is not tried again.
select c.patient_id, p.routing_key from current c join patient p using (patient_id)
where c.agb_code = $1 and ($2::uuid is null or c.patient_id > $2)
order by c.patient_id limit $3

-- name: next_commands_of_batch
-- The last thing that a batch did for each patient, done or waiting.
select distinct on (j.patient_id) j.patient_id, p.routing_key, j.command_id
from journal j join patient p using (patient_id)
where j.batch_id = $1 and j.party = $2 and ($3::uuid is null or j.patient_id > $3)
  and (j.valid_from is not null or j.status = 'deferred')
order by j.patient_id, j.recorded_at desc, j.partition desc, j."offset" desc, j.n limit $4

-- name: advance_operation
-- How far its commands have left.
update list_operation set reached = $2, sent = sent + $3 where operation_id = $1

-- name: finish_operation
-- Nothing is left to send.
update list_operation set status = 'done', ended_at = $2 where operation_id = $1

-- name: find_operation
-- How far it is; what became of its commands stands in the journal.
select o.operation_id, o.kind, o.party, o.agb_code, o.from_agb_code, o.batch_id, o.status, o.total, o.sent, o.started_at, o.ended_at,
    coalesce(n.accepted, 0) as accepted, coalesce(n.refused, 0) as refused, coalesce(n.deferred, 0) as deferred
from list_operation o left join lateral (
    select count(*) filter (where status = 'accepted') as accepted,
        count(*) filter (where status = 'refused') as refused,
        count(*) filter (where status = 'deferred') as deferred
    from journal where batch_id = o.operation_id
) as n on true
where o.operation_id = $1
