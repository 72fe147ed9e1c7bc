"""The office corrects what the register believes of days gone by; the old belief stays in the journal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ion_contracts.messages import CorrectionReason, Status
from ion_registry.domain.command import CorrectCommand
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Change, Code, Event
from ion_registry.domain.spans import Span
from ion_registry.domain.state import PatientState, registrations
from tests.unit.registry.made_commands import (
    JANUARY_5,
    OPEN_DAY,
    PARTY_OF_A,
    PRACTICE_A,
    PRACTICE_B,
    REFERENCE,
    STOPPED,
    UNKNOWN,
    after,
    codes,
    correct,
    coverage,
    deregister,
    patient_of,
    register,
    temporary_patient_of,
    unknown_patient,
)

FEBRUARY_1, FEBRUARY_9 = date(2027, 2, 1), date(2027, 2, 9)
ONE_DAY = timedelta(days=1)


def held(state: PatientState) -> tuple[Span, ...]:
    return registrations(state.history or ())


def test_a_correction_until_further_notice_changes_who_has_the_patient_now() -> None:
    decision = decide(patient_of(PRACTICE_A), correct(PRACTICE_B, FEBRUARY_1), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.event) == (Status.ACCEPTED, Code.CORRECTED, Event.CORRECTED)
    assert (entry.agb_code, entry.since, entry.sequence) == (PRACTICE_B, FEBRUARY_1, 2)
    assert entry.change == Change(PRACTICE_B, FEBRUARY_1, since=FEBRUARY_1)
    assert entry.replaced == (Span(PRACTICE_A, FEBRUARY_1),)
    assert entry.details["reason"] is CorrectionReason.CORRECTION
    assert entry.details["reference"] == "letter 12"
    state = decision.state
    assert (state.agb_code, state.since, state.last_end) == (PRACTICE_B, FEBRUARY_1, FEBRUARY_1 - ONE_DAY)
    assert state.party is None


def test_a_correction_of_some_days_leaves_the_days_around_them() -> None:
    state = after(patient_of(PRACTICE_A), correct(PRACTICE_B, FEBRUARY_1, FEBRUARY_9))
    assert held(state) == (
        Span(PRACTICE_A, JANUARY_5, FEBRUARY_1 - ONE_DAY),
        Span(PRACTICE_B, FEBRUARY_1, FEBRUARY_9),
        Span(PRACTICE_A, FEBRUARY_9 + ONE_DAY),
    )
    assert (state.agb_code, state.since, state.last_end) == (PRACTICE_A, FEBRUARY_9 + ONE_DAY, FEBRUARY_9)
    assert state.party == PARTY_OF_A


def test_a_correction_to_nobody_takes_days_away() -> None:
    decision = decide(patient_of(PRACTICE_A), correct(None, FEBRUARY_1), REFERENCE)
    assert (decision.entries[0].agb_code, decision.entries[0].since) == (None, None)
    assert held(decision.state) == (Span(PRACTICE_A, JANUARY_5, FEBRUARY_1 - ONE_DAY),)
    assert decision.state.agb_code is None


def test_days_that_were_with_nobody_join_the_registration_before_them() -> None:
    gone = after(patient_of(PRACTICE_A), deregister(PRACTICE_A, FEBRUARY_1))
    decision = decide(gone, correct(PRACTICE_A, FEBRUARY_1, FEBRUARY_9), REFERENCE)
    assert decision.entries[0].change == Change(PRACTICE_A, FEBRUARY_1, FEBRUARY_9, since=JANUARY_5)
    assert held(decision.state) == (Span(PRACTICE_A, JANUARY_5, FEBRUARY_9),)
    assert (decision.state.agb_code, decision.state.last_end) == (None, FEBRUARY_9)


def test_a_correction_of_a_correction_brings_the_days_back() -> None:
    state = after(patient_of(PRACTICE_A), correct(PRACTICE_B, FEBRUARY_1), correct(PRACTICE_A, FEBRUARY_1))
    assert held(state) == (Span(PRACTICE_A, JANUARY_5),)
    assert (state.since, state.last_end, state.sequence) == (JANUARY_5, None, 3)


def test_a_correction_can_name_a_gp_who_has_stopped_since() -> None:
    assert codes(decide(patient_of(PRACTICE_A), correct(STOPPED, JANUARY_5, FEBRUARY_1), REFERENCE)) == [Code.CORRECTED]


def test_a_correction_is_told_to_each_insurer_of_the_days_that_it_touches() -> None:
    state = after(patient_of(PRACTICE_A), coverage("7119", date(2027, 2, 5), date(2027, 2, 20)))
    decision = decide(state, correct(PRACTICE_B, FEBRUARY_1, FEBRUARY_9), REFERENCE)
    assert decision.entries[0].details["insurers"] == [
        ["3311", FEBRUARY_1, date(2027, 2, 4)],
        ["7119", date(2027, 2, 5), FEBRUARY_9],
    ]


def test_without_a_known_insurer_no_insurer_is_told() -> None:
    decision = decide(patient_of(PRACTICE_A, uzovi=None), correct(PRACTICE_B, FEBRUARY_1), REFERENCE)
    assert "insurers" not in decision.entries[0].details


def test_a_temporary_registration_that_was_corrected_away_has_no_terms() -> None:
    temporary = temporary_patient_of(PRACTICE_A)
    assert after(temporary, correct(PRACTICE_B, FEBRUARY_1)).terms is None
    assert after(temporary, correct(PRACTICE_B, FEBRUARY_1, FEBRUARY_9)).terms == temporary.terms


@pytest.mark.parametrize(
    ("state", "command", "code"),
    [
        (patient_of(PRACTICE_A), correct(PRACTICE_B, FEBRUARY_1, office=False), Code.NOT_AUTHORISED),
        (patient_of(PRACTICE_A), correct(UNKNOWN, FEBRUARY_1), Code.UNKNOWN_AGB_CODE),
        (patient_of(PRACTICE_A), correct(PRACTICE_B, OPEN_DAY + ONE_DAY), Code.WRONG_PERIOD),
        (patient_of(PRACTICE_A), correct(PRACTICE_B, FEBRUARY_1, OPEN_DAY + ONE_DAY), Code.WRONG_PERIOD),
        (patient_of(PRACTICE_A), correct(PRACTICE_B, FEBRUARY_9, FEBRUARY_1), Code.WRONG_PERIOD),
        (patient_of(PRACTICE_A), correct(PRACTICE_A, FEBRUARY_1), Code.NOTHING_TO_CORRECT),
        (patient_of(PRACTICE_A), correct(PRACTICE_A, FEBRUARY_1, FEBRUARY_9), Code.NOTHING_TO_CORRECT),
        (unknown_patient(), correct(None, FEBRUARY_1), Code.NOTHING_TO_CORRECT),
    ],
)
def test_a_correction_is_refused_that_is_not_allowed_or_changes_nothing(
    state: PatientState, command: CorrectCommand, code: Code
) -> None:
    decision = decide(state, command, REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, decision.state) == (Status.REFUSED, code, state)
    assert (entry.sequence, entry.change, entry.agb_code) == (None, None, command.holder)


def test_rule_47_an_earlier_quarter_stays_with_the_gp_who_had_the_first_day() -> None:
    state = after(patient_of(PRACTICE_A, date(2026, 12, 1)), register(PRACTICE_B, date(2027, 1, 20)))
    on_the_reference_date = [span.code for span in held(state) if span.covers(date(2027, 1, 1))]
    assert on_the_reference_date == [PRACTICE_A]
    died = after(state, deregister(PRACTICE_B, OPEN_DAY))
    assert held(died)[0] == held(state)[0]
