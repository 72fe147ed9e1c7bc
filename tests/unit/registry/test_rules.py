"""Rules 1 to 6 of the register, one by one."""

from __future__ import annotations

from datetime import date

import pytest

from ion_contracts.messages import Status
from ion_registry.domain.calendar import DEFAULT_POLICY
from ion_registry.domain.command import SettleCommand, WaitingCommand
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Code, Period
from ion_registry.domain.state import PatientState
from tests.unit.registry.made_commands import (
    LAST_AND_FIRST,
    PATIENT,
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    patient_of,
    register,
    unknown_patient,
)

OPEN_DAY = date(2027, 3, 10)
CLOSED_DAY = date(2027, 4, 1)
SECOND_DAY = date(2027, 4, 2)


def test_rule_1_a_first_registration_is_accepted_from_the_day_of_offering() -> None:
    decision = decide(unknown_patient(), register(PRACTICE_A, OPEN_DAY, uzovi="7119"), DEFAULT_POLICY)
    assert decision.state == PatientState(PATIENT, PRACTICE_A, OPEN_DAY, sequence=1, uzovi="7119")
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.since, entry.sequence) == (Status.ACCEPTED, Code.REGISTERED, OPEN_DAY, 1)
    assert entry.previous is None


def test_rule_1_registering_again_with_the_same_code_changes_nothing() -> None:
    state = patient_of(PRACTICE_A, date(2027, 1, 5))
    decision = decide(state, register(PRACTICE_A, OPEN_DAY, uzovi="7119"), DEFAULT_POLICY)
    assert decision.state == state
    (entry,) = decision.entries
    assert (entry.status, entry.code) == (Status.ACCEPTED, Code.ALREADY_REGISTERED)
    assert (entry.since, entry.sequence) == (date(2027, 1, 5), None)


@pytest.mark.parametrize("start", [date(2020, 1, 1), OPEN_DAY, None])
def test_rule_1_registering_again_is_accepted_whatever_past_start_is_asked(start: date | None) -> None:
    decision = decide(patient_of(PRACTICE_A, OPEN_DAY), register(PRACTICE_A, OPEN_DAY, start), DEFAULT_POLICY)
    assert decision.entries[0].code is Code.ALREADY_REGISTERED


def test_rule_2_a_transfer_ends_the_old_registration_on_the_day_before() -> None:
    state = patient_of(PRACTICE_A, date(2027, 1, 5), uzovi="3311")
    decision = decide(state, register(PRACTICE_B, OPEN_DAY, uzovi="7119"), DEFAULT_POLICY)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.sequence) == (Status.ACCEPTED, Code.TRANSFERRED, 2)
    assert entry.previous == Period(PRACTICE_A, date(2027, 1, 5), date(2027, 3, 9))
    assert entry.previous_uzovi == "3311"
    assert decision.state == PatientState(PATIENT, PRACTICE_B, OPEN_DAY, date(2027, 3, 9), 2, "7119")


def test_rule_3_a_second_registration_on_the_same_day_is_refused() -> None:
    state = patient_of(PRACTICE_A, OPEN_DAY)
    decision = decide(state, register(PRACTICE_B, OPEN_DAY), DEFAULT_POLICY)
    assert decision.state == state
    assert (decision.entries[0].status, decision.entries[0].code) == (
        Status.REFUSED,
        Code.SECOND_REGISTRATION_SAME_DAY,
    )


def test_rule_3_a_command_that_was_offered_before_the_registration_began_is_refused() -> None:
    decision = decide(patient_of(PRACTICE_A, OPEN_DAY), register(PRACTICE_B, date(2027, 3, 9)), DEFAULT_POLICY)
    assert decision.entries[0].code is Code.SECOND_REGISTRATION_SAME_DAY


def test_rule_4_a_start_in_the_past_is_refused_while_a_registration_is_active() -> None:
    state = patient_of(PRACTICE_A, date(2027, 1, 5))
    decision = decide(state, register(PRACTICE_B, OPEN_DAY, date(2027, 3, 9)), DEFAULT_POLICY)
    assert decision.state == state
    assert (decision.entries[0].status, decision.entries[0].code) == (Status.REFUSED, Code.START_IN_PAST)


