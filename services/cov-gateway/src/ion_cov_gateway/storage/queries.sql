-- name: find_access
-- Who calls.
select party, agb_codes from access where certificate_hash = $1

-- name: enrol
-- Gives a certificate its party and AGB codes; doing it again replaces them.
insert into access (certificate_hash, party, agb_codes) values ($1, $2, $3)
on conflict (certificate_hash) do update set party = excluded.party, agb_codes = excluded.agb_codes

-- name: add_operation
-- One registration that was posted.
insert into operation (operation_id, party, agb_code, mode, person, insurer_hint, start_date, offered_on, offered_at, check_pending)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true)

-- name: find_operation
-- Only for the party that posted it.
select operation_id, status, code, coverage, registration, process_on
from operation where operation_id = $1 and party = $2

-- name: claim_operation_checks
-- Work for one coverage worker; what a killed worker had comes back when its claim ends.
update operation set claimed_until = now() + make_interval(secs => $2)
where operation_id in (
    select operation_id from operation
    where check_pending and (claimed_until is null or claimed_until < now())
    order by offered_at limit $1 for update skip locked
)
returning operation_id, party, agb_code, mode, person, insurer_hint, start_date, offered_on, offered_at

-- name: finish_operation_checks
-- Writes the coverage; what was not covered ends here. Returns what still had to be checked: a claim may have ended.
update operation o
set coverage = n.coverage, check_pending = false, claimed_until = null,
    status = case when n.covered then 'processing' else 'refused' end,
    code = case when n.covered then 'processing' else n.code end,
    finished_at = case when n.covered then null else $5::timestamptz end
from unnest($1::uuid[], $2::jsonb[], $3::text[], $4::boolean[]) as n (operation_id, coverage, code, covered)
where o.operation_id = n.operation_id and o.check_pending
returning o.operation_id

-- name: apply_outcomes
-- A final outcome is never replaced.
update operation o
set status = n.status, code = n.code, registration = n.registration, process_on = n.process_on,
    finished_at = case when n.status = 'deferred' then null else $6::timestamptz end
from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::date[]) as n (operation_id, status, code, registration, process_on)
where o.operation_id = n.operation_id and o.finished_at is null

-- name: add_batch
-- One file that was taken.
insert into batch (batch_id, party, agb_code, file_sha256, lines, created_at) values ($1, $2, $3, $4, $5, $6)

-- name: add_batch_line
-- One line of it, to be checked or rejected already.
insert into batch_line (batch_id, line, number, state, person, insurer_hint, code, detail, field, position)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: find_batch
-- Its progress and counts, only for the party that posted it.
select b.batch_id, b.agb_code, b.lines, b.created_at, b.registered_at,
       count(*) filter (where l.state = 'to-check') as to_check,
       count(*) filter (where l.state = 'accepted') as accepted,
       count(*) filter (where l.state = 'rejected') as rejected
from batch b left join batch_line l using (batch_id)
where b.batch_id = $1 and b.party = $2
group by b.batch_id

-- name: count_batch_operations
-- What became of "register all accepted".
select status, count(*) as operations from operation where batch_id = $1 group by status

-- name: list_batch_lines
-- A page of one of the two lists.
select line, number, person, code, detail, field, position, coverage, operation_id
from batch_line where batch_id = $1 and state = $2
order by line limit $3 offset $4

-- name: claim_line_checks
-- Lines of files, oldest file first: its id is random, so it says nothing of its age.
update batch_line set claimed_until = now() + make_interval(secs => $2)
where (batch_id, line) in (
    select l.batch_id, l.line from batch_line l join batch b using (batch_id)
    where l.state = 'to-check' and (l.claimed_until is null or l.claimed_until < now())
    order by b.created_at, l.batch_id, l.line limit $1 for update of l skip locked
)
returning batch_id, line, person, insurer_hint

-- name: finish_line_checks
-- Accepted or rejected, with the coverage that decided it.
update batch_line l
set state = n.state, code = n.code, coverage = n.coverage, claimed_until = null
from unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::jsonb[]) as n (batch_id, line, state, code, coverage)
where l.batch_id = n.batch_id and l.line = n.line and l.state = 'to-check'

-- name: lock_batch
-- Registering all accepted twice at once happens once.
select batch_id, agb_code from batch where batch_id = $1 and party = $2 for update

-- name: batch_is_checked
-- Whether no line waits for its coverage check.
select not exists (select 1 from batch_line where batch_id = $1 and state = 'to-check')

-- name: accepted_lines_to_register
-- What was accepted and has not been sent yet.
select line, person, insurer_hint, coverage from batch_line
where batch_id = $1 and state = 'accepted' and operation_id is null order by line

-- name: link_lines
-- Each line knows the operation that came of it.
update batch_line l set operation_id = n.operation_id
from unnest($2::integer[], $3::uuid[]) as n (line, operation_id)
where l.batch_id = $1 and l.line = n.line

-- name: add_batch_operations
-- Their coverage has been checked with the file; the commands leave in the same transaction.
insert into operation (operation_id, party, agb_code, mode, person, insurer_hint, offered_on, offered_at,
                       coverage, check_pending, batch_id)
select n.operation_id, $4, $5, 'automatic', n.person, null, $6, $7, n.coverage, false, $8
from unnest($1::uuid[], $2::jsonb[], $3::jsonb[]) as n (operation_id, person, coverage)

-- name: mark_batch_registered
-- When it was last asked for.
update batch set registered_at = $2 where batch_id = $1
