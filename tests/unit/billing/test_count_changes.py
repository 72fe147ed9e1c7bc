"""What each fact of the register does to the counts, and that it comes to the same whatever happened in between."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_billing.domain.count_changes import count_changes
from ion_contracts import messages as m

A, B = "01000001", "01000002"
MARCH_10, MARCH_9 = date(2027, 3, 10), date(2027, 3, 9)
JANUARY_5 = date(2027, 1, 5)
APRIL_1 = date(2027, 4, 1)
KNOWN = date(2027, 4, 20)
FACT: dict[str, Any] = {
    "patient_id": UUID(int=1),
    "recorded_on": KNOWN,
    "recorded_at": datetime(2027, 4, 20, 8, tzinfo=UTC),
}
ENDED = m.EndedPeriod(agb_code=A, since=JANUARY_5, until=MARCH_9)


def test_a_temporary_registration_counts_like_any_other() -> None:
    started = m.RegistrationStarted(agb_code=A, since=MARCH_10, temporary=True, **FACT)
    assert count_changes(started) == {(A, MARCH_10, KNOWN): 1}


def test_a_transfer_takes_the_patient_from_one_and_gives_them_to_the_other() -> None:
    moved = m.RegistrationTransferred(agb_code=B, since=MARCH_10, previous=ENDED, **FACT)
    assert count_changes(moved) == {(B, MARCH_10, KNOWN): 1, (A, MARCH_10, KNOWN): -1}


@pytest.mark.parametrize(
    "fact",
    [
        *(m.RegistrationEnded(ended=ENDED, reason=reason, **FACT) for reason in m.EndReason),
        m.TemporaryExpired(ended=ENDED, **FACT),
    ],
)
def test_who_was_deregistered_merged_or_expired_counts_until_the_last_day(fact: m.Message) -> None:
    assert count_changes(fact) == {(A, MARCH_10, KNOWN): -1}


def test_a_correction_takes_back_what_was_counted_and_counts_what_was_so() -> None:
    corrected = m.RegistrationCorrected(
        agb_code=B,
        valid_from=JANUARY_5,
        valid_until=MARCH_9,
        replaced=[m.HeldPeriod(agb_code=A, since=JANUARY_5, until=MARCH_9)],
        reason=m.CorrectionReason.CORRECTION,
        **FACT,
    )
    assert count_changes(corrected) == {
        (A, JANUARY_5, KNOWN): -1,
        (A, MARCH_10, KNOWN): 1,
        (B, JANUARY_5, KNOWN): 1,
        (B, MARCH_10, KNOWN): -1,
    }


def test_a_ruling_on_days_that_go_on_counts_until_further_notice() -> None:
    ruled = m.RulingCarriedOut(
        agb_code=A,
        valid_from=MARCH_10,
        replaced=[m.HeldPeriod(agb_code=B, since=MARCH_10)],
        case_id=UUID(int=2),
        **FACT,
    )
    assert count_changes(ruled) == {(B, MARCH_10, KNOWN): -1, (A, MARCH_10, KNOWN): 1}


def test_days_that_go_to_nobody_are_only_taken_back() -> None:
    nobody = m.RegistrationCorrected(
        valid_from=MARCH_10,
        replaced=[m.HeldPeriod(agb_code=A, since=MARCH_10)],
        reason=m.CorrectionReason.WITHDRAWN,
        **FACT,
    )
    assert count_changes(nobody) == {(A, MARCH_10, KNOWN): -1}


def test_the_deceased_count_until_somebody_deregisters_them_rule_57() -> None:
    """No fact tells of a death: only a deregistration, whatever its reason, takes anybody from the count."""
    started = count_changes(m.RegistrationStarted(agb_code=A, since=JANUARY_5, **FACT))
    gone = m.RegistrationEnded(
        ended=m.EndedPeriod(agb_code=A, since=JANUARY_5, until=APRIL_1), reason=m.EndReason.DECEASED, **FACT
    )
    assert _patients(started, A, APRIL_1) == 1
    assert _patients(count_changes(gone), A, APRIL_1) == 0


@pytest.mark.parametrize(
    "fact",
    [
        m.TemporaryDue(agb_code=A, since=JANUARY_5, ends_on=APRIL_1, **FACT),
        m.TemporaryCompleted(agb_code=A, since=JANUARY_5, **FACT),
        m.PatientBlocked(agb_codes=[A, B], blocked_on=MARCH_10, **FACT),
        m.PatientUnblocked(ground=m.UnblockGround.STATEMENT, **FACT),
        m.DayClosed(day=MARCH_10, partition=3),
    ],
)
def test_facts_that_move_nobody_change_no_count(fact: m.Message) -> None:
    assert count_changes(fact) == {}


@given(st.lists(st.tuples(st.sampled_from([A, B]), st.integers(1, 30)), min_size=1, max_size=8))
def test_a_patient_counts_once_on_every_day_of_any_chain_of_transfers_rule_50(steps: list[tuple[str, int]]) -> None:
    days = [JANUARY_5]
    for _, length in steps:
        days.append(days[-1] + timedelta(days=length))
    facts: list[m.Message] = [m.RegistrationStarted(agb_code=steps[0][0], since=JANUARY_5, **FACT)]
    for (earlier, later), (since, start) in zip(pairwise([code for code, _ in steps]), pairwise(days), strict=False):
        previous = m.EndedPeriod(agb_code=earlier, since=since, until=start - timedelta(days=1))
        facts.append(m.RegistrationTransferred(agb_code=later, since=start, previous=previous, **FACT))
    total: Counter[tuple[str, date, date]] = Counter()
    for fact in facts:
        for change, delta in count_changes(fact).items():
            total[change] += delta
    for number in range(sum(length for _, length in steps)):
        day = JANUARY_5 + timedelta(days=number)
        assert _patients(total, A, day) + _patients(total, B, day) == 1


def _patients(changes: Counter[tuple[str, date, date]], agb_code: str, day: date) -> int:
    return sum(delta for (code, valid_on, _), delta in changes.items() if code == agb_code and valid_on <= day)