def test_rule_4_a_start_in_the_past_is_allowed_without_an_active_registration() -> None:
    decision = decide(unknown_patient(), register(PRACTICE_A, OPEN_DAY, date(2027, 1, 1)), DEFAULT_POLICY)
    assert decision.entries[0].code is Code.REGISTERED
    assert decision.state.since == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (date(2027, 1, 30), Code.OVERLAPS_EARLIER_REGISTRATION),
        (date(2027, 1, 31), Code.OVERLAPS_EARLIER_REGISTRATION),
        (date(2027, 2, 1), Code.REGISTERED),
    ],
)
def test_rule_4_the_past_reaches_back_to_the_end_of_the_earlier_registration(start: date, code: Code) -> None:
    state = PatientState(PATIENT, last_end=date(2027, 1, 31), sequence=2)
    decision = decide(state, register(PRACTICE_A, OPEN_DAY, start), DEFAULT_POLICY)
    assert decision.entries[0].code is code
    assert decision.state.sequence == (3 if code is Code.REGISTERED else 2)


@pytest.mark.parametrize(
    "state", [unknown_patient(), patient_of(PRACTICE_A, OPEN_DAY), patient_of(PRACTICE_B, date(2027, 1, 5))]
)
def test_rule_5_a_start_in_the_future_is_refused_for_everybody(state: PatientState) -> None:
    decision = decide(state, register(PRACTICE_A, OPEN_DAY, date(2027, 3, 11)), DEFAULT_POLICY)
    assert decision.state == state
    assert (decision.entries[0].status, decision.entries[0].code) == (Status.REFUSED, Code.START_IN_FUTURE)


def test_rule_6_a_transfer_offered_on_the_first_day_of_a_quarter_waits() -> None:
    state = patient_of(PRACTICE_A, date(2027, 1, 5))
    command = register(PRACTICE_B, CLOSED_DAY)
    decision = decide(state, command, DEFAULT_POLICY)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.process_on) == (
        Status.DEFERRED,
        Code.DEFERRED_CLOSED_DAY,
        SECOND_DAY,
    )
    assert decision.state.waiting == (WaitingCommand(command, SECOND_DAY),)
    assert decision.state.agb_code == PRACTICE_A


def test_rule_6_what_waited_is_dated_on_the_second_day_when_the_timer_comes() -> None:
    command = register(PRACTICE_B, CLOSED_DAY)
    waiting = decide(patient_of(PRACTICE_A, date(2027, 1, 5)), command, DEFAULT_POLICY).state
    decision = decide(waiting, SettleCommand("timer", SECOND_DAY), DEFAULT_POLICY)
    (entry,) = decision.entries
    assert (entry.command, entry.caused_by) == (command, "timer")
    assert (entry.code, entry.since) == (Code.TRANSFERRED, SECOND_DAY)
    assert entry.previous == Period(PRACTICE_A, date(2027, 1, 5), CLOSED_DAY)
    assert decision.state.waiting == ()


def test_rule_6_a_later_command_first_settles_what_is_due() -> None:
    command = register(PRACTICE_B, CLOSED_DAY)
    waiting = decide(patient_of(PRACTICE_A, date(2027, 1, 5)), command, DEFAULT_POLICY).state
    later = register(PRACTICE_C, date(2027, 4, 3))
    decision = decide(waiting, later, DEFAULT_POLICY)
    assert [(entry.command, entry.code, entry.since) for entry in decision.entries] == [
        (command, Code.TRANSFERRED, SECOND_DAY),
        (later, Code.TRANSFERRED, date(2027, 4, 3)),
    ]
    assert decision.state.sequence == 3


def test_rule_6_a_refused_command_settles_what_is_due_as_well() -> None:
    waiting = decide(patient_of(PRACTICE_A, date(2027, 1, 5)), register(PRACTICE_B, CLOSED_DAY), DEFAULT_POLICY).state
    decision = decide(waiting, register(PRACTICE_C, SECOND_DAY), DEFAULT_POLICY)
    assert [entry.code for entry in decision.entries] == [Code.TRANSFERRED, Code.SECOND_REGISTRATION_SAME_DAY]


