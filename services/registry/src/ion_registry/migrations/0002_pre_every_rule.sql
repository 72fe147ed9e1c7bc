-- What the register needs for all its rules.
-- Stop the old register before this one: it does not know what a change is now, and its rows would be refused.

create table policy (
    version              integer primary key,
    valid_from           date    not null constraint policy_from_once unique,
    closed_days          text    not null constraint policy_closed_days_known check (closed_days in ('first-day', 'last-and-first-day')),
    practice_codes_only  boolean not null,
    ping_pong_transfers  integer not null constraint policy_ping_pong_needs_two check (ping_pong_transfers between 2 and 100),
    ping_pong_days       integer not null constraint policy_ping_pong_days_sensible check (ping_pong_days between 1 and 366),
    temporary_ask_months integer not null constraint policy_asks_after_a_month check (temporary_ask_months >= 1),
    temporary_end_months integer not null constraint policy_ends_after_asking check (temporary_end_months between temporary_ask_months + 1 and 24),
    withdraw_days        integer not null constraint policy_withdraw_days_sensible check (withdraw_days between 0 and 92)
);
comment on table policy is 'What the board has decided, from a day on until the next row. Rows are added, never changed.';
comment on column policy.closed_days is 'On which days of a quarter changes wait (rule 6).';
comment on column policy.practice_codes_only is 'Whether only codes of practices may register (rule 28).';
comment on column policy.ping_pong_transfers is 'So many transfers between the same two GPs within ping_pong_days block the patient (rule 38).';
comment on column policy.temporary_ask_months is 'After so many months the GP of a temporary registration is asked (rule 34).';
comment on column policy.temporary_end_months is 'After so many months a temporary registration ends (rule 34).';
comment on column policy.withdraw_days is 'So long a party can withdraw what it did.';
insert into policy
select version, valid_from, closed_days, valid_from >= '2023-01-01', 3, 30, 2, 3, 14 from closed_day_policy;
insert into policy
select (select max(version) + 1 from policy), '2023-01-01', closed_days, true, 3, 30, 2, 3, 14
from policy where valid_from < '2023-01-01' order by valid_from desc limit 1
on conflict (valid_from) do nothing;
drop table closed_day_policy;

alter table patient
    alter column bsn drop not null,
    alter column birth_date drop not null,
    add column list_name text collate "C" generated always as (
        translate(lower(family_name), 'àáâãäåçèéêëìíîïñòóôõöøùúûüýÿ', 'aaaaaaceeeeiiiinoooooouuuuyy') || ' ' || lower(initials)
    ) stored,
    add column merged_into uuid references patient,
    add column removed_at timestamptz,
    add constraint patient_removed_is_empty check (removed_at is null or (bsn is null and birth_date is null and family_name = ''));
comment on column patient.bsn is 'Null for somebody without one (rule 33), and for a person who was removed.';
comment on column patient.list_name is 'What lists are ordered and searched by.';
comment on column patient.merged_into is 'The patient under whom a completed temporary patient goes on; later commands follow it.';
comment on column patient.removed_at is 'When the person was removed; what is left leads to nobody.';
create index patient_of_birth_date on patient (birth_date, list_name);
create index patient_merged on patient (merged_into) where merged_into is not null;

create table patient_alias (
    routing_key bytea primary key constraint patient_alias_key_size check (octet_length(routing_key) = 16),
    patient_id  uuid  not null references patient
);
comment on table patient_alias is 'Keys under which a patient was known before: the random one of a temporary patient.';
create index patient_alias_of_patient on patient_alias (patient_id);

create table insurance (
    patient_id uuid not null references patient,
    since      date not null,
    until      date,
    uzovi      text not null constraint insurance_uzovi_is_four_digits check (uzovi ~ '^[0-9]{4}$'),
    constraint insurance_period_once primary key (patient_id, since),
    constraint insurance_ends_after_it_began check (until >= since)
);
comment on table insurance is 'Where a patient was and is insured, as coverage checks and insurers say it. Decides which insurer hears of a change.';
insert into insurance (patient_id, since, uzovi)
select patient_id, coalesce(since, last_end), uzovi from current where uzovi is not null;

