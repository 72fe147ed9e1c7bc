"""Registrations with what is known, for some months: rules 33, 34 and 37."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ion_contracts.messages import Status
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Change, Code, Event
from ion_registry.domain.spans import Span
from ion_registry.domain.state import Terms
from tests.unit.registry.made_commands import (
    JANUARY_5,
    OPEN_DAY,
    PRACTICE_A,
    PRACTICE_B,
    REFERENCE,
    SECOND_CODE_OF_A,
    after,
    ask,
    codes,
    coverage,
    deregister,
    expire,
    extend,
    move,
    patient_of,
    policy_of,
    reference,
    register,
    register_temporary,
    temporary_patient_of,
    unknown_patient,
)

ASK_DAY, END_DAY = date(2027, 3, 5), date(2027, 4, 5)
TEMPORARY = temporary_patient_of(PRACTICE_A, JANUARY_5)


def test_rule_33_somebody_without_bsn_or_insurance_is_registered_with_what_is_known() -> None:
    decision = decide(unknown_patient(), register_temporary(PRACTICE_A, JANUARY_5), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.event) == (Status.ACCEPTED, Code.REGISTERED_TEMPORARY, Event.STARTED)
    assert (entry.uzovi, entry.details) == (None, {"temporary": True})
    assert decision.state.terms == Terms(ASK_DAY, END_DAY)


def test_rule_33_a_temporary_transfer_says_so() -> None:
    decision = decide(patient_of(PRACTICE_B), register_temporary(PRACTICE_A, OPEN_DAY), REFERENCE)
    assert codes(decision) == [Code.TRANSFERRED]
    assert decision.entries[0].details["temporary"] is True
    assert decision.state.terms is not None


@pytest.mark.parametrize("shift", [-1, 1])
def test_rule_33_the_rules_about_the_start_hold_for_temporary_ones(shift: int) -> None:
    start = OPEN_DAY + timedelta(days=shift)
    decision = decide(patient_of(PRACTICE_B), register_temporary(PRACTICE_A, OPEN_DAY, start), REFERENCE)
    assert codes(decision) == [Code.START_IN_PAST if shift < 0 else Code.START_IN_FUTURE]


def test_rule_33_a_start_in_the_past_has_its_terms_from_the_day_of_offering() -> None:
    state = after(unknown_patient(), register_temporary(PRACTICE_A, JANUARY_5, date(2026, 12, 24)))
    assert (state.since, state.terms) == (date(2026, 12, 24), Terms(ASK_DAY, END_DAY))


def test_rule_33_registering_temporarily_again_changes_nothing() -> None:
    for state in (TEMPORARY, patient_of(PRACTICE_A)):
        decision = decide(state, register_temporary(PRACTICE_A, OPEN_DAY), REFERENCE)
        assert (codes(decision), decision.state) == ([Code.ALREADY_REGISTERED], state)


def test_rule_34_after_two_months_the_gp_is_asked_once() -> None:
    decision = decide(TEMPORARY, ask(ASK_DAY), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.event) == (None, Code.TEMPORARY_DUE, Event.TEMPORARY_DUE)
    assert (entry.agb_code, entry.since, entry.details) == (PRACTICE_A, JANUARY_5, {"endsOn": END_DAY})
    assert decision.state.terms == Terms(None, END_DAY)
    assert decide(decision.state, ask(ASK_DAY), REFERENCE).entries == ()


@pytest.mark.parametrize("shift", [-1, 1])
def test_rule_34_a_timer_of_another_term_does_nothing(shift: int) -> None:
    for timer in (ask(ASK_DAY + timedelta(days=shift)), expire(END_DAY + timedelta(days=shift))):
        decision = decide(TEMPORARY, timer, REFERENCE)
        assert (decision.entries, decision.state) == ((), TEMPORARY)


def test_rule_34_without_an_answer_it_ends_after_three_months() -> None:
    decision = decide(after(TEMPORARY, ask(ASK_DAY)), expire(END_DAY), REFERENCE)
    (entry,) = decision.entries
    last_day = END_DAY - timedelta(days=1)
    assert (entry.status, entry.code, entry.event) == (None, Code.TEMPORARY_EXPIRED, Event.TEMPORARY_EXPIRED)
    assert entry.change == Change(None, END_DAY)
    assert entry.replaced == (Span(PRACTICE_A, JANUARY_5, last_day),)
    state = decision.state
    assert (state.agb_code, state.since, state.terms, state.last_end) == (None, None, None, last_day)


def test_rule_37_an_expiry_has_an_event_of_its_own_that_names_the_gp() -> None:
    (entry,) = decide(TEMPORARY, expire(END_DAY), REFERENCE).entries
    assert (entry.event, entry.agb_code, entry.sequence) == (Event.TEMPORARY_EXPIRED, PRACTICE_A, 2)


def test_rule_34_one_action_starts_the_same_term_again() -> None:
    day = date(2027, 3, 20)
    decision = decide(after(TEMPORARY, ask(ASK_DAY)), extend(PRACTICE_A, day), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.event) == (Status.ACCEPTED, Code.EXTENDED, None)
    assert (entry.since, entry.details) == (JANUARY_5, {"endsOn": date(2027, 6, 20)})
    assert decision.state.terms == Terms(date(2027, 5, 20), date(2027, 6, 20))
    assert decide(decision.state, expire(END_DAY), REFERENCE).entries == ()


def test_rule_34_an_extension_that_arrives_late_never_makes_the_term_shorter() -> None:
    extended = after(TEMPORARY, extend(PRACTICE_A, date(2027, 3, 20)))
    decision = decide(extended, extend(PRACTICE_A, date(2027, 3, 10)), REFERENCE)
    assert codes(decision) == [Code.EXTENDED]
    assert decision.state.terms == extended.terms
    assert decision.entries[0].details == {"endsOn": date(2027, 6, 20)}


def test_rule_34_only_the_gp_of_a_temporary_registration_extends_it() -> None:
    cases = [(TEMPORARY, PRACTICE_B), (patient_of(PRACTICE_A), PRACTICE_A), (unknown_patient(), PRACTICE_A)]
    for state, agb_code in cases:
        decision = decide(state, extend(agb_code, OPEN_DAY), REFERENCE)
        assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.NOT_TEMPORARY])
        assert decision.state == state


def test_rule_34_a_term_never_ends_on_a_closed_day() -> None:
    assert temporary_patient_of(PRACTICE_A, date(2027, 1, 1)).terms == Terms(date(2027, 3, 1), date(2027, 4, 2))


def test_rule_34_the_board_can_choose_other_terms() -> None:
    by = reference(policy_of(temporary_ask_months=1, temporary_end_months=6))
    state = after(unknown_patient(), register_temporary(PRACTICE_A, JANUARY_5), by=by)
    assert state.terms == Terms(date(2027, 2, 5), date(2027, 7, 5))


def test_it_becomes_definite_when_the_same_gp_registers_with_insurance() -> None:
    decision = decide(TEMPORARY, register(PRACTICE_A, OPEN_DAY, uzovi="7119"), REFERENCE)
    (entry,) = decision.entries
    assert (entry.code, entry.event) == (Code.COMPLETED, Event.TEMPORARY_COMPLETED)
    assert (entry.since, entry.uzovi, entry.change) == (JANUARY_5, "7119", None)
    assert (decision.state.terms, decision.state.insurance) == (None, (Span("7119", OPEN_DAY),))


def test_registering_by_hand_without_insurance_leaves_it_temporary() -> None:
    decision = decide(TEMPORARY, register(PRACTICE_A, OPEN_DAY, uzovi=None), REFERENCE)
    assert (codes(decision), decision.state) == ([Code.ALREADY_REGISTERED], TEMPORARY)


def test_an_insurance_alone_does_not_make_it_definite() -> None:
    assert after(TEMPORARY, coverage("7119", JANUARY_5)).terms == TEMPORARY.terms


def test_the_terms_end_with_the_registration() -> None:
    assert after(TEMPORARY, register(PRACTICE_B, OPEN_DAY)).terms is None
    assert after(TEMPORARY, deregister(PRACTICE_A, OPEN_DAY)).terms is None


def test_moving_to_an_own_code_keeps_the_terms() -> None:
    assert after(TEMPORARY, move(PRACTICE_A, SECOND_CODE_OF_A, OPEN_DAY)).terms == TEMPORARY.terms


@pytest.mark.parametrize("days_after", [0, 3])
def test_rule_34_a_term_that_was_over_when_it_moved_ends_after_its_first_day(days_after: int) -> None:
    moved_on = END_DAY + timedelta(days=days_after)
    moved = after(TEMPORARY, move(PRACTICE_A, SECOND_CODE_OF_A, moved_on))
    decision = decide(moved, expire(END_DAY), REFERENCE)
    (entry,) = decision.entries
    assert entry.replaced == (Span(SECOND_CODE_OF_A, moved_on, moved_on),)
    assert entry.change == Change(None, moved_on + timedelta(days=1))
    assert (decision.state.agb_code, decision.state.last_end) == (None, moved_on)
