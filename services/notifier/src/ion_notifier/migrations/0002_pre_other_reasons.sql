-- A GP is also told of an expiry, a ruling and a correction: there need be no new GP, and one event can be about several
-- previous ones.

alter table delivery
    alter column new_agb_code drop not null,
    add column lost_until date,
    drop constraint delivery_reason_known,
    drop constraint delivery_once_per_event_and_purpose,
    add constraint delivery_reason_known check (reason in ('transferred', 'expired', 'corrected', 'ruled')),
    add constraint delivery_once_per_event_purpose_and_addressee unique (event_id, purpose, agb_code),
    add constraint delivery_of_a_transfer_names_the_new_gp check (reason <> 'transferred' or new_agb_code is not null),
    add constraint delivery_loses_days_in_order check (lost_until > ended_on);
comment on column delivery.ended_on is 'The last day of the ended registration; of a correction or a ruling: the day before the first that it took away.';
comment on column delivery.lost_until is 'The last day that a correction or a ruling took away; null: until further notice.';
comment on column delivery.new_agb_code is 'With whom the patient is instead; null: with nobody, or not told.';
