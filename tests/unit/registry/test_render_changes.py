"""What each insurer hears of a row: its own insured only, and never where a person went (rule 43)."""

from __future__ import annotations

from datetime import date

import pytest

from ion_contracts.messages import HeldPeriod, InsuredCorrected, InsuredLeft, InsuredRegistered, Status
from ion_contracts.messages.changes import LeftReason
from ion_registry.domain.entry import Event
from ion_registry.services.publishing.render import insurers_of
from ion_registry.storage.journal import JournalRow, PublishableRow
from tests.unit.registry.made_rows import (
    CORRECTED,
    COVERED,
    DEREGISTERED,
    ENDED,
    EXPIRED,
    KEY,
    MADE_BSN,
    MARCH_1,
    MARCH_9,
    MARCH_10,
    MARCH_20,
    NAMESPACE,
    PATIENT,
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    REGISTERED,
    TRANSFERRED,
    rendered,
    to_insurers,
)

ONE, OTHER = "insurers.3311.changes.v1", "insurers.7119.changes.v1"
MARCH_19 = date(2027, 3, 19)


def test_with_another_insurer_the_old_one_hears_that_the_person_left_but_not_to_whom() -> None:
    _, _, left, joined = rendered(TRANSFERRED._replace(uzovi="7119"))
    assert (left.topic, joined.topic) == ("insurers.3311.changes.v1", "insurers.7119.changes.v1")
    assert isinstance(left.body, InsuredLeft)
    assert left.body.previous == ENDED
    assert b"01023456" not in left.body.to_json()
    assert isinstance(joined.body, InsuredRegistered)
    assert joined.body.previous is None
    assert b"01034567" not in joined.body.to_json()


def test_when_the_new_insurer_is_not_known_only_the_old_one_hears_that_the_period_ended() -> None:
    messages = rendered(TRANSFERRED._replace(uzovi=None))
    assert [type(message.body) for message in messages[2:]] == [InsuredLeft]


def test_when_the_old_insurer_was_not_known_the_new_one_hears_of_the_new_period_only() -> None:
    _, _, joined = rendered(TRANSFERRED._replace(previous_uzovi=None))
    assert isinstance(joined.body, InsuredRegistered)
    assert joined.body.previous is None


def test_the_insurers_of_rows_are_those_of_changes_only() -> None:
    refused = REGISTERED._replace(status=Status.REFUSED, since=None, event=None, sequence=None, uzovi="7029")
    rows = [PublishableRow(row, NAMESPACE, KEY, MADE_BSN) for row in (TRANSFERRED._replace(uzovi="7119"), refused)]
    assert insurers_of(rows) == {"3311", "7119"}


@pytest.mark.parametrize("row", [DEREGISTERED, EXPIRED])
def test_the_insurer_of_who_was_deregistered_or_expired_hears_until_when_they_were_there(row: JournalRow) -> None:
    ((topic, left),) = to_insurers(row)
    assert isinstance(left, InsuredLeft)
    assert (topic, left.previous, left.reason) == (ONE, ENDED, LeftReason.DEREGISTERED)


def test_who_has_no_known_insurer_is_told_to_none() -> None:
    for row in (DEREGISTERED._replace(previous_uzovi=None), REGISTERED._replace(uzovi=None)):
        assert to_insurers(row) == []


def test_who_will_insure_later_hears_with_whom_they_will_find_the_person() -> None:
    row = REGISTERED._replace(details={"laterInsurers": [["7119", "2027-03-20", None]]})
    (_, (topic, later)) = to_insurers(row)
    assert isinstance(later, InsuredRegistered)
    assert (topic, later.agb_code, later.insured_from) == (OTHER, PRACTICE_B, MARCH_20)


def test_who_was_to_insure_a_registration_that_ended_hears_that_it_does_not_go_on() -> None:
    row = DEREGISTERED._replace(details={"reason": "moved", "laterInsurers": [["7119", "2027-03-20", None]]})
    (_, (topic, never)) = to_insurers(row)
    assert isinstance(never, InsuredCorrected)
    assert (topic, never.agb_code, never.valid_from, never.valid_until) == (OTHER, None, MARCH_20, None)
    assert never.replaced == [HeldPeriod(agb_code=PRACTICE_A, since=MARCH_20)]


