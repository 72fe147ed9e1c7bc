"""A GP ends a registration, and the office removes a person: rules 9, 12, 30 and 57."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ion_contracts.messages import DeregistrationReason, EndReason, Status
from ion_registry.domain.command import RemoveCommand
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Change, Code, Event
from ion_registry.domain.spans import Span
from ion_registry.domain.state import PatientState
from tests.unit.registry.made_commands import (
    CLOSED_DAY,
    JANUARY_5,
    OPEN_DAY,
    PRACTICE_A,
    PRACTICE_B,
    REFERENCE,
    after,
    codes,
    coverage,
    deregister,
    patient_of,
    register,
    remove,
    unknown_patient,
)

YESTERDAY = OPEN_DAY - timedelta(days=1)


def test_rule_9_a_deregistration_ends_the_registration_on_the_day_before() -> None:
    decision = decide(patient_of(PRACTICE_A), deregister(PRACTICE_A, OPEN_DAY), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.event) == (Status.ACCEPTED, Code.DEREGISTERED, Event.ENDED)
    assert (entry.agb_code, entry.sequence, entry.change) == (PRACTICE_A, 2, Change(None, OPEN_DAY))
    assert entry.replaced == (Span(PRACTICE_A, JANUARY_5, YESTERDAY),)
    assert (entry.uzovi, entry.previous_uzovi) == (None, "3311")
    state = decision.state
    assert (state.agb_code, state.since, state.party, state.last_end) == (None, None, None, YESTERDAY)


@pytest.mark.parametrize("reason", DeregistrationReason)
def test_rule_12_every_reason_to_deregister_is_kept_in_the_entry(reason: DeregistrationReason) -> None:
    decision = decide(patient_of(PRACTICE_A), deregister(PRACTICE_A, OPEN_DAY, reason), REFERENCE)
    assert decision.entries[0].details == {"reason": EndReason(reason.value)}


def test_rule_12_is_advice_so_the_register_never_asks_why_somebody_is_registered_again() -> None:
    emigrated = after(patient_of(PRACTICE_A), deregister(PRACTICE_A, OPEN_DAY, DeregistrationReason.EMIGRATED))
    assert codes(decide(emigrated, register(PRACTICE_A, OPEN_DAY), REFERENCE)) == [Code.REGISTERED]


@pytest.mark.parametrize("state", [unknown_patient(), patient_of(PRACTICE_B)])
def test_rule_9_only_the_gp_who_has_the_patient_deregisters(state: PatientState) -> None:
    for day in (OPEN_DAY, CLOSED_DAY):
        decision = decide(state, deregister(PRACTICE_A, day), REFERENCE)
        assert decision.state == state
        assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.NOT_REGISTERED_HERE])


@pytest.mark.parametrize("days_late", [0, 1])
def test_rule_9_a_registration_that_began_that_day_or_later_is_not_ended(days_late: int) -> None:
    state = patient_of(PRACTICE_A, OPEN_DAY)
    decision = decide(state, deregister(PRACTICE_A, OPEN_DAY - timedelta(days=days_late)), REFERENCE)
    assert decision.state == state
    assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.BEGAN_TODAY])


def test_rule_30_deregistering_and_registering_elsewhere_on_one_day_works() -> None:
    gone = after(patient_of(PRACTICE_A), deregister(PRACTICE_A, OPEN_DAY))
    decision = decide(gone, register(PRACTICE_B, OPEN_DAY), REFERENCE)
    (entry,) = decision.entries
    assert (entry.code, entry.event, entry.replaced) == (Code.REGISTERED, Event.STARTED, ())
    assert (decision.state.since, decision.state.last_end) == (OPEN_DAY, YESTERDAY)


def test_rule_9_a_deregistration_that_is_sent_twice_is_refused_the_second_time() -> None:
    gone = after(patient_of(PRACTICE_A), deregister(PRACTICE_A, OPEN_DAY))
    assert codes(decide(gone, deregister(PRACTICE_A, OPEN_DAY), REFERENCE)) == [Code.NOT_REGISTERED_HERE]


def test_rule_57_the_end_of_an_insurance_never_ends_a_registration() -> None:
    state = after(patient_of(PRACTICE_A), coverage(None, JANUARY_5))
    assert (state.agb_code, state.since, state.insurance) == (PRACTICE_A, JANUARY_5, ())


def test_a_person_without_registration_is_removed_by_the_office() -> None:
    gone = after(patient_of(PRACTICE_A), deregister(PRACTICE_A, OPEN_DAY))
    decision = decide(gone, remove(), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.details) == (
        Status.ACCEPTED,
        Code.PERSON_REMOVED,
        {"reference": "request 3"},
    )
    assert (entry.event, entry.agb_code) == (None, None)


@pytest.mark.parametrize(
    ("state", "command", "code"),
    [
        (patient_of(PRACTICE_A), remove(), Code.PERSON_HAS_REGISTRATION),
        (
            after(patient_of(PRACTICE_A), deregister(PRACTICE_A, CLOSED_DAY), deregister(PRACTICE_A, OPEN_DAY)),
            remove(),
            Code.PERSON_HAS_REGISTRATION,
        ),
        (unknown_patient(), remove(office=False), Code.NOT_AUTHORISED),
    ],
)
def test_a_removal_is_refused_while_something_is_registered_or_waits_and_to_others(
    state: PatientState, command: RemoveCommand, code: Code
) -> None:
    decision = decide(state, command, REFERENCE)
    assert (decision.entries[0].status, codes(decision), decision.state) == (Status.REFUSED, [code], state)
