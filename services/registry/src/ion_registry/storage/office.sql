-- name: find_known_patient
-- By BSN ($1) or by id ($2); a merged one is the patient under whom the person goes on.
select p.patient_id, p.routing_key
from patient asked join patient p on p.patient_id = coalesce(asked.merged_into, asked.patient_id)
where (asked.bsn = $1 or asked.patient_id = $2) and p.removed_at is null

-- name: outcomes_of_command
-- What became of it; the deferral first.
select status, code, process_on, reason, recorded_at from journal
where command_id = $1 and status is not null order by (status = 'deferred') desc

-- name: party_of_command
-- Who gave it.
select party from journal where command_id = $1 and status is not null limit 1

-- name: parties_of_batch
-- Who gave the commands of a file; one party, if nothing is wrong.
select distinct party from journal where batch_id = $1 and party is not null limit 10
