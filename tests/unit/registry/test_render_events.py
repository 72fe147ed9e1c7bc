"""What everybody who reads the events hears of each kind of row."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from ion_contracts import messages as m
from ion_registry.domain.entry import Event
from ion_registry.storage.journal import JournalRow, Kind
from tests.unit.registry.made_rows import (
    CORRECTED,
    DEREGISTERED,
    ENDED,
    EXPIRED,
    MADE_BSN,
    MARCH_1,
    MARCH_9,
    MARCH_10,
    MARCH_20,
    MOMENT,
    PATIENT,
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    REGISTERED,
    TRANSFERRED,
    event_in,
)

FACT: dict[str, Any] = {"patient_id": PATIENT, "recorded_on": date(2027, 3, 10), "recorded_at": MOMENT}
OTHER_PATIENT, CASE = UUID(int=9), UUID(int=11)
REPLACED = [
    m.HeldPeriod(agb_code=PRACTICE_A, since=MARCH_1, until=MARCH_9),
    m.HeldPeriod(agb_code=PRACTICE_B, since=MARCH_10, until=MARCH_20),
]
HELD = {"agb_code": PRACTICE_B, "since": MARCH_10}
DAYS: dict[str, Any] = {"agb_code": PRACTICE_C, "valid_from": MARCH_1, "valid_until": MARCH_20}


def row(event: Event, **details: object) -> JournalRow:
    """Returns a row that others hear of, without a change."""
    return REGISTERED._replace(event=event, holder=None, valid_from=None, details=details or None)


CASES: dict[str, tuple[JournalRow, m.Message]] = {
    "started": (REGISTERED, m.RegistrationStarted(**HELD, **FACT)),
    "started, temporary": (
        REGISTERED._replace(details={"temporary": True}),
        m.RegistrationStarted(temporary=True, **HELD, **FACT),
    ),
    "transferred": (
        TRANSFERRED,
        m.RegistrationTransferred(previous=ENDED, reason=m.TransferReason.REGISTERED_ELSEWHERE, **HELD, **FACT),
    ),
    **{
        f"transferred, {reason}": (
            TRANSFERRED._replace(details={"reason": reason.value}),
            m.RegistrationTransferred(previous=ENDED, reason=reason, **HELD, **FACT),
        )
        for reason in m.TransferReason
    },
    "ended": (DEREGISTERED, m.RegistrationEnded(ended=ENDED, reason=m.EndReason.EMIGRATED, **FACT)),
    "ended by a merger": (
        DEREGISTERED._replace(details={"reason": "merged", "mergedInto": str(OTHER_PATIENT)}),
        m.RegistrationEnded(ended=ENDED, reason=m.EndReason.MERGED, merged_into=OTHER_PATIENT, **FACT),
    ),
    "temporary, due": (
        row(Event.TEMPORARY_DUE, endsOn="2027-06-10"),
        m.TemporaryDue(ends_on=date(2027, 6, 10), **HELD, **FACT),
    ),
    "temporary, expired": (EXPIRED, m.TemporaryExpired(ended=ENDED, **FACT)),
    "temporary, completed": (row(Event.TEMPORARY_COMPLETED), m.TemporaryCompleted(**HELD, **FACT)),
    "blocked": (
        row(Event.BLOCKED, agbCodes=[PRACTICE_A, PRACTICE_B], blockedOn="2027-03-10"),
        m.PatientBlocked(agb_codes=[PRACTICE_A, PRACTICE_B], blocked_on=MARCH_10, **FACT),
    ),
    "unblocked": (
        row(Event.UNBLOCKED, ground="ruling"),
        m.PatientUnblocked(ground=m.UnblockGround.RULING, **FACT),
    ),
    **{
        f"corrected, {reason}": (
            CORRECTED._replace(details={"reason": reason.value}),
            m.RegistrationCorrected(replaced=REPLACED, reason=reason, **DAYS, **FACT),
        )
        for reason in m.CorrectionReason
    },
    "corrected, to nobody until further notice": (
        CORRECTED._replace(
            holder=None,
            valid_until=None,
            replaced=[[PRACTICE_A, "2027-03-01", None]],
            details={"reason": "withdrawn"},
        ),
        m.RegistrationCorrected(
            valid_from=MARCH_1,
            replaced=[m.HeldPeriod(agb_code=PRACTICE_A, since=MARCH_1)],
            reason=m.CorrectionReason.WITHDRAWN,
            **FACT,
        ),
    ),
    "ruled": (
        CORRECTED._replace(event="ruled", details={"caseId": str(CASE)}),
        m.RulingCarriedOut(replaced=REPLACED, case_id=CASE, **DAYS, **FACT),
    ),
}


@pytest.mark.parametrize(("journal_row", "told"), CASES.values(), ids=CASES)
def test_a_row_tells_what_happened(journal_row: JournalRow, told: m.Message) -> None:
    assert event_in(journal_row) == told
    assert MADE_BSN.encode() not in event_in(journal_row).to_json()


def test_every_event_has_its_case_here() -> None:
    assert {Event(str(one.event)) for one, _ in CASES.values()} == set(Event)
    assert {type(told) for _, told in CASES.values()} == set(m.EVENTS) - {m.DayClosed}


def test_days_that_were_never_stored_are_told_as_those_that_were() -> None:
    fresh = CORRECTED._replace(replaced=[[PRACTICE_A, MARCH_1, MARCH_9], [PRACTICE_B, MARCH_10, MARCH_20]])
    assert event_in(fresh) == event_in(CORRECTED)


def test_a_change_that_is_no_outcome_of_its_own_is_an_event_all_the_same() -> None:
    assert isinstance(event_in(EXPIRED._replace(kind=Kind.END, status=None)), m.TemporaryExpired)
