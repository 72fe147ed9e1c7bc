-- name: plan_each_time
-- For a question with thousands of values: a plan that does not know how many they are is many times slower. Until the
-- end of the transaction.
select set_config('plan_cache_mode', 'force_custom_plan', true)

-- name: find_patient
-- One person by BSN or by id.
select p.patient_id, p.merged_into, c.agb_code
from patient p left join current c using (patient_id)
where p.patient_id = coalesce($2::uuid, (select patient_id from patient where bsn = $1::text))

-- name: holder_on_day
-- Who was the GP of a person on a day as known at a moment, with what decides who may be told (rules 7 and 43).
select p.patient_id, c.agb_code as now_with, held.holder, held.since, held.recorded_at, (
        select i.uzovi from insurance i
        where i.patient_id = p.patient_id and i.since <= $3::date and (i.until is null or i.until >= $3)
    ) as uzovi
from patient p left join current c using (patient_id) left join lateral (
    select j.holder, j.since, j.recorded_at from journal j
    where j.patient_id = p.patient_id and j.sequence is not null
      and j.valid_from <= $3 and (j.valid_until is null or j.valid_until >= $3)
      and ($4::timestamptz is null or j.recorded_at <= $4)
    order by j.sequence desc limit 1
) as held on true
where p.patient_id = coalesce($2::uuid, (select patient_id from patient where bsn = $1::text))

-- name: journal_of_patient
-- Everything that was done or refused for one person, the newest first.
select recorded_at, offered_on, kind, status, code, event, sequence, command_id, correlation_id, batch_id, party, mode,
    agb_code, holder, valid_from, valid_until, since, previous_agb_code, previous_since, previous_until, replaced,
    process_on, policy_version, provider_version
from journal where patient_id = $1
order by recorded_at desc, generation desc, "offset" desc, n desc limit $2

-- name: histories
-- Every change of these persons as far as known at a moment, in the order in which the register came to know them.
select patient_id, holder, valid_from, valid_until, since, event, command_id, party, offered_on, code,
    details ->> 'reason' as reason
from journal
where patient_id = any($1::uuid[]) and valid_from is not null and ($2::timestamptz is null or recorded_at <= $2)
order by patient_id, sequence

-- name: moved_patients
-- Who ever was with a code and for whom something changed in a period: among them is who left in it or came.
select patient_id from (
    select distinct held.patient_id from journal held
    where held.holder = $1 and held.patient_id > $4::uuid and exists (
        select from journal change
        where change.patient_id = held.patient_id and change.sequence is not null
          and (change.valid_from between $2::date and $3::date + 1 or change.valid_until + 1 between $2 and $3 + 1)
    )
) as moved
order by patient_id limit $5

-- name: persons
-- Who these are.
select patient_id, bsn, initials, prefix, family_name, birth_date, sex from patient where patient_id = any($1::uuid[])

-- name: reconcile
-- The BSNs of a practice against its list, in one pass: a row for each BSN and one for each patient who is not named.
-- Whoever is on the list is found by one read of its index; only the others are looked up one by one.
with found as materialized (
    select bsn, patient_id from patient where bsn = any($2::text[])
), known as materialized (
    select a.position, f.patient_id
    from unnest($2::text[], $3::integer[]) as a (bsn, position) left join found f using (bsn)
), listed as materialized (
    select patient_id from current where agb_code = $1
), compared as (
    select k.position, k.patient_id, l.patient_id is not null as is_here
    from known k left join listed l using (patient_id)
)
select x.position, x.patient_id, $1::text as agb_code, false as blocked, null::date as since,
    null as bsn, null as initials, null as prefix, null as family_name, null::date as birth_date
from compared x where is_here
union all
select x.position, x.patient_id, c.agb_code, c.blocked_on is not null, null, null, null, null, null, null
from compared x left join current c using (patient_id) where not is_here
union all
select null, p.patient_id, c.agb_code, false, c.since, p.bsn, p.initials, p.prefix, p.family_name, p.birth_date
from listed l join current c using (patient_id) join patient p using (patient_id)
where not exists (select from known k where k.patient_id = l.patient_id)
