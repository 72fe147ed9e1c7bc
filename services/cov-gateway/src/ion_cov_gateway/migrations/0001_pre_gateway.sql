-- Who may do what, and what they asked for.

create table access (
    certificate_hash text        primary key check (certificate_hash ~ '^[0-9a-f]{64}$'),
    party            text        not null,
    agb_codes        text[]      not null check (cardinality(agb_codes) > 0),
    enrolled_at      timestamptz not null default now()
);
comment on table access is 'Rights stand beside the certificate, not in it (rule 45).';
comment on column access.certificate_hash is 'SHA-256 of the certificate, as Envoy hands it on.';

create table batch (
    batch_id      uuid        primary key,
    party         text        not null,
    agb_code      text        not null,
    file_sha256   bytea       not null,
    lines         integer     not null check (lines >= 0),
    created_at    timestamptz not null,
    registered_at timestamptz
);
comment on column batch.registered_at is 'When "register all accepted" was last asked for.';

create table operation (
    operation_id  uuid        primary key,
    party         text        not null,
    agb_code      text        not null,
    mode          text        not null check (mode in ('automatic', 'manual')),
    person        jsonb       not null,
    insurer_hint  text,
    start_date    date,
    offered_on    date        not null,
    offered_at    timestamptz not null,
    status        text        not null default 'processing'
                  check (status in ('processing', 'deferred', 'accepted', 'refused')),
    code          text        not null default 'processing',
    coverage      jsonb,
    registration  jsonb,
    process_on    date,
    check_pending boolean     not null,
    claimed_until timestamptz,
    batch_id      uuid        references batch,
    finished_at   timestamptz,
    constraint operation_ends_with_a_time check ((status in ('accepted', 'refused')) = (finished_at is not null))
);
comment on column operation.offered_on is 'The day in the Netherlands on which it was stored; rules 3 to 6 judge by it.';
comment on column operation.check_pending is 'The coverage check is still to be done; it is a durable job.';
comment on column operation.claimed_until is 'A worker has the check in hand; after this, another may take it.';
create index operation_to_check on operation (offered_at) where check_pending;
create index operation_of_batch on operation (batch_id, status) where batch_id is not null;

create table batch_line (
    batch_id      uuid        not null references batch,
    line          integer     not null,
    number        integer,
    state         text        not null check (state in ('to-check', 'accepted', 'rejected')),
    person        jsonb,
    insurer_hint  text,
    code          text,
    detail        text,
    field         text,
    position      text,
    coverage      jsonb,
    claimed_until timestamptz,
    operation_id  uuid        references operation,
    primary key (batch_id, line),
    constraint batch_line_says_why_it_was_rejected check (state <> 'rejected' or code is not null)
);
comment on column batch_line.position is 'First and last position of the field in the line, as "15-23".';
create index batch_line_to_check on batch_line (batch_id, line) where state = 'to-check';
