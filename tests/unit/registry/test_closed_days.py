"""What is offered on a closed day waits, in order, and is dated on the second day of the quarter: rule 6."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ion_contracts.messages import Status
from ion_registry.domain.command import Deferrable, WaitingCommand
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Code
from ion_registry.domain.spans import Span
from tests.unit.registry.made_commands import (
    CLOSED_DAY,
    JANUARY_5,
    LAST_AND_FIRST,
    LAST_DAY,
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    REFERENCE,
    SECOND_CODE_OF_A,
    SECOND_DAY,
    after,
    ask,
    by_id,
    codes,
    complete,
    deregister,
    expire,
    move,
    patient_of,
    reference,
    register,
    register_temporary,
    settle,
    temporary_of,
    temporary_patient_of,
    unknown_patient,
)

A_WAITS_FOR_B = after(patient_of(PRACTICE_A), register(PRACTICE_B, CLOSED_DAY, command_id="waits"))


@pytest.mark.parametrize(
    "command",
    [
        register(PRACTICE_B, CLOSED_DAY),
        register_temporary(PRACTICE_B, CLOSED_DAY),
        move(PRACTICE_A, SECOND_CODE_OF_A, CLOSED_DAY),
        deregister(PRACTICE_A, CLOSED_DAY),
    ],
)
def test_rule_6_a_change_offered_on_the_first_day_of_a_quarter_waits(command: Deferrable) -> None:
    decision = decide(patient_of(PRACTICE_A), command, REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.process_on) == (Status.DEFERRED, Code.DEFERRED_CLOSED_DAY, SECOND_DAY)
    assert (entry.sequence, entry.event, entry.change) == (None, None, None)
    assert decision.state == replace(patient_of(PRACTICE_A), waiting=(WaitingCommand(command, SECOND_DAY),))


def test_rule_6_a_completion_that_moves_a_known_person_waits() -> None:
    person, temporary = patient_of(PRACTICE_B), temporary_patient_of(PRACTICE_A)
    command = complete(PRACTICE_A, CLOSED_DAY)
    waiting = decide(person, command, REFERENCE, by_id(temporary))
    assert (codes(waiting), temporary_of(waiting)) == ([Code.DEFERRED_CLOSED_DAY], None)
    settled = decide(waiting.state, settle(SECOND_DAY), REFERENCE, by_id(temporary))
    assert codes(settled) == [Code.COMPLETED_KNOWN_ELSEWHERE, Code.COMPLETED_KNOWN_ELSEWHERE]
    assert settled.state.agb_code == PRACTICE_A
    assert temporary_of(settled) is not None
    assert temporary_of(settled).agb_code is None


def test_rule_6_what_waited_is_dated_on_the_second_day_when_the_timer_comes() -> None:
    timer = settle(SECOND_DAY)
    decision = decide(A_WAITS_FOR_B, timer, REFERENCE)
    (entry,) = decision.entries
    assert (entry.command, entry.caused_by) == (A_WAITS_FOR_B.waiting[0].command, timer.command_id)
    assert (entry.status, entry.code, entry.since) == (Status.ACCEPTED, Code.TRANSFERRED, SECOND_DAY)
    assert entry.replaced == (Span(PRACTICE_A, JANUARY_5, CLOSED_DAY),)
    assert decision.state.waiting == ()


def test_rule_6_a_deregistration_that_waited_ends_on_the_first_day() -> None:
    waiting = after(patient_of(PRACTICE_A), deregister(PRACTICE_A, CLOSED_DAY))
    decision = decide(waiting, settle(SECOND_DAY), REFERENCE)
    assert codes(decision) == [Code.DEREGISTERED]
    assert decision.state.last_end == CLOSED_DAY


def test_rule_6_a_temporary_registration_that_waited_has_its_terms_from_the_second_day() -> None:
    state = after(patient_of(PRACTICE_A), register_temporary(PRACTICE_B, CLOSED_DAY), settle(SECOND_DAY))
    assert state.terms is not None
    assert (state.terms.ask_on, state.terms.end_on) == (date(2027, 6, 2), date(2027, 7, 2))


def test_rule_6_a_later_command_first_settles_what_is_due() -> None:
    later = register(PRACTICE_C, SECOND_DAY + timedelta(days=1))
    decision = decide(A_WAITS_FOR_B, later, REFERENCE)
    assert [(entry.command.command_id, entry.code, entry.since) for entry in decision.entries] == [
        ("waits", Code.TRANSFERRED, SECOND_DAY),
        (later.command_id, Code.TRANSFERRED, later.offered_on),
    ]
    assert decision.entries[0].caused_by == later.command_id
    assert decision.state.sequence == 3


def test_rule_6_a_refused_command_settles_what_is_due_as_well() -> None:
    decision = decide(A_WAITS_FOR_B, register(PRACTICE_C, SECOND_DAY), REFERENCE)
    assert codes(decision) == [Code.TRANSFERRED, Code.SECOND_REGISTRATION_SAME_DAY]


@pytest.mark.parametrize("timer", [ask(SECOND_DAY), expire(SECOND_DAY)])
def test_rule_6_a_timer_with_nothing_of_its_own_to_do_settles_what_is_due(timer: Deferrable) -> None:
    assert codes(decide(A_WAITS_FOR_B, timer, REFERENCE)) == [Code.TRANSFERRED]


def test_rule_6_a_late_command_of_before_the_closed_day_does_not_settle_it() -> None:
    decision = decide(A_WAITS_FOR_B, register(PRACTICE_C, LAST_DAY), REFERENCE)
    assert codes(decision) == [Code.TRANSFERRED]
    assert decision.state.agb_code == PRACTICE_C
    assert decision.state.waiting == A_WAITS_FOR_B.waiting


def test_rule_6_what_is_no_longer_possible_gets_an_outcome_of_its_own_that_says_why() -> None:
    second = register(PRACTICE_C, CLOSED_DAY)
    state = after(A_WAITS_FOR_B, second)
    assert [waiting.command.command_id for waiting in state.waiting] == ["waits", second.command_id]
    decision = decide(state, settle(SECOND_DAY), REFERENCE)
    assert codes(decision) == [Code.TRANSFERRED, Code.NO_LONGER_POSSIBLE]
    refused = decision.entries[1]
    assert (refused.command, refused.status) == (second, Status.REFUSED)
    assert refused.details == {"because": Code.SECOND_REGISTRATION_SAME_DAY}
    assert decision.state.agb_code == PRACTICE_B


def test_rule_6_deregistering_and_registering_elsewhere_on_a_closed_day_both_work() -> None:
    state = after(patient_of(PRACTICE_A), deregister(PRACTICE_A, CLOSED_DAY), register(PRACTICE_B, CLOSED_DAY))
    decision = decide(state, settle(SECOND_DAY), REFERENCE)
    assert codes(decision) == [Code.DEREGISTERED, Code.REGISTERED]
    assert (decision.state.since, decision.state.last_end) == (SECOND_DAY, CLOSED_DAY)


def test_rule_6_a_timer_that_comes_too_early_or_twice_does_nothing() -> None:
    early = decide(A_WAITS_FOR_B, settle(CLOSED_DAY), REFERENCE)
    assert (early.entries, early.state) == ((), A_WAITS_FOR_B)
    settled = after(A_WAITS_FOR_B, settle(SECOND_DAY))
    again = decide(settled, settle(SECOND_DAY), REFERENCE)
    assert (again.entries, again.state) == ((), settled)


def test_rule_6_a_patient_without_registration_is_processed_on_a_closed_day() -> None:
    decision = decide(unknown_patient(), register(PRACTICE_A, CLOSED_DAY), REFERENCE)
    assert (codes(decision), decision.state.since) == ([Code.REGISTERED], CLOSED_DAY)


def test_rule_6_the_later_policy_lets_the_last_day_wait_for_the_second_day() -> None:
    by = reference(LAST_AND_FIRST)
    decision = decide(patient_of(PRACTICE_A), register(PRACTICE_B, LAST_DAY), by)
    assert (decision.entries[0].process_on, decision.entries[0].policy_version) == (SECOND_DAY, 7)
    on_the_first = decide(decision.state, register(PRACTICE_C, CLOSED_DAY), by)
    assert codes(on_the_first) == [Code.DEFERRED_CLOSED_DAY]
    assert len(on_the_first.state.waiting) == 2


def test_rule_6_on_a_closed_day_the_past_and_the_future_are_refused_at_once() -> None:
    past = decide(patient_of(PRACTICE_A), register(PRACTICE_B, CLOSED_DAY, LAST_DAY), REFERENCE)
    future = decide(patient_of(PRACTICE_A), register(PRACTICE_B, CLOSED_DAY, SECOND_DAY), REFERENCE)
    assert codes(past) + codes(future) == [Code.START_IN_PAST, Code.START_IN_FUTURE]


def test_rule_6_what_waits_may_meet_its_own_practice_as_holder_when_it_is_settled() -> None:
    decision = decide(after(A_WAITS_FOR_B, register(PRACTICE_B, CLOSED_DAY)), settle(SECOND_DAY), REFERENCE)
    assert codes(decision) == [Code.TRANSFERRED, Code.ALREADY_REGISTERED]
    assert decision.entries[1].status is Status.ACCEPTED


def test_rule_6_a_start_that_was_named_moves_to_the_second_day_too() -> None:
    state = after(patient_of(PRACTICE_A), register(PRACTICE_B, CLOSED_DAY, CLOSED_DAY), settle(SECOND_DAY))
    assert (state.agb_code, state.since) == (PRACTICE_B, SECOND_DAY)
