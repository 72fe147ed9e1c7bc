-- name: add_count_changes
-- What a batch of events adds and takes away.
insert into count_change as c (agb_code, valid_on, recorded_on, delta)
select * from unnest($1::text[], $2::date[], $3::date[], $4::bigint[])
on conflict (agb_code, valid_on, recorded_on) do update set delta = c.delta + excluded.delta

-- name: close_days
-- The newest day that each partition has closed.
insert into day_closed as d (partition, day) select * from unnest($1::integer[], $2::date[])
on conflict (partition) do update set day = greatest(d.day, excluded.day)

-- name: save_providers
-- Names and addresses for invoices that are still to come; an older message that comes late changes nothing.
insert into provider (agb_code, name, street, house_number, postcode, city, recorded_at)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
on conflict (agb_code) do update set name = excluded.name, street = excluded.street,
    house_number = excluded.house_number, postcode = excluded.postcode, city = excluded.city,
    recorded_at = excluded.recorded_at
where provider.recorded_at <= excluded.recorded_at

-- name: save_rate
-- Sets the rate of a year that has not been run; a rate that was used stays.
insert into rate as r (year, reference_date, rate, vat_included, vat_rate, minimum) values ($1, $2, $3, $4, $5, $6)
on conflict (year) do update set reference_date = excluded.reference_date, rate = excluded.rate,
    vat_included = excluded.vat_included, vat_rate = excluded.vat_rate, minimum = excluded.minimum
where not exists (select 1 from run where run.year = r.year and run.status = 'issued')
   or (r.reference_date, r.rate, r.vat_included, r.vat_rate, r.minimum)
      = (excluded.reference_date, excluded.rate, excluded.vat_included, excluded.vat_rate, excluded.minimum)
returning year

-- name: list_rates
-- With what became of their year.
select r.*, run.status from rate r left join run using (year) order by year

-- name: lock_rate
-- Two runs of one year follow each other here.
select year, reference_date, rate, vat_included, vat_rate, minimum from rate where year = $1 for update

-- name: find_run
-- What became of a year.
select status, report from run where year = $1

-- name: due_years
-- Years whose reference date has passed and that were not issued.
select year from rate left join run using (year)
where reference_date < $1 and run.status is distinct from 'issued' order by year

-- name: closed_through
-- Up to which day all partitions are closed; null while one has closed none.
select case when count(*) >= $1 then min(day) end from day_closed

-- name: count_patients
-- What was true on, and known by the end of, a day.
select agb_code, sum(delta)::bigint as patients from count_change
where valid_on <= $1 and recorded_on <= $1
group by agb_code having sum(delta) <> 0 order by agb_code

-- name: save_run
-- A run is a row per year.
insert into run (year, status, report, updated_at) values ($1, $2, $3, $4)
on conflict (year) do update set status = excluded.status, report = excluded.report, updated_at = excluded.updated_at

-- name: add_invoices
-- All invoices of a year at once, with numbers that have no gaps.
insert into invoice (number, year, agb_code, patients, excl_cents, vat_cents, total_cents, minimum_supplement_cents,
                     payment_reference, issued_on, due_on)
select n.number, $9, n.agb_code, n.patients, n.excl_cents, n.vat_cents, n.total_cents, n.minimum_supplement_cents,
       n.payment_reference, $10, $11
from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[])
     as n (number, agb_code, patients, excl_cents, vat_cents, total_cents, minimum_supplement_cents, payment_reference)

-- name: invoices_without_document
-- Issued, and still to be typeset.
select i.*, r.reference_date, r.rate, r.vat_included, r.vat_rate, r.minimum,
       p.name, p.street, p.house_number, p.postcode, p.city
from invoice i join rate r using (year) left join provider p using (agb_code)
where not exists (select 1 from invoice_document d where d.number = i.number)
order by i.number limit $1

-- name: save_documents
-- Another process may have been first.
insert into invoice_document (number, pdf) select * from unnest($1::text[], $2::bytea[]) on conflict do nothing

-- name: find_document
-- The PDF of one invoice.
select pdf from invoice_document where number = $1

-- name: search_invoices
-- Of a year, of an AGB code, or both.
select number, year, agb_code, patients, excl_cents, vat_cents, total_cents, minimum_supplement_cents,
       payment_reference, issued_on, due_on
from invoice where ($1::integer is null or year = $1) and ($2::text is null or agb_code = $2) order by number
