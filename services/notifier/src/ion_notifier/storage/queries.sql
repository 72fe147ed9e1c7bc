-- name: lock_addresses_shared
-- Deliveries are planned and recorded side by side, but never while addresses change: or a delivery without address
-- and the address that it waits for could pass each other unseen.
select pg_advisory_xact_lock_shared(hashtext('ion_notifier.addresses'))

-- name: lock_addresses
-- Alone while addresses change.
select pg_advisory_xact_lock(hashtext('ion_notifier.addresses'))

-- name: plan_deliveries
-- One row per event, purpose and addressee, however often the event comes; without an address it waits for one.
insert into delivery (delivery_id, event_id, correlation_id, purpose, agb_code, reference, ended_on, lost_until,
    new_agb_code, reason, message_id, status, next_attempt_at)
select n.*,
    case when p.agb_code is null then 'no-address' else 'due' end,
    case when p.agb_code is null then null else now() end
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[],
    $9::text[], $10::text[], $11::text[]) as n (delivery_id, event_id, correlation_id, purpose, agb_code, reference,
    ended_on, lost_until, new_agb_code, reason, message_id)
left join provider p on p.agb_code = n.agb_code and p.change_message_address is not null
on conflict do nothing

-- name: save_providers
-- Each as it is now; an older message that comes late changes nothing.
insert into provider (agb_code, name, street, house_number, postcode, city, change_message_address, recorded_at)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::timestamptz[])
on conflict (agb_code) do update
set name = excluded.name, street = excluded.street, house_number = excluded.house_number,
    postcode = excluded.postcode, city = excluded.city, change_message_address = excluded.change_message_address,
    recorded_at = excluded.recorded_at
where provider.recorded_at <= excluded.recorded_at

-- name: settle_deliveries_with_address
-- What waited for an address becomes due.
update delivery d set status = 'due', next_attempt_at = now()
from provider p
where d.status = 'no-address' and d.agb_code = any($1::text[])
  and p.agb_code = d.agb_code and p.change_message_address is not null

-- name: settle_deliveries_without_address
-- What lost its address waits. A sender that has it in hand still writes what came of it.
update delivery d set status = 'no-address', next_attempt_at = null
from provider p
where d.status = 'due' and d.agb_code = any($1::text[])
  and p.agb_code = d.agb_code and p.change_message_address is null

-- name: claim_deliveries
-- The next set that is due, for one sender and a while, with everything its mails say.
with next as (
    select delivery_id from delivery
    where status = 'due' and next_attempt_at <= now() and (claimed_until is null or claimed_until < now())
    order by next_attempt_at limit $1
    for update skip locked
)
update delivery d set claimed_by = $2, claimed_until = now() + make_interval(secs => $3)
from next
join delivery c using (delivery_id)
join provider a on a.agb_code = c.agb_code
left join provider n on n.agb_code = c.new_agb_code
where d.delivery_id = next.delivery_id and a.change_message_address is not null
returning d.delivery_id, d.event_id, d.correlation_id, d.purpose, d.agb_code, d.reference, d.ended_on, d.lost_until,
    d.new_agb_code, d.reason, d.message_id, coalesce(extract(epoch from now() - d.first_attempt_at), 0)::float8 as elapsed_s,
    a.name, a.change_message_address as address,
    n.name as new_name, n.street as new_street, n.house_number as new_house_number, n.postcode as new_postcode,
    n.city as new_city

-- name: record_results
-- What came of a set, where the claim still holds; a delivery that lost its address meanwhile waits for one.
update delivery d
set status = case when r.status = 'due' and p.agb_code is null then 'no-address' else r.status end,
    attempts = d.attempts + 1,
    first_attempt_at = coalesce(d.first_attempt_at, now()),
    next_attempt_at = case when r.status = 'due' and p.agb_code is not null
        then now() + make_interval(secs => r.delay_s) end,
    ended_at = case when r.status in ('sent', 'failed') then now() end,
    claimed_by = null, claimed_until = null
from unnest($2::uuid[], $3::text[], $4::float8[]) as r (delivery_id, status, delay_s)
join delivery c using (delivery_id)
left join provider p on p.agb_code = c.agb_code and p.change_message_address is not null
where d.delivery_id = r.delivery_id and d.claimed_by = $1
returning d.delivery_id, d.attempts

-- name: release_claim
-- What a set did not come to is for the next one.
update delivery set claimed_by = null, claimed_until = null where claimed_by = $1

-- name: count_deliveries
-- How many there are in each status.
select status, count(*) as count from delivery group by status

-- name: count_deliveries_of
-- The total above a list for one addressee.
select count(*) from delivery where agb_code = $1

-- name: find_deliveries_of
-- One page of an addressee's deliveries, newest first.
select delivery_id, event_id, purpose, agb_code, reference, ended_on, lost_until, new_agb_code, reason, status,
    attempts, next_attempt_at, message_id, created_at, ended_at
from delivery where agb_code = $1
order by created_at desc, delivery_id limit $2 offset $3

-- name: list_deliveries
-- The newest ones, perhaps of one status, for the command line.
select delivery_id, reference, agb_code, new_agb_code, ended_on, status, attempts, created_at, next_attempt_at
from delivery where $1::text is null or status = $1
order by created_at desc, delivery_id limit $2

-- name: retry_failed
-- An operator's decision: these, or all failed ones, start anew. Attempts go on counting.
update delivery d
set status = case when p.agb_code is null then 'no-address' else 'due' end,
    next_attempt_at = case when p.agb_code is null then null else now() end,
    first_attempt_at = null, ended_at = null
from delivery c
left join provider p on p.agb_code = c.agb_code and p.change_message_address is not null
where d.delivery_id = c.delivery_id and d.status = 'failed' and ($1::uuid is null or d.delivery_id = $1)
returning d.delivery_id
