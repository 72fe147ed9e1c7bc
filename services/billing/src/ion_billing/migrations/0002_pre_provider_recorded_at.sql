-- When the register knew it: a relay that was paused may publish an older name and address again.

alter table provider add column recorded_at timestamptz not null default '-infinity';
comment on column provider.recorded_at is 'An older message that comes late changes nothing.';
