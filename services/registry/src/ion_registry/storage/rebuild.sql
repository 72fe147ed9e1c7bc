-- name: lock_current
-- Writers wait for one portion; who only reads does not.
lock table current in exclusive mode

-- name: next_portion
-- Patients in the order of their ids: the registration as it is kept, and how many changes the journal numbered.
select p.patient_id, p.list_name, c.agb_code, c.since, c.last_end, c.sequence,
    (select max(j.sequence) from journal j where j.patient_id = p.patient_id) as numbered
from patient p left join current c using (patient_id)
where p.patient_id > $1 order by p.patient_id limit $2

-- name: repair_registrations
-- As the journal adds up. Who made it and its terms belong to one registration, so another one has none.
insert into current as c (patient_id, agb_code, since, last_end, sequence, list_name)
select * from unnest($1::uuid[], $2::text[], $3::date[], $4::date[], $5::bigint[], $6::text[])
on conflict (patient_id) do update
set agb_code = excluded.agb_code, since = excluded.since, last_end = excluded.last_end, sequence = excluded.sequence,
    party = case when c.agb_code = excluded.agb_code then c.party end,
    ask_on = case when c.agb_code = excluded.agb_code then c.ask_on end,
    end_on = case when c.agb_code = excluded.agb_code then c.end_on end

-- name: differing_counts
-- How many lists have another length than is kept. In one statement, for both change in one transaction.
select count(*)
from (select agb_code, sum(patients) as patients from list_count group by agb_code having sum(patients) <> 0) as kept
full join (select agb_code, count(*) as patients from current where agb_code is not null group by agb_code) as listed
    using (agb_code)
where kept.patients is distinct from listed.patients

-- name: clear_counts
-- Before they are counted anew.
delete from list_count

-- name: count_lists
-- Into a part of its own (-1): no writer adds to it.
insert into list_count select agb_code, -1, count(*) from current where agb_code is not null group by agb_code
