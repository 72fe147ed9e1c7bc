"""Whatever comes, in whatever order: the register stays what the rules promise."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ion_contracts.messages import Status
from ion_registry.domain.calendar import DEFAULT_POLICY, ONE_DAY, ClosedDays, Policy, PolicyRow
from ion_registry.domain.command import Command, RegisterCommand, SettleCommand
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Entry, Period
from ion_registry.domain.state import PatientState
from tests.unit.registry.made_commands import (
    LAST_AND_FIRST,
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    register,
    unknown_patient,
)

FIRST_DAY = date(2027, 3, 27)
CHANGED_POLICY = Policy((DEFAULT_POLICY.rows[0], PolicyRow(2, date(2027, 3, 31), ClosedDays.LAST_AND_FIRST_DAY)))

days = st.integers(0, 10).map(lambda number: FIRST_DAY + timedelta(days=number))
registers = st.builds(
    lambda agb_code, day, shift, uzovi: register(
        agb_code, day, None if shift is None else day + timedelta(days=shift), uzovi=uzovi
    ),
    st.sampled_from([PRACTICE_A, PRACTICE_B, PRACTICE_C]),
    days,
    st.sampled_from([None, None, None, 0, -1, -3, 1]),
    st.sampled_from(["3311", "7119", None]),
)
commands = st.one_of(registers, registers, registers, st.builds(SettleCommand, st.just("timer"), days))
sequences = st.lists(commands, max_size=25)
in_order = sequences.map(lambda items: sorted(items, key=lambda command: command.offered_on))
policies = st.sampled_from([DEFAULT_POLICY, LAST_AND_FIRST, CHANGED_POLICY])


def run(items: list[Command], policy: Policy) -> tuple[PatientState, list[Entry]]:
    """Decides all, and then settles what still waits."""
    state, entries = unknown_patient(), []
    for command in [*items, SettleCommand("last timer", date(2028, 1, 1))]:
        decision = decide(state, command, policy)
        state = decision.state
        entries.extend(decision.entries)
    return state, entries


def periods(state: PatientState, entries: list[Entry]) -> list[Period]:
    """Returns every period of the patient as the entries tell it; the active one without end."""
    ended = [entry.previous for entry in entries if entry.previous is not None]
    return ended if state.agb_code is None else [*ended, Period(state.agb_code, state.since or date.max, date.max)]


@settings(max_examples=400)
@given(st.one_of(sequences, in_order), policies)
def test_any_sequence_gives_each_command_exactly_one_final_outcome(items: list[Command], policy: Policy) -> None:
    _, entries = run(items, policy)
    finals = Counter(entry.command.command_id for entry in entries if entry.status is not Status.DEFERRED)
    deferred = Counter(entry.command.command_id for entry in entries if entry.status is Status.DEFERRED)
    asked = {command.command_id for command in items if isinstance(command, RegisterCommand)}
    assert set(finals) == asked
    assert set(finals.values()) <= {1}
    assert set(deferred.values()) <= {1}


@settings(max_examples=400)
@given(st.one_of(sequences, in_order), policies)
def test_any_sequence_leaves_periods_that_never_overlap_and_meet_each_other(
    items: list[Command], policy: Policy
) -> None:
    state, entries = run(items, policy)
    all_periods = periods(state, entries)
    assert all(period.since <= period.until for period in all_periods)
    assert all(earlier.until + ONE_DAY == later.since for earlier, later in pairwise(all_periods))
    assert all(earlier.agb_code != later.agb_code for earlier, later in pairwise(all_periods))
    for entry in entries:
        if entry.previous is not None:
            assert entry.since is not None
            assert entry.previous.until == entry.since - ONE_DAY


@settings(max_examples=400)
@given(st.one_of(sequences, in_order), policies)
def test_any_sequence_counts_its_changes_without_gaps(items: list[Command], policy: Policy) -> None:
    state, entries = run(items, policy)
    changes = [entry.sequence for entry in entries if entry.sequence is not None]
    assert changes == list(range(1, len(changes) + 1))
    assert state.sequence == len(changes)
    assert state.waiting == ()


@settings(max_examples=400)
@given(in_order, policies)
def test_what_starts_never_starts_after_the_day_it_was_judged_on(items: list[Command], policy: Policy) -> None:
    _, entries = run(items, policy)
    processed_on = {entry.command.command_id: entry.process_on for entry in entries if entry.process_on is not None}
    for entry in entries:
        if entry.sequence is not None:
            assert entry.since is not None
            assert entry.since <= processed_on.get(entry.command.command_id, entry.command.offered_on)


@given(sequences, policies)
def test_the_same_commands_always_give_the_same_result(items: list[Command], policy: Policy) -> None:
    assert run(items, policy) == run(items, policy)
