-- name: successor_chain
-- A code and, for as long as the last one found was out of use by the day, who took it over.
with recursive chain as (
    select agb_code, kind, active_from, active_until, successor, version, 1 as step
    from provider where agb_code = $1
    union all
    select p.agb_code, p.kind, p.active_from, p.active_until, p.successor, p.version, c.step + 1
    from chain c join provider p on p.agb_code = c.successor
    where c.active_until < $2::date and c.step < $3
)
select agb_code, kind, active_from, active_until, successor, version from chain order by step

-- name: contacts
-- Name and address of these AGB codes.
select agb_code, kind, name, street, house_number, postcode, city from provider where agb_code = any($1::text[])

-- name: as_of_version
-- What was known of a code after an import; the row of then is the present one or stands in the history.
select p.agb_code, kind, name, street, house_number, postcode, city, change_message_address, invoice_address,
    chamber_of_commerce_number, active_from, active_until, successor, recorded_at, (
        select coalesce(jsonb_agg(
            jsonb_build_object('agbCode', practice, 'since', since, 'until', until) order by practice, since
        ), '[]') from provider_association where person = p.agb_code
    ) as associations
from provider p where agb_code = $1 and version <= $2
union all
select agb_code, kind, name, street, house_number, postcode, city, change_message_address, invoice_address,
    chamber_of_commerce_number, active_from, active_until, successor, recorded_from, associations
from provider_history where agb_code = $1 and version <= $2 and replaced_by > $2
