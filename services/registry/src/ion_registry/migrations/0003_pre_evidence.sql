-- Evidence: hashes over the journal, and who looked at whom (NEN 7513), both append-only and chained.

create table chain_link (
    chain         text        not null,
    n             bigint      not null,
    first_key     bigint[]    not null,
    last_key      bigint[]    not null,
    rows          integer     not null,
    rows_hash     bytea       not null,
    previous_hash bytea       not null,
    hash          bytea       not null,
    linked_at     timestamptz not null,
    constraint chain_link_once primary key (chain, n),
    constraint chain_link_of_a_known_chain check (chain ~ '^(journal|access)/[0-9]{1,6}$'),
    constraint chain_link_counts check (n > 0),
    constraint chain_link_covers_rows check (rows > 0 and first_key <= last_key),
    constraint chain_link_hashes_are_sha256 check (
        octet_length(rows_hash) = 32 and octet_length(previous_hash) = 32 and octet_length(hash) = 32
    )
);
comment on table chain_link is 'One row per chain and transaction: a hash over the rows it wrote and over the link before. See docs/evidence.md.';
comment on column chain_link.chain is 'journal/<partition> or access/<stripe>.';
comment on column chain_link.first_key is 'Of the journal: generation, offset, n. Of the access log: link, n.';
comment on column chain_link.rows_hash is 'SHA-256 of the rows in the order of their keys; a row names its link.';
comment on column chain_link.hash is 'SHA-256 of everything else in this row; previous_hash is that of link n - 1, zeros for the first.';
comment on column chain_link.linked_at is 'Start of the transaction by the clock of the database; never simulated.';

create table chain_tail (
    chain text   primary key,
    n     bigint not null default 0,
    hash  bytea  not null default decode(repeat('00', 32), 'hex'),
    constraint chain_tail_of_a_known_chain check (chain ~ '^(journal|access)/[0-9]{1,6}$'),
    constraint chain_tail_hash_is_sha256 check (octet_length(hash) = 32)
) with (fillfactor = 50);
comment on table chain_tail is 'The newest link of each chain: the proof that the last one is not gone, and the lock of a stripe of the access log.';
insert into chain_tail (chain) select 'access/' || stripe from generate_series(0, 15) as stripe;

-- Without a default and outside every index: rows from before the chain stay as they are.
alter table journal add column link bigint;
comment on column journal.link is 'The link of chain journal/<partition> that covers this row; null from before the chain began.';

create table access_log (
    stripe       smallint    not null,
    link         bigint      not null,
    n            integer     not null,
    request_id   text        not null,
    looked_at    timestamptz not null,
    party        text        not null,
    role         text        not null,
    on_behalf_of text,
    user_id      text,
    action       text        not null,
    question     text        not null,
    patient_id   uuid,
    result       text        not null,
    code         text,
    constraint access_log_row_once primary key (stripe, link, n),
    constraint access_log_key_counts check (stripe between 0 and 15 and link > 0 and n > 0),
    constraint access_log_role_known check (role in ('provider', 'insurer', 'office', 'system')),
    constraint access_log_texts_are_short check (
        length(request_id) <= 100 and length(party) <= 100 and length(on_behalf_of) <= 100 and length(user_id) <= 100
        and length(action) <= 40 and length(question) <= 80 and length(code) <= 80
    ),
    constraint access_log_result_known check (result in ('found', 'not-found', 'refused')),
    constraint access_log_refusal_has_its_code check ((result = 'refused') = (code is not null)),
    constraint access_log_who_was_found check (result <> 'found' or patient_id is not null)
);
comment on table access_log is 'Every look at a person, search and refusal (NEN 7513): one row per person, or one without when it was about nobody. Holds no name and no BSN of a patient.';
comment on column access_log.stripe is 'Readers take a free one of sixteen, so that they do not wait for each other.';
comment on column access_log.link is 'The link of chain access/<stripe> that covers this row; the rows of one question share it.';
comment on column access_log.looked_at is 'Start of the transaction by the clock of the database; never simulated.';
comment on column access_log.user_id is 'The person at the party who asked, as the party names them.';
comment on column access_log.patient_id is 'No foreign key: a person can be removed, who looked stays.';
comment on column access_log.code is 'Why it was refused.';
create index access_log_of_patient on access_log (patient_id) where patient_id is not null;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% does not allow this: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;
create trigger access_log_is_append_only before update or delete or truncate on access_log
    for each statement execute function refuse_change();
create trigger chain_link_is_append_only before update or delete or truncate on chain_link
    for each statement execute function refuse_change();
create trigger chain_tail_stays before delete or truncate on chain_tail
    for each statement execute function refuse_change();
do $$
begin
    if exists (select from pg_roles where rolname = 'ion_registry') then
        revoke update, delete, truncate on access_log, chain_link from ion_registry;
        revoke delete, truncate on chain_tail from ion_registry;
    end if;
end
$$;