@pytest.mark.parametrize("event", [Event.CORRECTED, Event.RULED])
def test_each_insurer_hears_of_the_days_that_a_correction_or_ruling_touched_under_its_own_insurance(
    event: Event,
) -> None:
    insurers = [["3311", "2027-03-01", "2027-03-09"], ["7119", "2027-03-10", "2027-03-20"]]
    details = {"reason": "correction", "caseId": str(PATIENT), "insurers": insurers}
    row = CORRECTED._replace(event=event, details=details)
    (first_topic, first), (second_topic, second) = to_insurers(row)
    assert isinstance(first, InsuredCorrected)
    assert isinstance(second, InsuredCorrected)
    assert (first_topic, first.valid_from, first.valid_until) == (ONE, MARCH_1, MARCH_9)
    assert first.replaced == [HeldPeriod(agb_code=PRACTICE_A, since=MARCH_1, until=MARCH_9)]
    assert (second_topic, second.valid_from, second.valid_until) == (OTHER, MARCH_10, MARCH_20)
    assert second.replaced == [HeldPeriod(agb_code=PRACTICE_B, since=MARCH_10, until=MARCH_20)]
    assert first.agb_code == second.agb_code == PRACTICE_C
    assert PRACTICE_B.encode() not in first.to_json()
    assert PRACTICE_A.encode() not in second.to_json()


def test_a_change_of_insurer_tells_the_old_one_that_the_person_left_and_the_new_one_that_they_came() -> None:
    (left_topic, left), (joined_topic, joined) = to_insurers(COVERED)
    assert isinstance(left, InsuredLeft)
    assert (left_topic, left.previous.until, left.reason) == (ONE, MARCH_19, LeftReason.INSURED_ELSEWHERE)
    assert isinstance(joined, InsuredRegistered)
    assert (joined_topic, joined.agb_code, joined.since) == (OTHER, PRACTICE_B, MARCH_10)
    assert (joined.insured_from, joined.previous) == (MARCH_20, None)


def test_a_change_of_insurer_from_the_start_takes_back_what_the_old_one_heard() -> None:
    (topic, never), (_, joined) = to_insurers(COVERED._replace(details={"insuredFrom": "2027-03-10"}))
    assert isinstance(never, InsuredCorrected)
    assert (topic, never.agb_code, never.valid_from) == (ONE, None, MARCH_10)
    assert never.replaced == [HeldPeriod(agb_code=PRACTICE_B, since=MARCH_10)]
    assert isinstance(joined, InsuredRegistered)
    assert joined.insured_from is None


def test_an_insurance_that_ends_without_another_is_told_to_the_old_insurer_only() -> None:
    ((topic, left),) = to_insurers(COVERED._replace(uzovi=None))
    assert (topic, type(left)) == (ONE, InsuredLeft)


def test_who_was_to_insure_the_patient_and_will_not_is_told_before_from_when_it_may_do_so_after_all() -> None:
    details = {
        "insuredFrom": "2027-03-20",
        "formerInsurers": [["7119", "2027-05-01", None]],
        "laterInsurers": [["7119", "2027-06-01", None]],
    }
    *_, (_, never), (topic, again) = to_insurers(COVERED._replace(details=details, uzovi=None))
    assert isinstance(never, InsuredCorrected)
    assert (topic, never.agb_code, never.valid_from) == (OTHER, None, date(2027, 5, 1))
    assert never.replaced == [HeldPeriod(agb_code=PRACTICE_B, since=date(2027, 5, 1))]
    assert isinstance(again, InsuredRegistered)


def test_who_goes_on_insuring_the_patient_is_told_nothing() -> None:
    details = {"insuredFrom": "2027-03-20", "formerInsurers": [["7119", "2027-05-01", None]]}
    ((topic, never),) = to_insurers(COVERED._replace(details=details, uzovi="3311", previous_uzovi="3311"))
    assert (topic, type(never)) == (OTHER, InsuredCorrected)


def test_who_insures_the_patient_again_later_is_told_from_when() -> None:
    details = {"insuredFrom": "2027-03-20", "laterInsurers": [["3311", "2027-04-20", None]]}
    (left_topic, left), _, (topic, again) = to_insurers(COVERED._replace(details=details))
    assert (left_topic, type(left), topic) == (ONE, InsuredLeft, ONE)
    assert isinstance(again, InsuredRegistered)
    assert (again.agb_code, again.since, again.insured_from) == (PRACTICE_B, MARCH_10, date(2027, 4, 20))


@pytest.mark.parametrize("event", [Event.BLOCKED, Event.UNBLOCKED, Event.TEMPORARY_DUE])
def test_what_moves_nobody_is_told_to_no_insurer(event: Event) -> None:
    details = {
        "agbCodes": [PRACTICE_A, PRACTICE_B],
        "blockedOn": MARCH_10,
        "ground": "statement",
        "endsOn": "2027-06-10",
    }
    row = REGISTERED._replace(event=event, details=details)
    assert to_insurers(row) == []


def test_a_person_without_a_bsn_is_told_to_no_insurer() -> None:
    assert all(not message.topic.startswith("insurers.") for message in rendered(TRANSFERRED, bsn=None))
