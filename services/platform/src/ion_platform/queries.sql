-- name: ensure_positions
-- A partition that was never read starts at its beginning.
insert into consumer_position (topic, partition, next_offset)
select $1, partition, 0 from unnest($2::integer[]) as partition
on conflict do nothing

-- name: read_positions
-- Where to read on after an assignment.
select partition, next_offset from consumer_position where topic = $1 and partition = any($2::integer[])

-- name: lock_positions
-- Two consumers of one partition, during a rebalance, follow each other here.
select partition, next_offset from consumer_position
where topic = $1 and partition = any($2::integer[])
order by partition for update

-- name: move_positions
-- Part of the batch's transaction: what was done and how far it was read commit together.
update consumer_position p set next_offset = n.next_offset
from unnest($2::integer[], $3::bigint[]) as n (partition, next_offset)
where p.topic = $1 and p.partition = n.partition

-- name: remember_messages
-- Returns only what had not been taken before.
insert into inbox (source, id) select * from unnest($1::text[], $2::text[])
on conflict do nothing
returning source, id

-- name: forget_published
-- What has been published is of no use any more.
delete from outbox where (transaction_id, id) <= ($1::bigint::text::xid8, $2::bigint)

-- name: read_outbox
-- Only transactions below the oldest running one: above it, a row with a lower number may still appear.
select transaction_id::text::bigint as transaction_id, id, topic, partition, key, headers, value
from outbox
where (transaction_id, id) > ($1::bigint::text::xid8, $2::bigint)
  and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
order by transaction_id, id
limit $3

-- name: count_outbox
-- How much waits to be published.
select count(*) from outbox

-- name: acquire_lease
-- Free, expired, or our own from before a restart. A lease that was not given back is a takeover: whoever held it may
-- be paused in the middle of a publication.
insert into relay as r (name, holder, token, lease_until, position)
values ($1, $2, 1, now() + make_interval(secs => $3), $4)
on conflict (name) do update
set holder = excluded.holder, token = r.token + 1, lease_until = excluded.lease_until
where r.lease_until < now() or r.holder = excluded.holder
returning token, position, coalesce(old.lease_until <> '-infinity', false) as taken_over

-- name: advance_relay
-- Moves the position and renews the lease; no row means that somebody else has taken over.
update relay set position = $3, lease_until = now() + make_interval(secs => $4)
where name = $1 and token = $2
returning token

-- name: release_lease
-- On an orderly stop the next holder need not wait.
update relay set lease_until = '-infinity' where name = $1 and token = $2
