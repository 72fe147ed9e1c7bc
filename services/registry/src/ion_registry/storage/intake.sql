-- name: all_paused
-- Whether the consumer rests.
select exists (select from intake_pause where party is null and resumed_at is null)

-- name: paused_parties
-- Whose commands are refused.
select party from intake_pause where party is not null and resumed_at is null

-- name: pause
-- One pause at a time for each party, and one for all.
insert into intake_pause (party, paused_at, paused_by, reason) values ($1, $2, $3, $4)
on conflict (party) where resumed_at is null do nothing returning id

-- name: resume
-- Ends it.
update intake_pause set resumed_at = greatest($2, paused_at), resumed_by = $3
where party is not distinct from $1::text and resumed_at is null returning id

-- name: newest_pauses
-- For an operator who asks.
select party, paused_at, paused_by, reason, resumed_at, resumed_by from intake_pause order by id desc limit $1
