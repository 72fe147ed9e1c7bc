-- name: cases_of_codes
-- The cases in which one of these codes is a party, the newest first. Cases are few: no index is worth its upkeep.
select case_id, patient_id, on_date, requester_agb_code, other_agb_code, opened_on, contact_due, ruling_due, steps,
    contacted_on, extended_on, heard, wish_agb_code, ruled_agb_code, ruled_on, published_on, withdrawn_on
from ombudsman_case
where (requester_agb_code = any($1::text[]) or other_agb_code = any($1::text[]))
  and ($2::boolean is not true or (ruled_on is null and withdrawn_on is null))
order by opened_on desc, case_id limit $3