alter table current
    add column party      text,
    add column ask_on     date,
    add column end_on     date,
    add column blocked_on date,
    add column moves      jsonb,
    add column list_name  text collate "C" not null default '',
    add constraint current_terms_are_of_a_registration check (end_on is null or agb_code is not null),
    add constraint current_asks_before_the_end check (ask_on is null or ask_on < end_on);
alter table current drop column uzovi;
comment on column current.party is 'Who made the active registration; moves between a party''s own codes never count as ping-pong.';
comment on column current.ask_on is 'Of a temporary registration: when its GP is asked for what is missing; null once asked.';
comment on column current.end_on is 'Of a temporary registration: its first day without, if nobody extends or completes it.';
comment on column current.blocked_on is 'Since when every registration of this patient is refused (rule 38).';
comment on column current.moves is 'Transfers that still count for ping-pong: {"recent": [[day, from, to], ...]}.';
comment on column current.list_name is 'Of the patient, repeated here so that one page of a list is one read of one index.';
update current c set list_name = p.list_name from patient p where p.patient_id = c.patient_id;
create index current_list on current (agb_code, list_name, patient_id) where agb_code is not null;
drop index current_of_agb_code;

create table list_count (
    agb_code  text    not null,
    partition integer not null,
    patients  bigint  not null,
    constraint list_count_once primary key (agb_code, partition)
) with (fillfactor = 50);
comment on table list_count is 'Length of each list, in as many parts as there are partitions: writers never wait for each other. A part can be negative.';
insert into list_count select agb_code, -1, count(*) from current where agb_code is not null group by agb_code;

alter table waiting
    add column type                 text not null default 'nl.huisartsinschrijvingen.inschrijving-aangevraagd.v1',
    add column agb_code             text,
    add column temporary_patient_id uuid;
comment on column waiting.type is 'Of the command, as its envelope said.';
comment on column waiting.agb_code is 'Who offered it: what waits is visible to that GP.';
comment on column waiting.temporary_patient_id is 'Of a completion: the temporary patient, who is locked with this one.';
update waiting set agb_code = body ->> 'agbCode';
alter table waiting alter column type drop default;
create index waiting_of_agb_code on waiting (agb_code);

create table temporary_timer (
    patient_id uuid not null references patient,
    kind       text not null constraint temporary_timer_kind_known check (kind in ('ask', 'end')),
    due_on     date not null,
    sent_at    timestamptz,
    constraint temporary_timer_once primary key (patient_id, kind, due_on)
);
comment on table temporary_timer is 'When something is due for a temporary registration (rule 34). What no longer holds when it comes is ignored.';
comment on column temporary_timer.sent_at is 'When its command was put in the outbox; null until then.';
create index temporary_timer_due on temporary_timer (due_on) where sent_at is null;

create table list_operation (
    operation_id  uuid        primary key,
    kind          text        not null constraint list_operation_kind_known check (kind in ('move', 'withdraw')),
    party         text        not null,
    office        boolean     not null,
    agb_code      text        not null,
    from_agb_code text,
    batch_id      uuid,
    status        text        not null default 'running'
                  constraint list_operation_status_known check (status in ('running', 'stopped', 'done')),
    total         integer     not null,
    sent          integer     not null default 0,
    reached       uuid,
    correlation_id text       not null,
    started_at    timestamptz not null,
    ended_at      timestamptz,
    constraint list_operation_says_what check ((kind = 'move') = (from_agb_code is not null) and (kind = 'withdraw') = (batch_id is not null)),
    constraint list_operation_ends_when_done check ((status = 'done') = (ended_at is not null))
);
comment on table list_operation is 'Operations on many patients: a command for each leaves in portions, so that one can be stopped and resumed.';
comment on column list_operation.total is 'How many patients there were to do when it began.';
comment on column list_operation.reached is 'The last patient for whom a command left, in the order of ids.';
create index list_operation_running on list_operation (started_at) where status = 'running';

