-- Who has to be told what, and how far that is. No patient is named anywhere: no name, no BSN, no patient id.

create table provider (
    agb_code               text        primary key,
    name                   text        not null,
    street                 text        not null,
    house_number           text        not null,
    postcode               text        not null,
    city                   text        not null,
    change_message_address text,
    recorded_at            timestamptz not null,
    constraint provider_agb_code_of_a_gp check (agb_code ~ '^01[0-9]{6}$')
);
comment on table provider is 'GPs and practices as the register last told of them (rule 32).';
comment on column provider.change_message_address is 'Where change messages go (rule 36); null when there is none that a mail can go to.';
comment on column provider.recorded_at is 'When the register knew this; an older message that comes late changes nothing.';

create table delivery (
    delivery_id      uuid        primary key,
    event_id         text        not null,
    correlation_id   text        not null,
    purpose          text        not null,
    agb_code         text        not null,
    reference        text        not null,
    ended_on         date        not null,
    new_agb_code     text        not null,
    reason           text        not null,
    message_id       text        not null,
    status           text        not null,
    attempts         integer     not null default 0,
    first_attempt_at timestamptz,
    next_attempt_at  timestamptz,
    claimed_by       uuid,
    claimed_until    timestamptz,
    created_at       timestamptz not null default now(),
    ended_at         timestamptz,
    constraint delivery_once_per_event_and_purpose unique (event_id, purpose),
    constraint delivery_purpose_known check (purpose in ('patient-left')),
    constraint delivery_reason_known check (reason in ('transferred')),
    constraint delivery_status_known check (status in ('due', 'no-address', 'sent', 'failed')),
    constraint delivery_reference_readable check (reference ~ '^M-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$'),
    constraint delivery_due_has_a_time check ((status = 'due') = (next_attempt_at is not null)),
    constraint delivery_ends_with_a_time check ((status in ('sent', 'failed')) = (ended_at is not null)),
    constraint delivery_claim_is_whole check ((claimed_by is null) = (claimed_until is null)),
    constraint delivery_attempts_count check (attempts >= 0)
);
comment on table delivery is 'One mail to send, or sent. Times are real time, not business time.';
comment on column delivery.delivery_id is 'Computed from the event and the purpose, so that an event taken twice is one mail.';
comment on column delivery.event_id is 'Id of the event that this mail is about; with the purpose the deduplication.';
comment on column delivery.agb_code is 'The addressee: the previous GP.';
comment on column delivery.reference is 'What people quote; computed from the id.';
comment on column delivery.ended_on is 'The last day of the ended registration.';
comment on column delivery.message_id is 'Kept, so that a mail sent again carries the same one even after a change of settings.';
comment on column delivery.first_attempt_at is 'From here on the hours count until it is given up; null again after a retry by an operator.';
comment on column delivery.claimed_by is 'The set in which a sender has it in hand; results of a set that lost its claim are not written.';
comment on column delivery.claimed_until is 'After this a killed sender''s deliveries are taken over.';
create index delivery_to_send on delivery (next_attempt_at) where status = 'due';
create index delivery_without_address on delivery (agb_code) where status = 'no-address';
create index delivery_failed on delivery (created_at) where status = 'failed';
create index delivery_of_claim on delivery (claimed_by) where claimed_by is not null;
create index delivery_of_addressee on delivery (agb_code, created_at desc, delivery_id);

create table delivery_attempt (
    delivery_id uuid        not null references delivery,
    n           integer     not null,
    at          timestamptz not null,
    result      text        not null,
    reply_class smallint,
    primary key (delivery_id, n),
    constraint delivery_attempt_counts check (n > 0),
    constraint delivery_attempt_result_known
        check (result in ('sent', 'refused', 'temporary', 'unreachable', 'error')),
    constraint delivery_attempt_reply_class_of_smtp check (reply_class between 2 and 5)
);
comment on table delivery_attempt is 'Every attempt at sending a mail.';
comment on column delivery_attempt.reply_class is 'First digit of the mail server''s reply; its text may name people and is not kept.';
