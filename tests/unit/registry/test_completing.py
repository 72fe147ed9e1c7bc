"""BSN and insurance of a temporary patient arrive: rules 2 to 6 and 33."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from ion_contracts.messages import CorrectionReason, EndReason, Status
from ion_registry.domain.decide import Decision, decide
from ion_registry.domain.entry import Change, Code, Event
from ion_registry.domain.spans import Span
from ion_registry.domain.state import PatientState, registrations
from tests.unit.registry.made_commands import (
    CLOSED_DAY,
    JANUARY_5,
    OPEN_DAY,
    PATIENT,
    PRACTICE_A,
    PRACTICE_B,
    REFERENCE,
    SECOND_DAY,
    TEMPORARY_PATIENT,
    after,
    by_id,
    codes,
    complete,
    deregister,
    patient_of,
    register,
    settle,
    temporary_of,
    temporary_patient_of,
    unknown_patient,
)

YESTERDAY = OPEN_DAY - timedelta(days=1)
TEMPORARY = temporary_patient_of(PRACTICE_A)
KNOWN_AT_B = patient_of(PRACTICE_B)


def completed(person: PatientState, temporary: PatientState | None = TEMPORARY) -> Decision:
    return decide(person, complete(PRACTICE_A, OPEN_DAY), REFERENCE, by_id(temporary))


def test_rule_33_a_temporary_registration_becomes_definite_when_nobody_has_the_bsn() -> None:
    decision = decide(TEMPORARY, complete(PRACTICE_A, OPEN_DAY, uzovi="7119"), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.event) == (Status.ACCEPTED, Code.COMPLETED, Event.TEMPORARY_COMPLETED)
    assert (entry.since, entry.uzovi, entry.sequence, entry.change) == (JANUARY_5, "7119", 2, None)
    state = decision.state
    assert (state.agb_code, state.since, state.terms) == (PRACTICE_A, JANUARY_5, None)
    assert state.insurance == (Span("7119", OPEN_DAY),)


def test_a_completion_on_a_closed_day_moves_nobody_and_does_not_wait() -> None:
    assert codes(decide(TEMPORARY, complete(PRACTICE_A, CLOSED_DAY), REFERENCE)) == [Code.COMPLETED]


def test_a_known_person_is_transferred_and_the_temporary_registration_ends() -> None:
    decision = completed(KNOWN_AT_B)
    own, ended = decision.entries
    assert (own.patient_id, own.status, own.code) == (PATIENT, Status.ACCEPTED, Code.COMPLETED_KNOWN_ELSEWHERE)
    assert (own.event, own.since) == (Event.TRANSFERRED, OPEN_DAY)
    assert own.replaced == (Span(PRACTICE_B, JANUARY_5, YESTERDAY),)
    assert (ended.patient_id, ended.status, ended.event) == (TEMPORARY_PATIENT, None, Event.ENDED)
    assert ended.details == {"reason": EndReason.MERGED, "mergedInto": PATIENT}
    assert ended.replaced == (Span(PRACTICE_A, JANUARY_5, YESTERDAY),)
    assert (decision.state.agb_code, decision.state.since) == (PRACTICE_A, OPEN_DAY)
    assert temporary_of(decision) is not None
    assert (temporary_of(decision).agb_code, temporary_of(decision).terms, temporary_of(decision).last_end) == (
        None,
        None,
        YESTERDAY,
    )


def test_a_known_person_without_registration_is_registered_from_that_day_on() -> None:
    own, ended = completed(unknown_patient()).entries
    assert (own.code, own.event, own.since) == (Code.COMPLETED_KNOWN_ELSEWHERE, Event.STARTED, OPEN_DAY)
    assert ended.event is Event.ENDED


def test_a_known_person_at_the_same_gp_keeps_the_registration() -> None:
    decision = completed(patient_of(PRACTICE_A))
    own, ended = decision.entries
    assert (own.status, own.code, own.event) == (Status.ACCEPTED, Code.COMPLETED_KNOWN_ELSEWHERE, None)
    assert ended.event is Event.ENDED
    assert decision.state.since == JANUARY_5


def test_reference_dates_gone_by_are_not_rewritten() -> None:
    decision = completed(KNOWN_AT_B)
    assert registrations(decision.state.history or ())[0] == Span(PRACTICE_B, JANUARY_5, YESTERDAY)


def test_a_temporary_registration_that_began_that_day_never_was() -> None:
    decision = completed(KNOWN_AT_B, temporary_patient_of(PRACTICE_A, OPEN_DAY))
    ended = decision.entries[1]
    assert (ended.code, ended.event, ended.status) == (Code.COMPLETED_KNOWN_ELSEWHERE, Event.CORRECTED, None)
    assert (ended.change, ended.replaced) == (Change(None, OPEN_DAY), (Span(PRACTICE_A, OPEN_DAY),))
    assert ended.details == {"reason": CorrectionReason.MERGED, "mergedInto": PATIENT}
    assert temporary_of(decision) is not None
    assert (temporary_of(decision).agb_code, temporary_of(decision).last_end) == (None, None)
    assert registrations(temporary_of(decision).history or ()) == ()


def test_rule_3_a_completion_that_the_rules_refuse_leaves_both_as_they_were() -> None:
    person = patient_of(PRACTICE_B, OPEN_DAY)
    decision = completed(person)
    assert codes(decision) == [Code.SECOND_REGISTRATION_SAME_DAY]
    assert (decision.entries[0].status, decision.state, temporary_of(decision)) == (Status.REFUSED, person, None)


def test_rule_38_a_blocked_person_is_not_moved_by_a_completion() -> None:
    days = [OPEN_DAY - timedelta(days=number) for number in (3, 2, 1)]
    blocked = after(
        KNOWN_AT_B, register(PRACTICE_A, days[0]), register(PRACTICE_B, days[1]), register(PRACTICE_A, days[2])
    )
    away = after(blocked, deregister(PRACTICE_A, OPEN_DAY))
    decision = completed(away)
    assert (codes(decision), decision.state, temporary_of(decision)) == ([Code.PATIENT_BLOCKED], away, None)


def test_rule_33_only_what_is_temporary_at_this_gp_can_be_completed() -> None:
    others = [
        None,
        temporary_patient_of(PRACTICE_B),
        after(TEMPORARY, complete(PRACTICE_A, JANUARY_5)),
        after(TEMPORARY, deregister(PRACTICE_A, OPEN_DAY)),
        PatientState(UUID("00000000-0000-4000-8000-0000000000ff")),
    ]
    for temporary in others:
        decision = completed(KNOWN_AT_B, temporary)
        assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.NOT_TEMPORARY])
        assert (decision.state, temporary_of(decision)) == (KNOWN_AT_B, None)
    for state in (temporary_patient_of(PRACTICE_B), after(TEMPORARY, deregister(PRACTICE_A, OPEN_DAY))):
        assert codes(decide(state, complete(PRACTICE_A, OPEN_DAY), REFERENCE)) == [Code.NOT_TEMPORARY]


def test_a_completion_is_possible_once() -> None:
    first = completed(KNOWN_AT_B)
    again = decide(first.state, complete(PRACTICE_A, OPEN_DAY), REFERENCE, by_id(temporary_of(first)))
    assert (codes(again), temporary_of(again)) == ([Code.NOT_TEMPORARY], None)


def test_rule_6_a_completion_that_waited_is_refused_when_the_temporary_registration_is_gone() -> None:
    waiting = decide(KNOWN_AT_B, complete(PRACTICE_A, CLOSED_DAY), REFERENCE, by_id(TEMPORARY)).state
    gone = after(TEMPORARY, deregister(PRACTICE_A, OPEN_DAY))
    decision = decide(waiting, settle(SECOND_DAY), REFERENCE, by_id(gone))
    assert (codes(decision), temporary_of(decision)) == ([Code.NO_LONGER_POSSIBLE], None)
    assert decision.entries[0].details == {"because": Code.NOT_TEMPORARY}


def test_rule_6_a_completion_that_waited_and_the_one_behind_it_end_the_temporary_patient_once() -> None:
    waiting = decide(KNOWN_AT_B, complete(PRACTICE_A, CLOSED_DAY), REFERENCE, by_id(TEMPORARY)).state
    decision = decide(waiting, complete(PRACTICE_A, SECOND_DAY), REFERENCE, by_id(TEMPORARY))
    assert codes(decision) == [
        Code.COMPLETED_KNOWN_ELSEWHERE,
        Code.COMPLETED_KNOWN_ELSEWHERE,
        Code.NOT_TEMPORARY,
    ]
    assert temporary_of(decision) is not None
    assert temporary_of(decision).agb_code is None


def test_two_completions_that_wait_for_one_person_end_both_temporary_registrations() -> None:
    second_id = UUID("00000000-0000-4000-8000-000000000003")
    second = replace(TEMPORARY, patient_id=second_id)
    both = {**by_id(TEMPORARY), second_id: second}
    waiting = decide(patient_of(PRACTICE_B), complete(PRACTICE_A, CLOSED_DAY), REFERENCE, both).state
    waiting = decide(waiting, complete(PRACTICE_A, CLOSED_DAY, temporary=second_id), REFERENCE, both).state
    settled = decide(waiting, settle(SECOND_DAY), REFERENCE, both)
    assert [entry.code for entry in settled.entries if entry.status] == [Code.COMPLETED_KNOWN_ELSEWHERE] * 2
    assert [state.agb_code for state in settled.temporaries.values()] == [None, None]
