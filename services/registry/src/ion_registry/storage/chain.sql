-- name: read_tails
-- Where these chains go on, with the moment for their next links. From the links, not from chain_tail: a tail that
-- somebody tampered with must be found by verify-audit, and not stop the intake of commands.
select wanted.chain, coalesce(l.n, 0) as n, l.hash, now() as linked_at
from unnest($1::text[]) as wanted (chain)
left join lateral (
    select n, hash from chain_link where chain = wanted.chain order by n desc limit 1
) as l on true

-- name: lock_free_stripe
-- Any stripe of the access log that nobody else is writing.
select chain, n, hash, now() as linked_at from chain_tail where chain = any($1::text[])
order by random() limit 1 for update skip locked

-- name: lock_stripe
-- When all are taken: waits for this one.
select chain, n, hash, now() as linked_at from chain_tail where chain = any($1::text[]) for update

-- name: save_links
-- The links of a transaction, at most one of each chain, and the tails that they become. Keys come as text: unnest would flatten arrays.
with tails as (
    insert into chain_tail (chain, n, hash) select * from unnest($1::text[], $2::bigint[], $8::bytea[])
    on conflict (chain) do update set n = excluded.n, hash = excluded.hash
)
insert into chain_link (chain, n, first_key, last_key, rows, rows_hash, previous_hash, hash, linked_at)
select chain, n, first_key::bigint[], last_key::bigint[], rows, rows_hash, previous_hash, hash, linked_at
from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::integer[], $6::bytea[], $7::bytea[], $8::bytea[],
    $9::timestamptz[])
    as new (chain, n, first_key, last_key, rows, rows_hash, previous_hash, hash, linked_at)

-- name: all_tails
-- The newest link of each chain.
select chain, n, hash from chain_tail order by split_part(chain, '/', 1), split_part(chain, '/', 2)::integer

-- name: chains_with_links
-- Also of a chain whose tail is gone; skips from chain to chain, for a distinct would read every link.
with recursive found (chain) as (
    (select chain from chain_link order by chain limit 1)
    union all
    select (select l.chain from chain_link l where l.chain > found.chain order by l.chain limit 1)
    from found where found.chain is not null
)
select chain from found where chain is not null

-- name: partitions_of_journal
-- Those that may hold rows, chained or not.
select partition from partition_state order by partition

-- name: read_links
-- What comes next in a chain.
select chain, n, first_key, last_key, rows, rows_hash, previous_hash, hash, linked_at
from chain_link where chain = $1 and n > $2 order by n limit $3

-- name: read_tail
-- Of one chain.
select n, hash from chain_tail where chain = $1

-- name: journal_rows
-- The rows of a partition behind one key up to another, in order.
select * from journal
where partition = $1
  and (generation, "offset", n) > ($2::bigint, $3::bigint, $4::bigint)
  and (generation, "offset", n) <= ($5::bigint, $6::bigint, $7::bigint)
order by generation, "offset", n

-- name: access_rows
-- The rows of a stripe behind one key up to another, in order.
select * from access_log
where stripe = $1 and (link, n) > ($2::bigint, $3::bigint) and (link, n) <= ($4::bigint, $5::bigint)
order by link, n

-- name: count_rows_before_chain
-- Rows of the journal before the first linked one: from before the chain began; and how many of them name a link.
select count(*) filter (where link is null) as unlinked, count(link) as linked
from journal where partition = $1 and (generation, "offset", n) <= ($2::bigint, $3::bigint, $4::bigint)
