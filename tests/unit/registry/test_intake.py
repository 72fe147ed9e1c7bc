"""While the intake of a party is paused its commands are refused, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

from ion_contracts.messages import Status
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Code
from tests.unit.registry.made_commands import (
    CLOSED_DAY,
    OPEN_DAY,
    PRACTICE_A,
    PRACTICE_B,
    REFERENCE,
    SECOND_DAY,
    after,
    codes,
    party_of,
    patient_of,
    register,
    settle,
)

PAUSED = replace(REFERENCE, paused_parties=frozenset({party_of(PRACTICE_B)}))


def test_commands_of_a_paused_party_are_refused_and_change_nothing() -> None:
    state = patient_of(PRACTICE_A)
    decision = decide(state, register(PRACTICE_B, OPEN_DAY), PAUSED)
    (entry,) = decision.entries
    assert (entry.status, entry.code, decision.state) == (Status.REFUSED, Code.INTAKE_PAUSED, state)


def test_other_parties_go_on_while_one_is_paused() -> None:
    assert codes(decide(patient_of(PRACTICE_B), register(PRACTICE_A, OPEN_DAY), PAUSED)) == [Code.TRANSFERRED]


def test_what_waited_before_the_pause_is_processed_all_the_same() -> None:
    waiting = after(patient_of(PRACTICE_A), register(PRACTICE_B, CLOSED_DAY))
    assert codes(decide(waiting, settle(SECOND_DAY), PAUSED)) == [Code.TRANSFERRED]
