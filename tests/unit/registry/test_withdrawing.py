"""A party undoes what it did, within a term, when nothing came after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ion_contracts.messages import CorrectionReason, Status
from ion_registry.domain.command import Command
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Change, Code, Event
from ion_registry.domain.registering import terms_from
from ion_registry.domain.spans import Span
from ion_registry.domain.state import registrations
from tests.unit.registry.made_commands import (
    CLOSED_DAY,
    JANUARY_5,
    OPEN_DAY,
    PARTY_OF_A,
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    REFERENCE,
    SECOND_DAY,
    after,
    codes,
    correct,
    coverage,
    deregister,
    patient_of,
    policy_of,
    reference,
    register,
    settle,
    temporary_patient_of,
    withdraw,
)

YESTERDAY, TOMORROW = OPEN_DAY - timedelta(days=1), OPEN_DAY + timedelta(days=1)
MOVED_TO_B = after(patient_of(PRACTICE_A), register(PRACTICE_B, OPEN_DAY, command_id="to B"))


def test_a_withdrawn_transfer_gives_the_patient_back_as_if_nothing_had_been() -> None:
    decision = decide(MOVED_TO_B, withdraw("to B", PRACTICE_B, TOMORROW), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.event) == (Status.ACCEPTED, Code.WITHDRAWN, Event.CORRECTED)
    assert (entry.agb_code, entry.since, entry.sequence) == (PRACTICE_A, JANUARY_5, 3)
    assert entry.change == Change(PRACTICE_A, OPEN_DAY, since=JANUARY_5)
    assert entry.replaced == (Span(PRACTICE_B, OPEN_DAY),)
    assert entry.details["reason"] is CorrectionReason.WITHDRAWN
    assert entry.details["withdrawn"] == "to B"
    state = decision.state
    assert (state.agb_code, state.since, state.last_end) == (PRACTICE_A, JANUARY_5, None)
    assert registrations(state.history or ()) == (Span(PRACTICE_A, JANUARY_5),)


def test_a_registration_that_began_today_is_undone_by_withdrawing_it() -> None:
    decision = decide(patient_of(PRACTICE_A, OPEN_DAY), withdraw("first", PRACTICE_A, OPEN_DAY), REFERENCE)
    assert decision.entries[0].change == Change(None, OPEN_DAY)
    assert decision.entries[0].replaced == (Span(PRACTICE_A, OPEN_DAY),)
    assert (decision.state.agb_code, decision.state.since, decision.state.last_end) == (None, None, None)
    again = decide(decision.state, register(PRACTICE_B, OPEN_DAY), REFERENCE)
    assert codes(again) == [Code.REGISTERED]


def test_a_withdrawn_deregistration_goes_on_with_the_same_registration() -> None:
    gone = after(patient_of(PRACTICE_A), deregister(PRACTICE_A, OPEN_DAY, command_id="away"))
    state = after(gone, withdraw("away", PRACTICE_A, TOMORROW))
    assert (state.agb_code, state.since, state.last_end) == (PRACTICE_A, JANUARY_5, None)


def test_after_a_withdrawal_the_same_can_be_offered_again_on_the_same_day() -> None:
    state = after(MOVED_TO_B, withdraw("to B", PRACTICE_B, OPEN_DAY))
    assert codes(decide(state, register(PRACTICE_C, OPEN_DAY), REFERENCE)) == [Code.TRANSFERRED]


def test_a_withdrawal_is_told_to_the_insurers_of_its_days() -> None:
    decision = decide(MOVED_TO_B, withdraw("to B", PRACTICE_B, TOMORROW), REFERENCE)
    assert decision.entries[0].details["insurers"] == [["3311", OPEN_DAY, None]]


def test_rule_6_what_waits_can_be_withdrawn_by_its_own_party() -> None:
    waiting = after(patient_of(PRACTICE_A), register(PRACTICE_B, CLOSED_DAY, command_id="waits"))
    command = withdraw("waits", PRACTICE_B, CLOSED_DAY)
    decision = decide(waiting, command, REFERENCE)
    own, forgotten = decision.entries
    assert (own.command, own.status, own.code) == (command, Status.ACCEPTED, Code.WITHDRAWN)
    assert (forgotten.command.command_id, forgotten.status) == ("waits", Status.REFUSED)
    assert (forgotten.code, forgotten.caused_by) == (Code.WITHDRAWN_BEFORE_PROCESSING, command.command_id)
    assert (own.event, forgotten.event, decision.state) == (None, None, patient_of(PRACTICE_A))
    assert decide(decision.state, settle(SECOND_DAY), REFERENCE).entries == ()


def test_only_the_one_that_was_named_is_forgotten() -> None:
    waiting = after(
        patient_of(PRACTICE_A),
        register(PRACTICE_B, CLOSED_DAY, command_id="one"),
        register(PRACTICE_C, CLOSED_DAY, command_id="two"),
        withdraw("one", PRACTICE_B, CLOSED_DAY),
    )
    assert [one.command.command_id for one in waiting.waiting] == ["two"]


def test_what_another_party_did_or_let_wait_is_not_withdrawn() -> None:
    waiting = after(patient_of(PRACTICE_A), register(PRACTICE_B, CLOSED_DAY, command_id="waits"))
    for state, withdrawn_id in ((waiting, "waits"), (MOVED_TO_B, "to B")):
        decision = decide(state, withdraw(withdrawn_id, PRACTICE_C, CLOSED_DAY), REFERENCE)
        assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.NOTHING_TO_WITHDRAW])
        assert decision.state == state


@pytest.mark.parametrize("withdrawn_id", ["never sent", "refused", "insurance"])
def test_what_changed_no_registration_is_not_withdrawn(withdrawn_id: str) -> None:
    state = after(
        MOVED_TO_B,
        register(PRACTICE_B, TOMORROW, TOMORROW + timedelta(days=9), command_id="refused"),
        coverage("7119", TOMORROW, command_id="insurance"),
    )
    assert codes(decide(state, withdraw(withdrawn_id, PRACTICE_B, TOMORROW), REFERENCE)) == [Code.NOTHING_TO_WITHDRAW]


def test_a_correction_and_a_withdrawal_are_not_withdrawn() -> None:
    corrected = after(patient_of(PRACTICE_A), correct(PRACTICE_B, OPEN_DAY, command_id="correction"))
    undone = after(MOVED_TO_B, withdraw("to B", PRACTICE_B, OPEN_DAY, command_id="withdrawal"))
    for state, command in (
        (corrected, withdraw("correction", PRACTICE_A, OPEN_DAY, party="office")),
        (undone, withdraw("withdrawal", PRACTICE_B, OPEN_DAY)),
        (undone, withdraw("first", PRACTICE_A, OPEN_DAY)),
    ):
        assert decide(state, command, REFERENCE).entries[0].code in (Code.NOTHING_TO_WITHDRAW, Code.BUILT_UPON)


@pytest.mark.parametrize(
    "later",
    [
        [register(PRACTICE_C, TOMORROW)],
        [deregister(PRACTICE_B, TOMORROW)],
        [correct(PRACTICE_C, YESTERDAY, YESTERDAY)],
    ],
)
def test_what_was_built_upon_is_not_withdrawn(later: list[Command]) -> None:
    state = after(MOVED_TO_B, *later)
    decision = decide(state, withdraw("to B", PRACTICE_B, TOMORROW), REFERENCE)
    assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.BUILT_UPON])
    assert decision.state == state


@pytest.mark.parametrize(("days", "code"), [(14, Code.WITHDRAWN), (15, Code.WITHDRAW_TERM_OVER)])
def test_a_withdrawal_has_a_term_from_the_day_of_offering(days: int, code: Code) -> None:
    decision = decide(MOVED_TO_B, withdraw("to B", PRACTICE_B, OPEN_DAY + timedelta(days=days)), REFERENCE)
    assert codes(decision) == [code]


def test_the_term_is_the_boards() -> None:
    decision = decide(MOVED_TO_B, withdraw("to B", PRACTICE_B, TOMORROW), reference(policy_of(withdraw_days=0)))
    assert codes(decision) == [Code.WITHDRAW_TERM_OVER]


def test_rule_38_the_transfer_that_blocked_the_patient_is_not_withdrawn() -> None:
    blocked = after(
        patient_of(PRACTICE_A),
        register(PRACTICE_B, OPEN_DAY),
        register(PRACTICE_A, TOMORROW),
        register(PRACTICE_B, TOMORROW + timedelta(days=1), command_id="third"),
    )
    decision = decide(blocked, withdraw("third", PRACTICE_B, TOMORROW + timedelta(days=2)), REFERENCE)
    assert (codes(decision), decision.state) == ([Code.PATIENT_BLOCKED], blocked)


def test_a_withdrawn_temporary_registration_leaves_no_terms() -> None:
    state = after(temporary_patient_of(PRACTICE_A), withdraw("first temporary", PRACTICE_A, JANUARY_5))
    assert (state.agb_code, state.terms) == (None, None)


def test_who_made_a_registration_that_came_back_is_not_known() -> None:
    state = after(MOVED_TO_B, withdraw("to B", PRACTICE_B, TOMORROW))
    assert (patient_of(PRACTICE_A).party, state.party) == (PARTY_OF_A, None)


def test_rule_34_what_goes_on_as_temporary_after_a_withdrawal_gets_a_new_term() -> None:
    moved = register(PRACTICE_B, OPEN_DAY)
    state = after(temporary_patient_of(PRACTICE_A), moved)
    decision = decide(state, withdraw(moved.command_id, PRACTICE_B, OPEN_DAY), REFERENCE)
    assert decision.state.agb_code == PRACTICE_A
    assert decision.state.terms == terms_from(OPEN_DAY, REFERENCE)
