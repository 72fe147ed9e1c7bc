-- Ours: what the first version of the register held of one patient who moved once.
insert into patient values ('00000000-0000-4000-8000-000000000001', '\x00000000000000000000000000000000', '999990019', 'J.', 'de', 'Örnek', '1980-01-01', 'female', now());
insert into current values ('00000000-0000-4000-8000-000000000001', '01034567', '2027-03-10', '2027-03-09', 2, '3311');
insert into journal (generation, partition, "offset", n, kind, command_id, correlation_id, causation_id, status, code,
    patient_id, agb_code, since, previous_agb_code, previous_since, previous_until, sequence, uzovi, mode, party,
    offered_on, policy_version, recorded_at, recorded_on)
values
    (1, 0, 0, 0, 'register', 'a', 'a', 'a', 'accepted', 'registered', '00000000-0000-4000-8000-000000000001', '01023456', '2027-01-05', null,
        null, null, 1, '3311', 'automatic', 'made', '2027-01-05', 1, now(), '2027-01-05'),
    (1, 0, 1, 0, 'register', 'b', 'b', 'b', 'accepted', 'transferred', '00000000-0000-4000-8000-000000000001', '01034567', '2027-03-10',
        '01023456', '2027-01-05', '2027-03-09', 2, '3311', 'automatic', 'made', '2027-03-10', 1, now(), '2027-03-10');
