-- name: tables_loaded
-- The tables that the loader fills.
select unnest(array['patient', 'current', 'insurance', 'journal'])::regclass::oid as table

-- name: constraints_to_drop
-- Keys of the loaded tables and every reference to them; references first, so that nothing depends on what goes.
select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition, contype = 'f' as refers
from pg_constraint
where contype in ('p', 'u', 'f') and (conrelid = any($1::oid[]) or confrelid = any($1::oid[]))
order by contype = 'f' desc, contype = 'p'

-- name: indexes_to_drop
-- Indexes that belong to no constraint.
select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
from pg_index
where indrelid = any($1::oid[]) and not exists (select from pg_constraint where conindid = indexrelid)

-- name: providers
-- A practice for each code; the register knows them from its first import.
insert into provider (agb_code, kind, name, street, house_number, postcode, city, recorded_at, version)
select code, 'practice', 'Praktijk ' || code, 'Voorbeeldstraat', '1', '1234 AB', 'Voorbeeldstad', '2012-01-01', 1
from unnest($1::text[]) as code

-- name: counts
-- The kept lengths of lists, as the write path would have left them.
insert into list_count select agb_code, -1, count(*) from current where agb_code is not null group by agb_code

-- name: loaded
-- What a database says of itself once it is whole; `taken` counts whom the benchmarks have moved.
create table benchmark_load (patients bigint not null, practices integer not null, taken bigint not null default 0, runs integer not null default 0)
