-- What every service keeps to take each message once and to send each message at least once. See docs/guarantees.md.

create table consumer_position (
    topic       text    not null,
    partition   integer not null check (partition >= 0),
    next_offset bigint  not null check (next_offset >= 0),
    primary key (topic, partition)
);
comment on table consumer_position is 'Where this service reads on. It commits with what the batch did, so it is the truth; offsets in Kafka only show the lag.';

create table inbox (
    source      text        not null,
    id          text        not null,
    received_at timestamptz not null default now(),
    constraint inbox_message_once primary key (source, id)
);
comment on table inbox is 'Messages that were taken; a producer may repeat itself.';

create table outbox (
    transaction_id xid8        not null default pg_current_xact_id(),
    id             bigint      generated always as identity,
    topic          text        not null,
    partition      integer,
    key            bytea,
    headers        bytea       not null,
    value          bytea       not null,
    created_at     timestamptz not null default now(),
    primary key (transaction_id, id)
);
comment on table outbox is 'Messages to send, written in the transaction that decided them. Read in the order of transactions, and only below the oldest one that still runs: identities alone become visible out of order.';
comment on column outbox.partition is 'Null: chosen by the key, as any Kafka client would.';
comment on column outbox.headers is 'JSON object of text.';

create table relay (
    name        text        primary key,
    holder      text        not null,
    token       bigint      not null,
    lease_until timestamptz not null,
    position    bigint[]    not null
);
comment on table relay is 'How far each relay has published, and who may publish until when.';
comment on column relay.token is 'Rises with every change of holder; a holder whose token is old can no longer move the position.';
