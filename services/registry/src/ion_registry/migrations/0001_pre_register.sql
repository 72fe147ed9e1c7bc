-- The register: who a patient is, which GP has them now, what waits, and the journal of everything that was done.

create table patient (
    patient_id  uuid        primary key,
    routing_key bytea       not null constraint patient_routing_key_once unique,
    bsn         text        not null constraint patient_bsn_once unique,
    initials    text        not null,
    prefix      text        not null,
    family_name text        not null,
    birth_date  date        not null,
    sex         text        not null,
    updated_at  timestamptz not null,
    constraint patient_routing_key_size check (octet_length(routing_key) = 16),
    constraint patient_bsn_is_nine_digits check (bsn ~ '^[0-9]{9}$'),
    constraint patient_sex_known check (sex in ('unknown', 'male', 'female', 'not-specified'))
);
comment on table patient is 'The only table, beside what waits, that holds personal data: a person can be removed here and the journal stays whole.';
comment on column patient.patient_id is 'Random, permanent, and the identity that events speak of.';
comment on column patient.routing_key is 'The key of this patient''s commands: finds the patient, and is never the identity.';
comment on column patient.updated_at is 'When an accepted command last changed the person data; business time.';

create table current (
    patient_id uuid   primary key references patient,
    agb_code   text,
    since      date,
    last_end   date,
    sequence   bigint not null,
    uzovi      text,
    constraint current_registration_is_whole check ((agb_code is null) = (since is null)),
    constraint current_starts_after_last_end check (since > last_end),
    constraint current_agb_code_of_a_gp check (agb_code ~ '^01[0-9]{6}$'),
    constraint current_uzovi_is_four_digits check (uzovi ~ '^[0-9]{4}$'),
    constraint current_sequence_counts check (sequence > 0)
);
comment on table current is 'One row per patient who ever had a registration: at most one is active (rule 1).';
comment on column current.agb_code is 'Who has the patient now; null without an active registration.';
comment on column current.last_end is 'The last day of the registration before this one; a later one starts after it.';
comment on column current.sequence is 'Number of changes so far; the journal has each of them once.';
comment on column current.uzovi is 'The insurer that heard of the last change; null when it was not known.';
create index current_of_agb_code on current (agb_code) where agb_code is not null;

create table waiting (
    command_id     text    primary key,
    patient_id     uuid    not null references patient,
    process_on     date    not null,
    correlation_id text    not null,
    body           jsonb   not null,
    generation     integer not null,
    partition      integer not null,
    "offset"       bigint  not null,
    timer_sent_at  timestamptz
);
comment on table waiting is 'Commands offered on a closed day (rule 6), until they are processed. Part of the patient''s state.';
comment on column waiting.body is 'The command as it came; personal data.';
comment on column waiting."offset" is 'Where the command stood: what waits for one patient is processed in this order.';
comment on column waiting.timer_sent_at is 'When the timer put the command that settles this in the outbox; null until then.';
create index waiting_of_patient on waiting (patient_id);
create index waiting_for_timer on waiting (process_on) where timer_sent_at is null;

create table closed_day_policy (
    version     integer primary key,
    valid_from  date    not null unique,
    closed_days text    not null constraint closed_day_policy_known check (closed_days in ('first-day', 'last-and-first-day'))
);
comment on table closed_day_policy is 'On which days of a quarter changes wait (rule 6), from a day on until the next row. Rows are added, never changed.';
insert into closed_day_policy (version, valid_from, closed_days) values (1, '2006-01-01', 'first-day');

