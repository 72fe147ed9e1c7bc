"""Two GPs who move a patient to and fro: rules 38 and 39."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ion_contracts.messages import Status, TransferReason, UnblockGround
from ion_registry.domain.command import Command
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Code, Event
from ion_registry.domain.policy import Policy, PolicyRow
from ion_registry.domain.spans import Span
from tests.unit.registry.made_commands import (
    CLOSED_DAY,
    OPEN_DAY,
    PARTY_OF_A,
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    REFERENCE,
    SECOND_CODE_OF_A,
    SECOND_DAY,
    STOPPED,
    UNKNOWN,
    after,
    codes,
    deregister,
    move,
    patient_of,
    policy_of,
    reference,
    register,
    register_temporary,
    ruling,
    settle,
    unblock,
    withdraw,
)


def day(number: int) -> date:
    return OPEN_DAY + timedelta(days=number)


HOLDS_A = patient_of(PRACTICE_A)
TWICE = after(HOLDS_A, register(PRACTICE_B, day(0)), register(PRACTICE_A, day(1)))
BLOCKED = after(TWICE, register(PRACTICE_B, day(2)))


def test_rule_38_the_third_transfer_between_the_same_two_gps_blocks_the_patient() -> None:
    decision = decide(TWICE, register(PRACTICE_B, day(2)), REFERENCE)
    assert codes(decision) == [Code.TRANSFERRED, Code.PATIENT_BLOCKED]
    own, blocked = decision.entries
    assert own.status is Status.ACCEPTED
    assert (blocked.status, blocked.event, blocked.sequence) == (None, Event.BLOCKED, 5)
    assert blocked.details == {"agbCodes": [PRACTICE_A, PRACTICE_B], "blockedOn": day(2)}
    assert (decision.state.agb_code, decision.state.blocked_on) == (PRACTICE_B, day(2))


@pytest.mark.parametrize(
    "command",
    [
        register(PRACTICE_A, day(5)),
        register(PRACTICE_C, day(5)),
        register_temporary(PRACTICE_C, day(5)),
        register(PRACTICE_C, CLOSED_DAY),
        move(PRACTICE_B, PRACTICE_C, day(5)),
    ],
)
def test_rule_38_a_block_refuses_every_registration(command: Command) -> None:
    decision = decide(BLOCKED, command, REFERENCE)
    assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.PATIENT_BLOCKED])
    assert decision.state == BLOCKED


def test_rule_38_a_block_never_refuses_the_holders_own_deregistration() -> None:
    decision = decide(BLOCKED, deregister(PRACTICE_B, day(3)), REFERENCE)
    assert codes(decision) == [Code.DEREGISTERED]
    again = decide(decision.state, register(PRACTICE_A, day(4)), REFERENCE)
    assert codes(again) == [Code.PATIENT_BLOCKED]


def test_rule_38_registering_again_at_the_holder_is_still_accepted() -> None:
    assert codes(decide(BLOCKED, register(PRACTICE_B, day(5)), REFERENCE)) == [Code.ALREADY_REGISTERED]


def test_rule_38_what_waited_when_the_block_came_is_no_longer_possible() -> None:
    waiting = after(TWICE, register(PRACTICE_B, CLOSED_DAY), register(PRACTICE_C, CLOSED_DAY))
    decision = decide(waiting, settle(SECOND_DAY), REFERENCE)
    assert codes(decision) == [Code.TRANSFERRED, Code.PATIENT_BLOCKED, Code.NO_LONGER_POSSIBLE]
    assert decision.entries[2].details == {"because": Code.PATIENT_BLOCKED}


@pytest.mark.parametrize(("days", "is_blocked"), [(29, True), (30, False)])
def test_rule_38_only_transfers_within_thirty_days_count(days: int, is_blocked: bool) -> None:
    state = after(TWICE, register(PRACTICE_B, day(days)))
    assert (state.blocked_on is not None) is is_blocked


def test_rule_38_transfers_between_other_gps_count_apart() -> None:
    state = after(
        HOLDS_A,
        register(PRACTICE_B, day(0)),
        register(PRACTICE_C, day(1)),
        register(PRACTICE_A, day(2)),
        register(PRACTICE_B, day(3)),
    )
    assert state.blocked_on is None
    assert len(state.moves) == 4


def test_rule_38_moves_between_a_partys_own_codes_never_count() -> None:
    state = HOLDS_A
    for number, agb_code in enumerate([SECOND_CODE_OF_A, PRACTICE_A] * 4):
        decision = decide(state, register(agb_code, day(number)), REFERENCE)
        assert codes(decision) == [Code.TRANSFERRED]
        assert decision.entries[0].details["reason"] is TransferReason.OWN_CODE
        state = decision.state
    assert (state.blocked_on, state.moves) == (None, ())


def test_rule_38_a_move_to_an_own_code_does_not_block_when_the_threshold_was_lowered_since() -> None:
    rows = (PolicyRow(1, date(2006, 1, 1)), PolicyRow(2, day(3), ping_pong_transfers=2))
    own = (move(PRACTICE_A, SECOND_CODE_OF_A, day(2)), register(PRACTICE_A, day(3), party=PARTY_OF_A))
    state = after(TWICE, *own, by=reference(Policy(rows)))
    assert (state.agb_code, state.blocked_on) == (PRACTICE_A, None)


def test_rule_38_the_threshold_is_the_boards() -> None:
    by = reference(policy_of(ping_pong_transfers=2))
    assert after(HOLDS_A, register(PRACTICE_B, day(0)), register(PRACTICE_A, day(1)), by=by).blocked_on == day(1)
    by = reference(policy_of(ping_pong_days=2))
    assert after(TWICE, register(PRACTICE_B, day(2)), by=by).blocked_on is None


def test_rule_38_a_transfer_that_was_withdrawn_does_not_count() -> None:
    state = HOLDS_A
    for number in range(4):
        command = register(PRACTICE_B, day(number))
        state = after(state, command, withdraw(command.command_id, PRACTICE_B, day(number)))
    assert (state.agb_code, state.blocked_on, state.moves) == (PRACTICE_A, None, ())


@pytest.mark.parametrize(("agb_code", "code"), [(PRACTICE_A, Event.TRANSFERRED), (PRACTICE_B, None)])
def test_rule_39_the_patients_statement_lifts_the_block_and_registers(agb_code: str, code: Event | None) -> None:
    decision = decide(BLOCKED, unblock(agb_code, day(9)), REFERENCE)
    own, lifted = decision.entries
    assert (own.status, own.code, own.event) == (Status.ACCEPTED, Code.UNBLOCKED, code)
    assert own.details["reference"] == "statement 7"
    assert (lifted.status, lifted.code, lifted.event) == (None, Code.UNBLOCKED, Event.UNBLOCKED)
    assert lifted.details == {"ground": UnblockGround.STATEMENT}
    state = decision.state
    assert (state.agb_code, state.blocked_on, state.moves) == (agb_code, None, ())


def test_rule_39_a_statement_also_registers_somebody_who_was_deregistered() -> None:
    decision = decide(after(BLOCKED, deregister(PRACTICE_B, day(3))), unblock(PRACTICE_A, day(9)), REFERENCE)
    assert [entry.event for entry in decision.entries] == [Event.STARTED, Event.UNBLOCKED]
    assert decision.state.since == day(9)


def test_rule_39_the_transfer_says_that_it_is_the_patients_own_choice() -> None:
    decision = decide(BLOCKED, unblock(PRACTICE_A, day(9)), REFERENCE)
    assert decision.entries[0].details["reason"] is TransferReason.STATEMENT
    assert decision.entries[0].replaced == (Span(PRACTICE_B, day(2), day(8)),)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (unblock(PRACTICE_A, day(2)), Code.SECOND_REGISTRATION_SAME_DAY),
        (unblock(UNKNOWN, day(9)), Code.UNKNOWN_AGB_CODE),
        (unblock(STOPPED, day(9)), Code.AGB_CODE_NOT_ACTIVE),
        (unblock(PRACTICE_A, day(9), office=False), Code.NOT_AUTHORISED),
    ],
)
def test_rule_39_a_statement_that_is_refused_leaves_the_block_as_it_is(command: Command, code: Code) -> None:
    decision = decide(BLOCKED, command, REFERENCE)
    assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [code])
    assert decision.state == BLOCKED


def test_rule_39_there_must_be_a_block() -> None:
    decision = decide(HOLDS_A, unblock(PRACTICE_B, day(9)), REFERENCE)
    assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.NOT_BLOCKED])


def test_rule_39_on_a_closed_day_the_registration_and_the_end_of_the_block_wait_together() -> None:
    waiting = decide(BLOCKED, unblock(PRACTICE_A, CLOSED_DAY), REFERENCE)
    assert codes(waiting) == [Code.DEFERRED_CLOSED_DAY]
    assert (waiting.state.blocked_on, waiting.state.moves) == (BLOCKED.blocked_on, BLOCKED.moves)
    assert codes(decide(waiting.state, register(PRACTICE_C, CLOSED_DAY), REFERENCE)) == [Code.PATIENT_BLOCKED]
    settled = decide(waiting.state, settle(SECOND_DAY), REFERENCE)
    assert codes(settled) == [Code.UNBLOCKED, Code.UNBLOCKED]
    assert (settled.state.agb_code, settled.state.since, settled.state.blocked_on) == (PRACTICE_A, SECOND_DAY, None)


def test_rule_39_after_a_block_was_lifted_the_counting_starts_again() -> None:
    state = after(BLOCKED, unblock(PRACTICE_A, day(9)), register(PRACTICE_B, day(10)), register(PRACTICE_A, day(11)))
    assert state.blocked_on is None
    assert after(state, register(PRACTICE_B, day(12))).blocked_on == day(12)


def test_rule_39_a_ruling_lifts_the_block() -> None:
    decision = decide(BLOCKED, ruling(PRACTICE_A, day(2), offered_on=day(9)), REFERENCE)
    assert codes(decision) == [Code.RULING_CARRIED_OUT, Code.UNBLOCKED]
    assert decision.entries[1].details == {"ground": UnblockGround.RULING}
    assert (decision.state.agb_code, decision.state.blocked_on, decision.state.moves) == (PRACTICE_A, None, ())
