-- Cases of the ombudsman (rules 40 and 41): how each is, every step of it, and who is excluded for a time.

create extension if not exists btree_gist;

create table ombudsman_case (
    case_id            uuid    primary key,
    patient_id         uuid    references patient on delete set null,
    on_date            date    not null,
    requester_agb_code text    not null,
    other_agb_code     text    not null,
    opened_on          date    not null,
    contact_due        date    not null,
    ruling_due         date    not null,
    steps              integer not null,
    contacted_on       date,
    extended_on        date,
    heard              text[]  not null,
    wish_agb_code      text,
    ruled_agb_code     text,
    ruled_on           date,
    published_on       date,
    withdrawn_on       date,
    constraint ombudsman_case_agb_codes_of_a_gp check (
        requester_agb_code ~ '^01[0-9]{6}$' and other_agb_code ~ '^01[0-9]{6}$'
    ),
    constraint ombudsman_case_has_two_parties check (requester_agb_code <> other_agb_code),
    constraint ombudsman_case_is_about_the_past check (on_date <= opened_on),
    constraint ombudsman_case_terms_follow_opening check (contact_due > opened_on and ruling_due > opened_on),
    constraint ombudsman_case_dates_follow_opening check (
        least(contacted_on, extended_on, ruled_on, published_on, withdrawn_on) >= opened_on
    ),
    constraint ombudsman_case_steps_count check (steps > 0),
    constraint ombudsman_case_hears_its_parties check (heard <@ array[requester_agb_code, other_agb_code]),
    constraint ombudsman_case_wish_is_a_party check (wish_agb_code in (requester_agb_code, other_agb_code)),
    constraint ombudsman_case_ruling_is_whole check ((ruled_on is null) = (ruled_agb_code is null)),
    constraint ombudsman_case_rules_as_the_patient_wishes check (
        ruled_agb_code is null or (wish_agb_code is not null and ruled_agb_code = wish_agb_code)
    ),
    constraint ombudsman_case_rules_after_hearing_both check (
        ruled_on is null or heard @> array[requester_agb_code, other_agb_code]
    ),
    constraint ombudsman_case_publishes_a_ruling check (published_on is null or ruled_on is not null),
    constraint ombudsman_case_has_one_end check (withdrawn_on is null or ruled_on is null)
);
comment on table ombudsman_case is 'Each case as it is now, and no text of it: who asked what stands in its steps.';
comment on column ombudsman_case.patient_id is 'Null when that person was removed from the register.';
comment on column ombudsman_case.on_date is 'The reference date at issue.';
comment on column ombudsman_case.contact_due is 'The fifth working day after opening.';
comment on column ombudsman_case.ruling_due is 'Two weeks after opening, four when extended; on a free day, the next working day.';
comment on column ombudsman_case.steps is 'How many were taken; case_step has each of them once.';
comment on column ombudsman_case.heard is 'Which parties were heard, or declined to be.';
create index ombudsman_case_open_by_term on ombudsman_case (ruling_due) where ruled_on is null and withdrawn_on is null;
create index ombudsman_case_by_opening on ombudsman_case (opened_on, case_id);
create index ombudsman_case_of_patient on ombudsman_case (patient_id) where patient_id is not null;

create table case_step (
    command_id  text        primary key,
    case_id     uuid        not null references ombudsman_case,
    n           integer     not null,
    kind        text        not null,
    code        text        not null,
    offered_on    date        not null,
    offered_at    timestamptz not null,
    recorded_on date        not null,
    party       text        not null,
    office      boolean     not null,
    body        jsonb,
    constraint case_step_counts unique (case_id, n),
    constraint case_step_first_is_the_opening check ((n = 1) = (kind = 'opened')),
    constraint case_step_kind_known check (kind in (
        'opened', 'contacted', 'statement', 'heard', 'patient-wish', 'term-extended', 'ruled', 'published', 'withdrawn',
        'excluded', 'exclusion-lifted'
    )),
    constraint case_step_others_by_the_office check (office or kind = 'opened')
);
comment on table case_step is 'The history of each case: every step that was taken, by whom and when. Rows are added, and never changed.';
comment on column case_step.command_id is 'The command that was the step; one that comes again meets its own key.';
comment on column case_step.n is 'From 1, in the order in which the steps were taken.';
comment on column case_step.offered_on is 'The day in the Netherlands on which the command was stored; terms are counted by it.';
comment on column case_step.recorded_on is 'The day on which the register knew of it.';
comment on column case_step.body is 'The step as it came: requester, description, statements. Personal data; null once the person was removed.';

create function refuse_change_of_case_step() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        -- Removing a person empties the body, and leaves who did what and when.
        if new.body is null and to_jsonb(new) - 'body' = to_jsonb(old) - 'body' then
            return new;
        end if;
    end if;
    raise exception 'the history of a case is append-only: % refused', tg_op using errcode = 'insufficient_privilege';
end
$$;
create trigger case_step_is_append_only before update or delete on case_step
    for each row execute function refuse_change_of_case_step();
create trigger case_step_is_never_emptied before truncate on case_step
    for each statement execute function refuse_change_of_case_step();

do $$
begin
    if exists (select from pg_roles where rolname = 'ion_registry') then
        revoke update, delete, truncate on case_step from ion_registry;
        grant update (body) on case_step to ion_registry;
    end if;
end
$$;

create table exclusion (
    command_id text primary key references case_step,
    case_id    uuid not null references ombudsman_case,
    agb_code   text not null,
    since      date not null,
    until      date not null,
    reason     text not null,
    lifted_on  date,
    lifted_by  text references case_step,
    constraint exclusion_agb_code_of_a_gp check (agb_code ~ '^01[0-9]{6}$'),
    constraint exclusion_ends_after_it_began check (until >= since),
    constraint exclusion_is_temporary check (until - since < 366),
    constraint exclusion_lifting_is_whole check ((lifted_on is null) = (lifted_by is null)),
    constraint exclusion_lifted_within_it check (lifted_on between since and until),
    -- Lifted on its first day, the range is empty and overlaps nothing.
    constraint exclusion_once_at_a_time exclude using gist (
        agb_code with =, daterange(since, coalesce(lifted_on, until + 1)) with &&
    )
);
comment on table exclusion is 'A GP who did not comply with a ruling registers nobody from since to until; both days belong to it.';
comment on column exclusion.command_id is 'The step that excluded.';
comment on column exclusion.lifted_on is 'The first day on which it holds no more; until stays what it was.';
comment on column exclusion.lifted_by is 'The step that lifted it, perhaps of another case.';
create index exclusion_of_case on exclusion (case_id);
