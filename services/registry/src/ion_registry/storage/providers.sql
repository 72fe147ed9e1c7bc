-- name: lock_providers
-- What is known now; two imports at once follow each other.
lock table provider in share row exclusive mode

-- name: read_providers
-- What is known now of these AGB codes.
select agb_code, kind, name, street, house_number, postcode, city, change_message_address, invoice_address,
    chamber_of_commerce_number
from provider where agb_code = any($1::text[])

-- name: read_all_providers
-- For writing the topic again.
select agb_code, kind, name, street, house_number, postcode, city, change_message_address, invoice_address,
    chamber_of_commerce_number, recorded_at
from provider order by agb_code

-- name: save_providers
-- New and changed providers, each as it is now.
insert into provider (agb_code, kind, name, street, house_number, postcode, city, change_message_address,
    invoice_address, chamber_of_commerce_number, recorded_at)
select agb_code, kind, name, street, house_number, postcode, city, change_message_address, invoice_address,
    chamber_of_commerce_number, $11
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[]) as new (agb_code, kind, name, street, house_number, postcode, city,
    change_message_address, invoice_address, chamber_of_commerce_number)
on conflict (agb_code) do update
set kind = excluded.kind, name = excluded.name, street = excluded.street, house_number = excluded.house_number,
    postcode = excluded.postcode, city = excluded.city, change_message_address = excluded.change_message_address,
    invoice_address = excluded.invoice_address,
    chamber_of_commerce_number = excluded.chamber_of_commerce_number, recorded_at = excluded.recorded_at
