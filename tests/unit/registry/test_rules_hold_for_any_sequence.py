"""Whatever comes, in whatever order, doubled or late, under changing policies: the register keeps its promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from ion_contracts.messages import Status
from ion_registry.domain.calendar import ONE_DAY
from ion_registry.domain.command import (
    AskCommand,
    CorrectCommand,
    EndCommand,
    RulingCommand,
    SettleCommand,
    UnblockCommand,
    WithdrawCommand,
)
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Entry, Event
from ion_registry.domain.policy import Policy
from ion_registry.domain.spans import code_on
from ion_registry.domain.state import PatientState, registrations
from tests.unit.registry.made_commands import PATIENT, TEMPORARY_PATIENT, by_id
from tests.unit.registry.made_sequences import Judged, final, needs_history, policies, run, sequences

TIMERS = (SettleCommand, AskCommand, EndCommand)
REWRITES = {Event.CORRECTED, Event.RULED}
for_any_sequence = given(sequences, policies)
often = settings(max_examples=100, deadline=None)


def entries(judged: list[Judged]) -> list[Entry]:
    return [entry for one in judged for entry in one.decision.entries]


def states(judged: list[Judged]) -> Iterator[PatientState]:
    for one in judged:
        yield one.decision.state
        yield from one.decision.temporaries.values()


@often
@for_any_sequence
def test_rule_1_any_sequence_leaves_at_most_one_active_registration_and_no_overlap(
    steps: list[int], policy: Policy
) -> None:
    for state in states(run(steps, policy)):
        held = registrations(state.history or ())
        assert all(span.until is None or span.since <= span.until for span in held)
        assert all(one.until is not None and one.until < other.since for one, other in pairwise(held))


@often
@for_any_sequence
def test_any_sequence_keeps_the_state_equal_to_what_its_history_comes_to(steps: list[int], policy: Policy) -> None:
    for state in states(run(steps, policy)):
        held = registrations(state.history or ())
        active = [span for span in held if span.until is None]
        assert [(span.code, span.since) for span in active] == (
            [] if state.agb_code is None else [(state.agb_code, state.since)]
        )
        assert (state.agb_code is None) == (state.since is None)
        assert state.last_end == max((span.until for span in held if span.until is not None), default=None)


@often
@for_any_sequence
def test_any_sequence_is_judged_the_same_with_the_history_loaded_and_without(steps: list[int], policy: Policy) -> None:
    for one in run(steps, policy):
        if not needs_history(one.command):
            other = None if one.other is None else replace(one.other, history=None)
            without = decide(replace(one.before, history=None), one.command, one.reference, by_id(other))
            assert without.entries == one.decision.entries
            assert without.state == replace(one.decision.state, history=None)


@often
@for_any_sequence
def test_any_sequence_gives_each_command_exactly_one_final_outcome(steps: list[int], policy: Policy) -> None:
    judged = run(steps, policy)
    told = [entry for entry in entries(judged) if entry.status is not None]
    finals = Counter(entry.command.command_id for entry in told if entry.status is not Status.DEFERRED)
    deferred = Counter(entry.command.command_id for entry in told if entry.status is Status.DEFERRED)
    asked = {one.command.command_id for one in judged if not isinstance(one.command, TIMERS)}
    assert finals == Counter(asked)
    assert set(deferred.values()) <= {1}
    assert all(state.waiting == () for state in (final(judged, True), final(judged, False)))


@often
@for_any_sequence
def test_any_sequence_numbers_the_events_of_each_patient_without_gaps(steps: list[int], policy: Policy) -> None:
    judged = run(steps, policy)
    for patient_id, for_person in ((PATIENT, True), (TEMPORARY_PATIENT, False)):
        told = [entry for entry in entries(judged) if entry.patient_id == patient_id and entry.event is not None]
        assert [entry.sequence for entry in told] == list(range(1, len(told) + 1))
        assert final(judged, for_person).sequence == len(told)
    for entry in entries(judged):
        assert (entry.sequence is None) == (entry.event is None)
        assert entry.change is None or (entry.event is not None and entry.since == entry.change.since)
        assert entry.status is not Status.REFUSED or (entry.event is None and not entry.replaced)


@often
@for_any_sequence
def test_rule_6_any_sequence_settles_what_waits_in_the_order_it_came(steps: list[int], policy: Policy) -> None:
    for one in run(steps, policy):
        due = [w for w in one.before.waiting if w.process_on <= one.command.offered_on]
        if isinstance(one.command, WithdrawCommand):  # what was forgotten is told after the withdrawal itself
            continue
        waited = {w.command.command_id for w in one.before.waiting}
        told = [entry for entry in one.decision.entries if entry.command.command_id in waited]
        settled = [entry.command.command_id for entry in told if entry.status is not None]
        assert settled == [w.command.command_id for w in due]
        assert tuple(one.decision.entries[: len(told)]) == tuple(told)
        kept = tuple(w for w in one.before.waiting if w not in due)
        assert one.decision.state.waiting[: len(kept)] == kept


@often
@for_any_sequence
def test_rule_38_any_sequence_gives_a_blocked_patient_no_registration_but_by_the_office(
    steps: list[int], policy: Policy
) -> None:
    for one in run(steps, policy):
        if one.before.blocked_on is None or one.decision.state.blocked_on is None:
            continue  # lifted, which only the office does
        for entry in one.decision.entries:
            if entry.patient_id == one.before.patient_id and entry.change is not None:
                assert entry.change.holder is None or isinstance(entry.command, CorrectCommand)
    for one in run(steps, policy):
        if one.before.blocked_on is not None and one.decision.state.blocked_on is None:
            causes = {type(entry.command) for entry in one.decision.entries if entry.event is Event.UNBLOCKED}
            assert causes <= {UnblockCommand, RulingCommand}
            assert causes


@often
@for_any_sequence
def test_rule_34_any_sequence_leaves_terms_only_with_an_active_registration(steps: list[int], policy: Policy) -> None:
    for state in states(run(steps, policy)):
        assert state.terms is None or state.agb_code is not None
        assert state.party is None or state.agb_code is not None


@often
@for_any_sequence
def test_rule_43_any_sequence_tells_only_insurers_where_the_person_was_insured(
    steps: list[int], policy: Policy
) -> None:
    for one in run(steps, policy):
        insurance = one.decision.state.insurance
        assert all(a.until is not None and a.until < b.since for a, b in pairwise(insurance))
        for entry in one.decision.entries:
            told = entry.details.get("insurers", [])
            assert isinstance(told, list)
            for uzovi, since, until in told:
                assert code_on(insurance, since) == uzovi
                assert until is None or (since <= until and code_on(insurance, until) == uzovi)
                assert entry.change is not None
                assert since >= entry.change.valid_from
                assert entry.change.valid_until is None or (until is not None and until <= entry.change.valid_until)


Deltas = Counter[tuple[str, date]]


def deltas(entry: Entry) -> Deltas:
    """Returns what an entry adds to the counts: +1 on a first day, -1 on the day after a last one.

    A transfer or an end names the registration before it with its new last day; a rewriting the days that it takes.
    """
    counts: Deltas = Counter()
    if entry.change is not None and entry.change.holder is not None:
        counts[entry.change.holder, entry.change.valid_from] += 1
        if entry.change.valid_until is not None:
            counts[entry.change.holder, entry.change.valid_until + ONE_DAY] -= 1
    for span in entry.replaced:
        if entry.event in REWRITES:
            counts[span.code, span.since] -= 1
            if span.until is not None:
                counts[span.code, span.until + ONE_DAY] += 1
        else:
            assert span.until is not None
            counts[span.code, span.until + ONE_DAY] -= 1
    return counts


@often
@for_any_sequence
def test_any_sequence_adds_up_to_the_counts_of_its_registrations(steps: list[int], policy: Policy) -> None:
    judged = run(steps, policy)
    for patient_id, for_person in ((PATIENT, True), (TEMPORARY_PATIENT, False)):
        assert summed(judged, patient_id) == counted(final(judged, for_person))


def summed(judged: list[Judged], patient_id: UUID) -> dict[tuple[str, date], int]:
    total: Deltas = Counter()
    for entry in entries(judged):
        if entry.patient_id == patient_id:
            total.update(deltas(entry))
    return {key: count for key, count in total.items() if count}


def counted(state: PatientState) -> dict[tuple[str, date], int]:
    total: Deltas = Counter()
    for span in registrations(state.history or ()):
        total[span.code, span.since] += 1
        if span.until is not None:
            total[span.code, span.until + ONE_DAY] -= 1
    return {key: count for key, count in total.items() if count}


@often
@for_any_sequence
def test_rule_5_any_sequence_starts_nothing_after_the_day_on_which_it_was_judged(
    steps: list[int], policy: Policy
) -> None:
    for one in run(steps, policy):
        for entry in one.decision.entries:
            if entry.event in (Event.STARTED, Event.TRANSFERRED):
                assert entry.since is not None
                assert entry.since <= one.command.offered_on


@settings(max_examples=50, deadline=None)
@given(sequences, policies, st.integers(0, 25))
def test_the_same_commands_always_give_the_same_result(steps: list[int], policy: Policy, at: int) -> None:
    judged = run(steps, policy)
    for one in judged[at : at + 5]:
        assert decide(one.before, one.command, one.reference, by_id(one.other)) == one.decision
