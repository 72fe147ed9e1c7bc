"""The ombudsman ruled who was the GP on a day, and the register carries it out: rules 40, 41, 46 and 48."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ion_contracts.messages import DeregistrationReason, Status
from ion_registry.domain.command import RulingCommand
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Change, Code, Event
from ion_registry.domain.spans import Span
from ion_registry.domain.state import PatientState, registrations
from tests.unit.registry.made_commands import (
    CASE,
    EXCLUDED,
    JANUARY_5,
    OPEN_DAY,
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    REFERENCE,
    after,
    codes,
    deregister,
    patient_of,
    register,
    ruling,
    unknown_patient,
)

ONE_DAY = timedelta(days=1)
FEBRUARY_1, FEBRUARY_20 = date(2027, 2, 1), date(2027, 2, 20)
IN_DISPUTE = after(patient_of(PRACTICE_A), register(PRACTICE_B, FEBRUARY_1))


def held(state: PatientState) -> tuple[Span, ...]:
    return registrations(state.history or ())


def test_rule_41_a_ruling_gives_the_days_from_the_disputed_one_to_its_gp() -> None:
    decision = decide(IN_DISPUTE, ruling(PRACTICE_A, FEBRUARY_1), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.event) == (Status.ACCEPTED, Code.RULING_CARRIED_OUT, Event.RULED)
    assert entry.change == Change(PRACTICE_A, FEBRUARY_1, since=JANUARY_5)
    assert entry.replaced == (Span(PRACTICE_B, FEBRUARY_1),)
    assert entry.details == {"caseId": CASE, "insurers": [["3311", FEBRUARY_1, None]]}
    assert (decision.state.agb_code, decision.state.since, decision.state.last_end) == (PRACTICE_A, JANUARY_5, None)


def test_rule_41_a_ruling_holds_until_the_next_undisputed_change() -> None:
    state = after(IN_DISPUTE, register(PRACTICE_A, date(2027, 2, 10)), register(PRACTICE_C, FEBRUARY_20))
    ruled = after(state, ruling(PRACTICE_B, FEBRUARY_1 - ONE_DAY))
    assert held(ruled) == (
        Span(PRACTICE_A, JANUARY_5, FEBRUARY_1 - 2 * ONE_DAY),
        Span(PRACTICE_B, FEBRUARY_1 - ONE_DAY, FEBRUARY_20 - ONE_DAY),
        Span(PRACTICE_C, FEBRUARY_20),
    )
    assert (ruled.agb_code, ruled.since) == (PRACTICE_C, FEBRUARY_20)


def test_rule_41_a_ruling_never_revives_a_registration_that_ended() -> None:
    died = after(IN_DISPUTE, deregister(PRACTICE_B, FEBRUARY_20, DeregistrationReason.DECEASED))
    ruled = after(died, ruling(PRACTICE_A, FEBRUARY_1))
    assert held(ruled) == (Span(PRACTICE_A, JANUARY_5, FEBRUARY_20 - ONE_DAY),)
    assert (ruled.agb_code, ruled.last_end) == (None, FEBRUARY_20 - ONE_DAY)


def test_rule_41_a_ruling_about_a_day_without_a_gp_begins_a_registration() -> None:
    gone = after(patient_of(PRACTICE_A), deregister(PRACTICE_A, FEBRUARY_1), register(PRACTICE_C, FEBRUARY_20))
    ruled = after(gone, ruling(PRACTICE_B, FEBRUARY_1 + ONE_DAY))
    assert held(ruled) == (
        Span(PRACTICE_A, JANUARY_5, FEBRUARY_1 - ONE_DAY),
        Span(PRACTICE_B, FEBRUARY_1 + ONE_DAY, FEBRUARY_20 - ONE_DAY),
        Span(PRACTICE_C, FEBRUARY_20),
    )
    assert after(unknown_patient(), ruling(PRACTICE_B, FEBRUARY_1)).agb_code == PRACTICE_B


def test_rule_40_a_ruling_changes_nothing_before_its_day() -> None:
    ruled = after(IN_DISPUTE, ruling(PRACTICE_A, FEBRUARY_20))
    assert held(ruled)[:2] == (
        Span(PRACTICE_A, JANUARY_5, FEBRUARY_1 - ONE_DAY),
        Span(PRACTICE_B, FEBRUARY_1, FEBRUARY_20 - ONE_DAY),
    )


def test_rule_48_a_ruling_that_finds_the_register_right_is_accepted_and_changes_nothing() -> None:
    decision = decide(IN_DISPUTE, ruling(PRACTICE_B, FEBRUARY_1), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code) == (Status.ACCEPTED, Code.RULING_CARRIED_OUT)
    assert (entry.event, entry.sequence, entry.change, entry.details) == (None, None, None, {"caseId": CASE})
    assert decision.state == IN_DISPUTE


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ruling(PRACTICE_A, FEBRUARY_1, office=False), Code.NOT_AUTHORISED),
        (ruling(PRACTICE_A, OPEN_DAY + ONE_DAY), Code.WRONG_PERIOD),
    ],
)
def test_rule_41_a_ruling_is_refused_to_others_and_about_the_future(command: RulingCommand, code: Code) -> None:
    decision = decide(IN_DISPUTE, command, REFERENCE)
    assert (decision.entries[0].status, codes(decision), decision.state) == (Status.REFUSED, [code], IN_DISPUTE)


def test_rule_46_the_ruling_decides_who_is_in_the_register_on_the_first_day_of_the_quarter() -> None:
    state = after(patient_of(PRACTICE_A, date(2026, 12, 1)), register(PRACTICE_B, date(2026, 12, 28)))
    ruled = after(state, ruling(PRACTICE_A, date(2026, 12, 28)))
    for registered, agb_code in ((state, PRACTICE_B), (ruled, PRACTICE_A)):
        assert [span.code for span in held(registered) if span.covers(date(2027, 1, 1))] == [agb_code]


def test_rule_41_a_gp_who_is_excluded_registers_nobody() -> None:
    for state in (unknown_patient(), patient_of(PRACTICE_A)):
        decision = decide(state, register(EXCLUDED, OPEN_DAY), REFERENCE)
        assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.AGB_CODE_EXCLUDED])
        assert decision.state == state


@pytest.mark.parametrize(
    ("day", "is_refused"),
    [(date(2027, 2, 28), False), (date(2027, 3, 1), True), (date(2027, 6, 30), True), (date(2027, 7, 1), False)],
)
def test_rule_41_an_exclusion_holds_on_its_first_and_last_day_and_no_others(day: date, is_refused: bool) -> None:
    assert (codes(decide(unknown_patient(), register(EXCLUDED, day), REFERENCE)) != [Code.REGISTERED]) is is_refused


def test_rule_41_an_excluded_gp_keeps_and_deregisters_the_patients_of_before() -> None:
    state = patient_of(EXCLUDED)
    assert codes(decide(state, register(EXCLUDED, OPEN_DAY), REFERENCE)) == [Code.ALREADY_REGISTERED]
    assert codes(decide(state, deregister(EXCLUDED, OPEN_DAY), REFERENCE)) == [Code.DEREGISTERED]
