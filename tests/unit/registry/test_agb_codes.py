"""Which AGB codes can have patients, and how a list moves to another own code: rules 28 to 31."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ion_contracts.messages import ProviderKind, Status, TransferReason
from ion_registry.domain.command import Command
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Code
from ion_registry.domain.policy import DEFAULT_POLICY
from ion_registry.domain.reference import Reference
from tests.unit.registry.made_commands import (
    NOT_YET,
    OPEN_DAY,
    PERSON,
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    PROVIDERS,
    REFERENCE,
    SECOND_CODE_OF_A,
    STOPPED,
    UNKNOWN,
    after,
    codes,
    deregister,
    move,
    party_of,
    patient_of,
    policy_of,
    provider,
    reference,
    register,
    register_temporary,
    unknown_patient,
)

BEFORE_2023 = date(2022, 12, 31)


@pytest.mark.parametrize(
    ("agb_code", "code"),
    [
        (UNKNOWN, Code.UNKNOWN_AGB_CODE),
        (STOPPED, Code.AGB_CODE_NOT_ACTIVE),
        (NOT_YET, Code.AGB_CODE_NOT_ACTIVE),
        (PERSON, Code.PRACTICE_CODE_REQUIRED),
    ],
)
def test_rule_28_a_code_that_can_have_no_patients_is_refused_in_every_way_in(agb_code: str, code: Code) -> None:
    ways: list[tuple[object, Command]] = [
        (unknown_patient(), register(agb_code, OPEN_DAY)),
        (patient_of(PRACTICE_A), register(agb_code, OPEN_DAY)),
        (patient_of(PRACTICE_A), register_temporary(agb_code, OPEN_DAY)),
        (patient_of(PRACTICE_A), move(PRACTICE_A, agb_code, OPEN_DAY)),
    ]
    for state, command in ways:
        decision = decide(state, command, REFERENCE)
        assert (decision.entries[0].status, codes(decision), decision.state) == (Status.REFUSED, [code], state)


def test_rule_28_before_2023_a_personal_code_could_have_patients() -> None:
    decision = decide(unknown_patient(), register(PERSON, BEFORE_2023), REFERENCE)
    assert (codes(decision), decision.entries[0].policy_version) == ([Code.REGISTERED], 1)
    later = decide(unknown_patient(), register(PERSON, BEFORE_2023 + timedelta(days=1)), REFERENCE)
    assert (codes(later), later.entries[0].policy_version) == ([Code.PRACTICE_CODE_REQUIRED], 2)


def test_rule_28_a_personal_code_keeps_the_patients_that_it_had() -> None:
    state = patient_of(PERSON, BEFORE_2023)
    assert codes(decide(state, register(PERSON, OPEN_DAY), REFERENCE)) == [Code.ALREADY_REGISTERED]
    assert codes(decide(state, register(PRACTICE_A, OPEN_DAY), REFERENCE)) == [Code.TRANSFERRED]


def test_rule_28_another_policy_can_allow_personal_codes() -> None:
    by = reference(policy_of(practice_codes_only=False))
    assert codes(decide(unknown_patient(), register(PERSON, OPEN_DAY), by)) == [Code.REGISTERED]


@pytest.mark.parametrize(("day", "is_allowed"), [(date(2027, 2, 28), True), (date(2027, 3, 1), False)])
def test_a_code_has_patients_until_its_last_day(day: date, is_allowed: bool) -> None:
    assert (codes(decide(unknown_patient(), register(STOPPED, day), REFERENCE)) == [Code.REGISTERED]) is is_allowed


@pytest.mark.parametrize(("day", "is_allowed"), [(date(2027, 6, 30), False), (date(2027, 7, 2), True)])
def test_a_code_has_patients_from_its_first_day_on(day: date, is_allowed: bool) -> None:
    assert (codes(decide(unknown_patient(), register(NOT_YET, day), REFERENCE)) == [Code.REGISTERED]) is is_allowed


def test_rule_29_registering_on_another_own_code_moves_the_patient() -> None:
    decision = decide(patient_of(PRACTICE_A), register(SECOND_CODE_OF_A, OPEN_DAY), REFERENCE)
    (entry,) = decision.entries
    assert (entry.code, entry.details) == (Code.TRANSFERRED, {"reason": TransferReason.OWN_CODE})
    assert decision.state.agb_code == SECOND_CODE_OF_A


def test_rule_30_a_change_of_code_moves_each_patient_of_the_list() -> None:
    decision = decide(patient_of(PRACTICE_A), move(PRACTICE_A, SECOND_CODE_OF_A, OPEN_DAY), REFERENCE)
    (entry,) = decision.entries
    assert (entry.code, entry.details) == (Code.TRANSFERRED, {"reason": TransferReason.LIST_MOVED})
    assert decision.state.party == party_of(PRACTICE_A)
    again = decide(decision.state, move(PRACTICE_A, SECOND_CODE_OF_A, OPEN_DAY), REFERENCE)
    assert (codes(again), again.state) == ([Code.ALREADY_REGISTERED], decision.state)


def test_rule_30_a_patient_who_left_in_the_meantime_stays_where_they_are() -> None:
    for state in (unknown_patient(), patient_of(PRACTICE_B)):
        decision = decide(state, move(PRACTICE_A, SECOND_CODE_OF_A, OPEN_DAY), REFERENCE)
        assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.NOT_REGISTERED_HERE])
        assert decision.state == state


def test_rule_30_deregistering_first_makes_the_change_without_a_transfer() -> None:
    gone = after(patient_of(PRACTICE_A), deregister(PRACTICE_A, OPEN_DAY))
    assert codes(decide(gone, register(SECOND_CODE_OF_A, OPEN_DAY), REFERENCE)) == [Code.REGISTERED]


def test_rule_31_the_patients_of_a_gp_who_stopped_move_to_the_successor() -> None:
    successor = PROVIDERS[STOPPED].successor
    assert successor == PRACTICE_C
    decision = decide(patient_of(STOPPED), move(STOPPED, successor, OPEN_DAY), REFERENCE)
    assert (codes(decision), decision.state.agb_code) == ([Code.TRANSFERRED], PRACTICE_C)


def test_rule_29_what_the_office_registered_says_nothing_of_whose_codes_they_are() -> None:
    by_office = register(PRACTICE_B, OPEN_DAY, party="office")
    state = after(unknown_patient(), replace(register(PRACTICE_A, date(2027, 3, 1), party="office"), office=True))
    assert state.party is None
    decision = decide(state, replace(by_office, office=True), REFERENCE)
    assert decision.entries[0].details == {"reason": TransferReason.REGISTERED_ELSEWHERE}


def test_the_default_policy_knows_persons_from_practices_by_the_provider_register_alone() -> None:
    swapped = {PRACTICE_A: provider(PRACTICE_A, ProviderKind.PERSON), PERSON: provider(PERSON)}
    by = Reference(DEFAULT_POLICY, swapped)
    assert codes(decide(unknown_patient(), register(PRACTICE_A, OPEN_DAY), by)) == [Code.PRACTICE_CODE_REQUIRED]
    assert codes(decide(unknown_patient(), register(PERSON, OPEN_DAY), by)) == [Code.REGISTERED]
