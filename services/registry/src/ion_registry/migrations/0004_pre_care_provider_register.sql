-- The care provider register in full (rule 32): when a code was in use, who works where, who took over, and what was
-- known before, so that a journal row can name the version that it was judged by.

-- Of PostgreSQL itself, and trusted: whoever owns the database may create it. For "no overlap of one pair".
create extension if not exists btree_gist;

create table provider_import (
    number      integer     primary key,
    imported_at timestamptz not null,
    imported_by text        not null,
    file_sha256 bytea       not null,
    whole       boolean     not null,
    rows        integer     not null,
    added       integer     not null,
    changed     integer     not null,
    ended       integer     not null,
    disappeared integer     not null,
    unchanged   integer     not null,
    constraint provider_import_counts_from_one check (number > 0),
    constraint provider_import_sha256_size check (octet_length(file_sha256) = 32),
    constraint provider_import_adds_up check (rows = added + changed + ended + unchanged)
);
comment on table provider_import is 'Each import of the care provider register; its number is the version of what it changed.';
comment on column provider_import.imported_at is 'Business time; provider.recorded_at is the same moment.';
comment on column provider_import.whole is 'The file was the whole register: who was not in it, ended.';
comment on column provider_import.ended is 'In the file for the first time with the last day on which they were active.';
comment on column provider_import.disappeared is 'Not in a file that was the whole register, so ended; not among the rows.';

-- What was imported before imports had numbers is version 1; the digest of no file stands for a file that nobody kept.
insert into provider_import
    (number, imported_at, imported_by, file_sha256, whole, rows, added, changed, ended, disappeared, unchanged)
select 1, max(recorded_at), 'before imports had numbers', sha256(''), false, count(*), count(*), 0, 0, 0, 0
from provider having count(*) > 0;

alter table provider
    add column active_from date,
    add column active_until date,
    add column successor text,
    add column version integer not null default 1;
alter table provider
    alter column version drop default,
    add constraint provider_version_is_an_import foreign key (version) references provider_import (number),
    add constraint provider_ends_after_it_began check (active_from <= active_until),
    add constraint provider_successor_of_one_that_ended check (successor is null or active_until is not null),
    add constraint provider_is_not_its_own_successor check (successor <> agb_code),
    add constraint provider_successor_known foreign key (successor) references provider (agb_code)
        deferrable initially deferred,
    add constraint provider_code_and_kind unique (agb_code, kind);
comment on column provider.active_from is 'The first day on which the code was in use; null when the register does not say.';
comment on column provider.active_until is 'The last day on which the code was in use; null while it is.';
comment on column provider.successor is 'Who took over (rules 31 and 55).';
comment on column provider.version is 'The import that last changed this row or its associations.';
-- The successors are followed as a whole by every import.
create index provider_with_successor on provider (agb_code) include (successor) where successor is not null;

create table provider_association (
    person        text not null,
    practice      text not null,
    since         date not null,
    until         date,
    person_kind   text not null generated always as ('person') stored,
    practice_kind text not null generated always as ('practice') stored,
    constraint provider_association_once primary key (person, practice, since),
    constraint provider_association_of_a_person foreign key (person, person_kind) references provider (agb_code, kind),
    constraint provider_association_with_a_practice foreign key (practice, practice_kind)
        references provider (agb_code, kind),
    constraint provider_association_ends_after_it_began check (since <= until),
    constraint provider_association_without_overlap exclude using gist
        (person with =, practice with =, daterange(since, until, '[]') with &&)
);
comment on table provider_association is 'Which persons work in which practices, and when, as the register states it now (rules 15 and 54).';
comment on column provider_association.until is 'The last day; null while it lasts.';
comment on column provider_association.person_kind is 'Only so that the foreign key can demand a person; the other one demands a practice.';
create index provider_association_of_practice on provider_association (practice);

create table provider_history (
    agb_code                   text        not null,
    version                    integer     not null,
    replaced_by                integer     not null,
    recorded_from              timestamptz not null,
    recorded_until             timestamptz not null,
    kind                       text        not null,
    name                       text        not null,
    street                     text        not null,
    house_number               text        not null,
    postcode                   text        not null,
    city                       text        not null,
    change_message_address     text,
    invoice_address            text,
    chamber_of_commerce_number text,
    active_from                date,
    active_until               date,
    successor                  text,
    associations               jsonb       not null,
    constraint provider_history_once primary key (agb_code, version),
    constraint provider_history_of_an_import foreign key (version) references provider_import (number),
    constraint provider_history_replaced_by_an_import foreign key (replaced_by) references provider_import (number),
    constraint provider_history_replaced_later check (replaced_by > version and recorded_until >= recorded_from)
);
comment on table provider_history is 'What the register said before: each former row of provider with its associations, from one import until another.';
comment on column provider_history.associations is 'As in the message: agbCode, since, until.';

create function refuse_change_of_provider_history() returns trigger language plpgsql as $$
begin
    raise exception 'the history of care providers is append-only: % refused', tg_op
        using errcode = 'insufficient_privilege';
end
$$;
create trigger provider_history_is_append_only before update or delete or truncate on provider_history
    for each statement execute function refuse_change_of_provider_history();
do $$
begin
    if exists (select from pg_roles where rolname = 'ion_registry') then
        revoke update, delete, truncate on provider_history from ion_registry;
    end if;
end
$$;
