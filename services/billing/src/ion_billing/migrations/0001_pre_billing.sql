-- Counts per AGB code without anybody's number, the rates, the yearly runs and what they issued.

create table count_change (
    agb_code    text   not null,
    valid_on    date   not null,
    recorded_on date   not null,
    delta       bigint not null,
    primary key (agb_code, valid_on, recorded_on)
);
comment on table count_change is 'Patients on a day, as known on a day, is the sum of delta up to both.';

create table day_closed (
    partition integer primary key,
    day       date    not null
);
comment on table day_closed is 'All that the register knew by the end of this day has been counted, per partition.';

create table provider (
    agb_code     text primary key,
    name         text not null,
    street       text not null,
    house_number text not null,
    postcode     text not null,
    city         text not null
);

create table rate (
    year           integer primary key check (year between 2000 and 2200),
    reference_date date    not null,
    rate           numeric not null check (rate > 0),
    vat_included   boolean not null,
    vat_rate       numeric not null check (vat_rate >= 0 and vat_rate < 100),
    minimum        numeric not null check (minimum >= 0),
    constraint rate_of_its_year check (extract(year from reference_date) = year)
);

create table run (
    year       integer     primary key references rate,
    status     text        not null check (status in ('stopped', 'issued')),
    report     jsonb       not null,
    updated_at timestamptz not null
);
comment on column run.status is 'stopped: the counts differ from the register, nothing was issued; the report names the AGB codes.';

create table invoice (
    number                   text    primary key,
    year                     integer not null references run,
    agb_code                 text    not null,
    patients                 bigint  not null check (patients > 0),
    excl_cents               bigint  not null check (excl_cents > 0),
    vat_cents                bigint  not null check (vat_cents >= 0),
    total_cents              bigint  not null,
    minimum_supplement_cents bigint  not null check (minimum_supplement_cents >= 0),
    payment_reference        text    not null,
    issued_on                date    not null,
    due_on                   date    not null,
    constraint invoice_once_a_year unique (year, agb_code),
    constraint invoice_reference_once unique (payment_reference),
    constraint invoice_adds_up check (excl_cents + vat_cents = total_cents)
);
comment on table invoice is 'Never changed after it was issued.';

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'an invoice is never changed after it was issued';
end
$$;
create trigger invoice_never_changes before update or delete on invoice for each row execute function refuse_change();

create table invoice_document (
    number text  primary key references invoice,
    pdf    bytea not null
);