create table journal (
    generation        integer     not null,
    partition         integer     not null,
    "offset"          bigint      not null,
    n                 smallint    not null,
    kind              text        not null,
    command_id        text        not null,
    correlation_id    text        not null,
    causation_id      text        not null,
    status            text        not null,
    code              text        not null,
    reason            text,
    patient_id        uuid,
    agb_code          text,
    since             date,
    previous_agb_code text,
    previous_since    date,
    previous_until    date,
    sequence          bigint,
    uzovi             text,
    previous_uzovi    text,
    mode              text,
    party             text,
    offered_on        date,
    process_on        date,
    closed_day        date,
    policy_version    integer,
    recorded_at       timestamptz not null,
    recorded_on       date        not null,
    -- The partition first: a relay reads one partition through all generations, in this order.
    constraint journal_record_once primary key (partition, generation, "offset", n),
    constraint journal_kind_known check (kind in ('register', 'close-day', 'malformed')),
    constraint journal_status_known check (status in ('accepted', 'refused', 'deferred')),
    constraint journal_deferred_until_a_day check ((status = 'deferred') = (process_on is not null)),
    constraint journal_register_is_about_a_patient check (
        kind <> 'register' or (
            patient_id is not null and agb_code is not null and mode is not null and party is not null
            and offered_on is not null and policy_version is not null
        )
    ),
    constraint journal_close_names_its_day check ((kind = 'close-day') = (closed_day is not null)),
    constraint journal_change_is_accepted check (
        sequence is null or (kind = 'register' and status = 'accepted' and since is not null and sequence > 0)
    ),
    constraint journal_previous_is_whole check (
        num_nulls(previous_agb_code, previous_since, previous_until) in (0, 3)
    ),
    constraint journal_previous_ends_the_day_before check (
        previous_until is null or (sequence is not null and previous_until = since - 1 and previous_since <= previous_until)
    )
);
comment on table journal is 'What each command did, accepted or refused. It is the history, the source of every event and the audit record of writes; it holds no name and no BSN.';
comment on column journal.generation is 'Of the commands topic: a topic that was made anew is another generation.';
comment on column journal."offset" is 'Of the record that led to this row; a record that comes again meets its own key.';
comment on column journal.n is 'From 0: one record may settle what waited and do something itself.';
comment on column journal.command_id is 'The command that this row is about.';
comment on column journal.causation_id is 'The message that led to this row: the command itself, or what settled it after it had waited.';
comment on column journal.code is 'A row of the table of outcome codes; `day-closed` for a closed day.';
comment on column journal.reason is 'Why a record is malformed, in words that hold no value of it.';
comment on column journal.agb_code is 'Who asked for the patient.';
comment on column journal.since is 'Start of the registration that the command made or met.';
comment on column journal.sequence is 'Only where the registration changed: counts the changes of the patient without gaps.';
comment on column journal.uzovi is 'The insurer as the coverage check found it; frozen here, it decides who hears of the change.';
comment on column journal.previous_uzovi is 'The insurer that heard of the period that ended.';
comment on column journal.offered_on is 'The day in the Netherlands on which the gateway took the request; rules 3 to 6 judge by it.';
comment on column journal.process_on is 'Of a deferred command: the day on which it is judged anew.';
comment on column journal.policy_version is 'Of closed_day_policy. No foreign key: every writer would lock the same policy row.';
comment on column journal.recorded_at is 'When the register knew it, business time; never goes back within a partition.';
comment on column journal.recorded_on is 'The day in the Netherlands of recorded_at, and always later than every day that this partition closed.';

-- One index finds what is known of a command and refuses a second final outcome (or a second deferral).
create unique index journal_one_outcome_per_command on journal (command_id, (status = 'deferred'));
create unique index journal_one_change_per_sequence on journal (patient_id, sequence) where sequence is not null;
create index journal_changes_of_agb_code on journal (agb_code, since) where sequence is not null;

create function refuse_change_of_journal() returns trigger language plpgsql as $$
begin
    raise exception 'the journal is append-only: % refused', tg_op using errcode = 'insufficient_privilege';
end
$$;
-- The trigger holds for the owner too, whom no privilege stops; so it is what a test can prove everywhere.
create trigger journal_is_append_only before update or delete or truncate on journal
    for each statement execute function refuse_change_of_journal();
do $$
begin
    if exists (select from pg_roles where rolname = 'ion_registry') then
        revoke update, delete, truncate on journal from ion_registry;
    end if;
end
$$;

create table topic_generation (
    generation      integer     primary key,
    event_namespace uuid        not null default gen_random_uuid(),
    started_at      timestamptz not null default now()
);
comment on table topic_generation is 'Each life of the commands topic; the highest is the present one.';
comment on column topic_generation.event_namespace is 'The ids of all messages that are rendered from the journal are computed from it.';
insert into topic_generation (generation) values (1);

create table partition_state (
    partition      integer     primary key,
    recorded_at    timestamptz,
    closed_through date
);
comment on table partition_state is 'How far time has come in each partition of the commands topic.';
comment on column partition_state.recorded_at is 'Of the newest journal row.';
comment on column partition_state.closed_through is 'Nothing recorded from now on was known on this day or before.';

create table day_timer (
    partition    integer primary key,
    sent_through date    not null
);
comment on table day_timer is 'Through which day the command that closes it was put in the outbox; apart from partition_state, so that timers never wait for a batch.';

create table provider (
    agb_code                   text        primary key,
    kind                       text        not null,
    name                       text        not null,
    street                     text        not null,
    house_number               text        not null,
    postcode                   text        not null,
    city                       text        not null,
    change_message_address     text,
    invoice_address            text,
    chamber_of_commerce_number text,
    recorded_at                timestamptz not null,
    constraint provider_agb_code_of_a_gp check (agb_code ~ '^01[0-9]{6}$'),
    constraint provider_kind_known check (kind in ('person', 'practice'))
);
comment on table provider is 'GPs and practices as the care provider register states them (rule 32).';
comment on column provider.recorded_at is 'When an import last changed this row, business time.';
