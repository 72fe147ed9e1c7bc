-- Intake of commands can be paused, for all or for one party, and resumed.

create table intake_pause (
    id         integer     generated always as identity primary key,
    party      text,
    paused_at  timestamptz not null,
    paused_by  text        not null,
    reason     text        not null,
    resumed_at timestamptz,
    resumed_by text,
    constraint intake_pause_resumes_by_somebody check ((resumed_at is null) = (resumed_by is null)),
    constraint intake_pause_resumes_later check (resumed_at >= paused_at)
);
comment on table intake_pause is 'When intake was paused, by whom and why. Rows stay: they tell why commands waited or were refused.';
comment on column intake_pause.party is 'Whose commands are refused meanwhile; null: nobody''s commands are taken, they wait on their topic.';
create unique index intake_pause_once on intake_pause (party) nulls not distinct where resumed_at is null;
