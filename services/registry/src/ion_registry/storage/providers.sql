-- name: wait_for_lock
-- An import waits longer for another one than a batch of commands waits for anything; in this transaction only.
select set_config('lock_timeout', $1, true), set_config('statement_timeout', $1, true)

-- name: lock_providers
-- Two imports at once follow each other; reading goes on.
lock table provider in share row exclusive mode

-- name: read_facts
-- What the rules need of these AGB codes.
select agb_code, kind, active_from, active_until, successor, version
from provider where agb_code = any($1::text[])

-- name: read_full
-- Everything that is known now of these AGB codes. Associations by index for each: no plan to get wrong without statistics.
select p.agb_code, kind, name, street, house_number, postcode, city, change_message_address, invoice_address,
    chamber_of_commerce_number, active_from, active_until, successor, recorded_at, (
        select coalesce(jsonb_agg(
            jsonb_build_object('agbCode', practice, 'since', since, 'until', until) order by practice, since
        ), '[]') from provider_association where person = p.agb_code
    ) as associations
from provider p where agb_code = any($1::text[]) order by agb_code

-- name: read_all
-- The same of all, for writing the topic again.
select p.agb_code, kind, name, street, house_number, postcode, city, change_message_address, invoice_address,
    chamber_of_commerce_number, active_from, active_until, successor, recorded_at, (
        select coalesce(jsonb_agg(
            jsonb_build_object('agbCode', practice, 'since', since, 'until', until) order by practice, since
        ), '[]') from provider_association where person = p.agb_code
    ) as associations
from provider p order by agb_code

-- name: read_successors
-- Every code with who took it over.
select agb_code, successor from provider where successor is not null

-- name: read_persons_of
-- Who is or was associated with these practices.
select practice, person from provider_association where practice = any($1::text[]) order by practice, person

-- name: count_active
-- How many codes are in use after a day, as far as is known.
select count(*) from provider where active_until is null or active_until > $1

-- name: read_missing
-- The codes that are in use after a day and are not among these.
select agb_code from provider p
where (active_until is null or active_until > $2)
  and not exists (select from unnest($1::text[]) as listed (agb_code) where listed.agb_code = p.agb_code)
order by agb_code

-- name: next_version
-- The number of the import that runs; the lock on provider is held.
select coalesce(max(number), 0) + 1 from provider_import

-- name: add_import
-- What an import was and did.
insert into provider_import
    (number, imported_at, imported_by, file_sha256, whole, rows, added, changed, ended, disappeared, unchanged)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: keep_history
-- The rows of these codes as they are, before they are replaced by version $2 at $3.
insert into provider_history (agb_code, version, replaced_by, recorded_from, recorded_until, kind, name, street,
    house_number, postcode, city, change_message_address, invoice_address, chamber_of_commerce_number, active_from,
    active_until, successor, associations)
select p.agb_code, version, $2, recorded_at, greatest(recorded_at, $3::timestamptz), kind, name, street,
    house_number, postcode, city, change_message_address, invoice_address, chamber_of_commerce_number, active_from,
    active_until, successor, (
        select coalesce(jsonb_agg(
            jsonb_build_object('agbCode', practice, 'since', since, 'until', until) order by practice, since
        ), '[]') from provider_association where person = p.agb_code
    )
from provider p where agb_code = any($1::text[])

-- name: remove_associations
-- Of persons whose associations are written anew.
delete from provider_association where person = any($1::text[])

-- name: add_associations
-- All associations of the persons that changed.
insert into provider_association (person, practice, since, until)
select * from unnest($1::text[], $2::text[], $3::date[], $4::date[])

-- name: save_providers
-- New and changed providers, each as it is now.
insert into provider (agb_code, kind, name, street, house_number, postcode, city, change_message_address,
    invoice_address, chamber_of_commerce_number, active_from, active_until, successor, version, recorded_at)
select new.*, $14, $15
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::date[], $12::date[], $13::text[]) as new
on conflict (agb_code) do update
set kind = excluded.kind, name = excluded.name, street = excluded.street, house_number = excluded.house_number,
    postcode = excluded.postcode, city = excluded.city, change_message_address = excluded.change_message_address,
    invoice_address = excluded.invoice_address,
    chamber_of_commerce_number = excluded.chamber_of_commerce_number, active_from = excluded.active_from,
    active_until = excluded.active_until, successor = excluded.successor, version = excluded.version,
    recorded_at = excluded.recorded_at