alter table journal
    alter column status drop not null,
    add column batch_id    uuid,
    add column provider_version integer,
    add column event       text,
    add column holder      text,
    add column valid_from  date,
    add column valid_until date,
    add column replaced    jsonb,
    add column details     jsonb;
alter table journal disable trigger journal_is_append_only;
update journal set event = case when previous_agb_code is null then 'started' else 'transferred' end,
    holder = agb_code, valid_from = since
where sequence is not null;
alter table journal enable trigger journal_is_append_only;
alter table journal
    drop constraint journal_kind_known,
    drop constraint journal_change_is_accepted,
    drop constraint journal_previous_ends_the_day_before,
    drop constraint journal_deferred_until_a_day,
    add constraint journal_kind_known check (kind in (
        'register', 'register-temporary', 'extend', 'complete', 'move', 'deregister', 'withdraw', 'coverage', 'correct',
        'ruling', 'unblock', 'remove', 'ask', 'end', 'list', 'case', 'close-day', 'malformed'
    )),
    add constraint journal_deferred_until_a_day check ((status is not distinct from 'deferred') = (process_on is not null)),
    add constraint journal_event_known check (event in (
        'started', 'transferred', 'ended', 'temporary-due', 'temporary-expired', 'temporary-completed', 'blocked',
        'unblocked', 'corrected', 'ruled'
    )),
    add constraint journal_event_has_its_sequence check (
        (event is null) = (sequence is null) and (sequence is null or (sequence > 0 and patient_id is not null))
    ),
    add constraint journal_refusal_changes_nothing check (event is null or status is distinct from 'refused'),
    add constraint journal_change_is_an_event check (valid_from is null or event is not null),
    add constraint journal_change_ends_after_it_began check (valid_until >= valid_from),
    add constraint journal_holder_of_a_change check (holder is null or (valid_from is not null and holder ~ '^01[0-9]{6}$')),
    add constraint journal_previous_ends_the_day_before check (
        previous_until is null
        or (valid_from is not null and previous_until = valid_from - 1 and previous_since <= previous_until)
    );
comment on column journal.status is 'Null for what is no outcome: a consequence, what time brought, a closed day.';
comment on column journal.batch_id is 'The file, or the operation on a list, that the command was part of.';
comment on column journal.provider_version is 'The import of care providers that agb_code was judged by.';
comment on column journal.policy_version is 'Of policy. No foreign key: every writer would lock the same policy row.';
comment on column journal.event is 'What others hear; null when nothing changed for them.';
comment on column journal.holder is 'Of a change: who has the patient on its days; null: nobody.';
comment on column journal.valid_from is 'Of a change: its first day. Later changes lie over earlier ones: who was the GP on a day is told by the change with the highest sequence that covers it.';
comment on column journal.valid_until is 'Of a change: its last day; null: until further notice.';
comment on column journal.replaced is 'Of a correction or ruling: what the register had on those days, as [AGB code, since, until].';
comment on column journal.details is 'What only some events say: reason, ground, reference, terms; no name and no number of a person.';
comment on column journal.sequence is 'Only where there is an event: counts the events of the patient without gaps.';

drop index journal_one_outcome_per_command;
create unique index journal_one_outcome_per_command on journal (command_id, (status = 'deferred')) where status is not null;
-- A command that was no outcome (a timer's) is found here as well.
create index journal_without_outcome on journal (command_id) where status is null;
drop index journal_one_change_per_sequence;
-- Rows without a sequence are in it too, and never in each other's way: it is also the history of a patient.
create unique index journal_of_patient on journal (patient_id, sequence);
drop index journal_changes_of_agb_code;
create index journal_of_holder on journal (holder, valid_from) where holder is not null;
create index journal_of_batch on journal (batch_id) where batch_id is not null;
-- Rows stand in the order of time, so a few pages tell which ones are newer than a day.
create index journal_by_day on journal using brin (recorded_on);