def test_rule_6_a_newer_command_on_the_same_closed_day_queues_behind() -> None:
    first, second = register(PRACTICE_B, CLOSED_DAY), register(PRACTICE_C, CLOSED_DAY)
    state = decide(patient_of(PRACTICE_A, date(2027, 1, 5)), first, DEFAULT_POLICY).state
    state = decide(state, second, DEFAULT_POLICY).state
    assert [waiting.command for waiting in state.waiting] == [first, second]
    decision = decide(state, SettleCommand("timer", SECOND_DAY), DEFAULT_POLICY)
    assert [(entry.command, entry.code) for entry in decision.entries] == [
        (first, Code.TRANSFERRED),
        (second, Code.SECOND_REGISTRATION_SAME_DAY),
    ]


def test_rule_6_a_timer_that_comes_too_early_or_twice_does_nothing() -> None:
    waiting = decide(patient_of(PRACTICE_A, date(2027, 1, 5)), register(PRACTICE_B, CLOSED_DAY), DEFAULT_POLICY).state
    assert decide(waiting, SettleCommand("timer", CLOSED_DAY), DEFAULT_POLICY).entries == ()
    settled = decide(waiting, SettleCommand("timer", SECOND_DAY), DEFAULT_POLICY).state
    assert decide(settled, SettleCommand("timer", SECOND_DAY), DEFAULT_POLICY).entries == ()


def test_rule_6_a_patient_without_registration_is_processed_on_a_closed_day() -> None:
    decision = decide(unknown_patient(), register(PRACTICE_A, CLOSED_DAY), DEFAULT_POLICY)
    assert (decision.entries[0].code, decision.state.since) == (Code.REGISTERED, CLOSED_DAY)


def test_rule_6_the_day_of_offering_decides_also_when_it_is_processed_later() -> None:
    decision = decide(patient_of(PRACTICE_A, date(2027, 1, 5)), register(PRACTICE_B, CLOSED_DAY), DEFAULT_POLICY)
    assert decision.entries[0].process_on == SECOND_DAY


def test_rule_6_the_later_policy_lets_the_last_day_wait_for_the_second_day() -> None:
    state = patient_of(PRACTICE_A, date(2027, 1, 5))
    decision = decide(state, register(PRACTICE_B, date(2027, 3, 31)), LAST_AND_FIRST)
    assert (decision.entries[0].process_on, decision.entries[0].policy_version) == (SECOND_DAY, 7)
    on_the_first = decide(decision.state, register(PRACTICE_C, CLOSED_DAY), LAST_AND_FIRST)
    assert [entry.code for entry in on_the_first.entries] == [Code.DEFERRED_CLOSED_DAY]
    assert len(on_the_first.state.waiting) == 2


def test_on_a_closed_day_the_past_and_the_future_are_refused_at_once() -> None:
    state = patient_of(PRACTICE_A, date(2027, 1, 5))
    past = decide(state, register(PRACTICE_B, CLOSED_DAY, date(2027, 3, 31)), DEFAULT_POLICY)
    future = decide(state, register(PRACTICE_B, CLOSED_DAY, SECOND_DAY), DEFAULT_POLICY)
    assert [past.entries[0].code, future.entries[0].code] == [Code.START_IN_PAST, Code.START_IN_FUTURE]


def test_what_waits_may_meet_its_own_practice_as_holder_when_it_is_settled() -> None:
    state = patient_of(PRACTICE_A, date(2027, 1, 5))
    for practice in (PRACTICE_B, PRACTICE_B):
        state = decide(state, register(practice, CLOSED_DAY), DEFAULT_POLICY).state
    decision = decide(state, SettleCommand("timer", SECOND_DAY), DEFAULT_POLICY)
    assert [entry.code for entry in decision.entries] == [Code.TRANSFERRED, Code.ALREADY_REGISTERED]
