"""How a registration comes about, and what is refused: rules 1 to 5, 10 and 57."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ion_contracts.messages import Mode, Status, TransferReason
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Change, Code, Event
from ion_registry.domain.spans import Span
from ion_registry.domain.state import PatientState, registrations
from tests.unit.registry.made_commands import (
    JANUARY_5,
    OPEN_DAY,
    PATIENT,
    PRACTICE_A,
    PRACTICE_B,
    REFERENCE,
    after,
    codes,
    deregister,
    party_of,
    patient_of,
    register,
    unknown_patient,
)

YESTERDAY, TOMORROW = OPEN_DAY - timedelta(days=1), OPEN_DAY + timedelta(days=1)


def test_rule_1_a_first_registration_is_accepted_from_the_day_of_offering() -> None:
    command = register(PRACTICE_A, OPEN_DAY, uzovi="7119")
    decision = decide(PatientState(PATIENT), command, REFERENCE)
    assert decision.state == PatientState(
        PATIENT,
        PRACTICE_A,
        OPEN_DAY,
        sequence=1,
        party=party_of(PRACTICE_A),
        insurance=(Span("7119", OPEN_DAY),),
    )
    (entry,) = decision.entries
    assert (entry.command, entry.caused_by, entry.patient_id) == (command, command.command_id, PATIENT)
    assert (entry.status, entry.code, entry.event) == (Status.ACCEPTED, Code.REGISTERED, Event.STARTED)
    assert (entry.agb_code, entry.since, entry.sequence) == (PRACTICE_A, OPEN_DAY, 1)
    assert entry.change == Change(PRACTICE_A, OPEN_DAY, since=OPEN_DAY)
    assert (entry.replaced, entry.uzovi, entry.previous_uzovi) == ((), "7119", None)
    assert entry.policy_version == 2


def test_rule_1_registering_again_with_the_same_code_changes_nothing() -> None:
    state = patient_of(PRACTICE_A, JANUARY_5)
    decision = decide(state, register(PRACTICE_A, OPEN_DAY), REFERENCE)
    assert decision.state == state
    (entry,) = decision.entries
    assert (entry.status, entry.code) == (Status.ACCEPTED, Code.ALREADY_REGISTERED)
    assert (entry.since, entry.sequence, entry.event, entry.change) == (JANUARY_5, None, None, None)


@pytest.mark.parametrize("start", [date(2020, 1, 1), OPEN_DAY, None])
def test_rule_1_registering_again_is_accepted_whatever_past_start_is_asked(start: date | None) -> None:
    decision = decide(patient_of(PRACTICE_A, OPEN_DAY), register(PRACTICE_A, OPEN_DAY, start), REFERENCE)
    assert codes(decision) == [Code.ALREADY_REGISTERED]


def test_registering_again_keeps_the_insurer_that_the_coverage_check_found() -> None:
    state = after(patient_of(PRACTICE_A, JANUARY_5), register(PRACTICE_A, OPEN_DAY, uzovi="7119"))
    assert state.insurance == (Span("3311", JANUARY_5, YESTERDAY), Span("7119", OPEN_DAY))


def test_rule_2_a_transfer_ends_the_old_registration_on_the_day_before() -> None:
    decision = decide(patient_of(PRACTICE_A, JANUARY_5), register(PRACTICE_B, OPEN_DAY, uzovi="7119"), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.event) == (Status.ACCEPTED, Code.TRANSFERRED, Event.TRANSFERRED)
    assert (entry.sequence, entry.since) == (2, OPEN_DAY)
    assert entry.replaced == (Span(PRACTICE_A, JANUARY_5, YESTERDAY),)
    assert (entry.uzovi, entry.previous_uzovi) == ("7119", "3311")
    assert entry.details == {"reason": TransferReason.REGISTERED_ELSEWHERE}
    state = decision.state
    assert (state.agb_code, state.since, state.last_end) == (PRACTICE_B, OPEN_DAY, YESTERDAY)
    assert state.party == party_of(PRACTICE_B)
    assert registrations(state.history or ()) == (
        Span(PRACTICE_A, JANUARY_5, YESTERDAY),
        Span(PRACTICE_B, OPEN_DAY),
    )


def test_rule_2_a_transfer_can_happen_a_day_after_the_start() -> None:
    decision = decide(patient_of(PRACTICE_A, YESTERDAY), register(PRACTICE_B, OPEN_DAY), REFERENCE)
    assert decision.entries[0].replaced == (Span(PRACTICE_A, YESTERDAY, YESTERDAY),)


def test_rule_3_a_second_registration_on_the_same_day_is_refused() -> None:
    state = patient_of(PRACTICE_A, OPEN_DAY)
    decision = decide(state, register(PRACTICE_B, OPEN_DAY), REFERENCE)
    assert decision.state == state
    (entry,) = decision.entries
    assert (entry.status, entry.code) == (Status.REFUSED, Code.SECOND_REGISTRATION_SAME_DAY)
    assert (entry.event, entry.sequence, entry.change) == (None, None, None)


def test_rule_3_a_command_that_was_offered_before_the_registration_began_is_refused() -> None:
    decision = decide(patient_of(PRACTICE_A, OPEN_DAY), register(PRACTICE_B, YESTERDAY), REFERENCE)
    assert codes(decision) == [Code.SECOND_REGISTRATION_SAME_DAY]


def test_rule_4_a_start_in_the_past_is_refused_while_a_registration_is_active() -> None:
    state = patient_of(PRACTICE_A, JANUARY_5)
    decision = decide(state, register(PRACTICE_B, OPEN_DAY, YESTERDAY), REFERENCE)
    assert decision.state == state
    assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.START_IN_PAST])


def test_rule_4_a_start_in_the_past_is_allowed_without_an_active_registration() -> None:
    decision = decide(unknown_patient(), register(PRACTICE_A, OPEN_DAY, date(2027, 1, 1)), REFERENCE)
    assert codes(decision) == [Code.REGISTERED]
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
    state = after(patient_of(PRACTICE_B, JANUARY_5), deregister(PRACTICE_B, date(2027, 2, 1)))
    decision = decide(state, register(PRACTICE_A, OPEN_DAY, start), REFERENCE)
    assert codes(decision) == [code]
    assert decision.state.sequence == (3 if code is Code.REGISTERED else 2)
    if code is not Code.REGISTERED:
        assert (decision.entries[0].status, decision.state) == (Status.REFUSED, state)


@pytest.mark.parametrize(
    "state", [unknown_patient(), patient_of(PRACTICE_A, OPEN_DAY), patient_of(PRACTICE_B, JANUARY_5)]
)
def test_rule_5_a_start_in_the_future_is_refused_for_everybody(state: PatientState) -> None:
    decision = decide(state, register(PRACTICE_A, OPEN_DAY, TOMORROW), REFERENCE)
    assert decision.state == state
    assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.START_IN_FUTURE])


def test_rule_10_an_automatic_registration_without_insurance_is_refused() -> None:
    command = register(PRACTICE_A, OPEN_DAY, uzovi=None, mode=Mode.AUTOMATIC)
    for state in (unknown_patient(), patient_of(PRACTICE_A), patient_of(PRACTICE_B)):
        decision = decide(state, command, REFERENCE)
        assert decision.state == state
        assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.COVERAGE_MISSING])


@pytest.mark.parametrize(("mode", "uzovi"), [(Mode.AUTOMATIC, "3311"), (Mode.MANUAL, None), (Mode.MANUAL, "3311")])
def test_rule_10_with_insurance_or_by_hand_it_is_accepted(mode: Mode, uzovi: str | None) -> None:
    decision = decide(unknown_patient(), register(PRACTICE_A, OPEN_DAY, uzovi=uzovi, mode=mode), REFERENCE)
    assert codes(decision) == [Code.REGISTERED]
    assert decision.entries[0].uzovi == uzovi


def test_rule_8_a_batch_that_comes_again_every_day_does_nothing_more() -> None:
    state = patient_of(PRACTICE_A, JANUARY_5)
    repeated = after(state, *[register(PRACTICE_A, JANUARY_5 + timedelta(days=number)) for number in range(1, 8)])
    assert repeated == state


def test_the_same_command_is_judged_the_same_with_and_without_the_history() -> None:
    command = register(PRACTICE_B, OPEN_DAY)
    state = patient_of(PRACTICE_A)
    without = PatientState(
        PATIENT, PRACTICE_A, JANUARY_5, sequence=1, party=state.party, insurance=state.insurance, history=None
    )
    decision = decide(without, command, REFERENCE)
    assert decision.entries == decide(state, command, REFERENCE).entries
    assert decision.state.history is None
