"""Rules 1 to 6: what becomes of a command. Pure: no I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from ion_contracts.messages import Status
from ion_registry.domain.calendar import ONE_DAY, Policy, process_on
from ion_registry.domain.command import Command, RegisterCommand, WaitingCommand
from ion_registry.domain.entry import Code, Entry, Period
from ion_registry.domain.state import PatientState


@dataclass(frozen=True, slots=True)
class Decision:
    """The new state of the patient, and what the journal says of it, in order."""

    state: PatientState
    entries: tuple[Entry, ...]


def decide(state: PatientState, command: Command, policy: Policy) -> Decision:
    """Returns what `command` does to the patient. What waited and is due by then is settled first (rule 6)."""
    state, entries = _settle_due(state, command, policy)
    if isinstance(command, RegisterCommand):
        state, entry = _judge(state, command, policy)
        entries.append(entry)
    return Decision(state, tuple(entries))


def _settle_due(state: PatientState, cause: Command, policy: Policy) -> tuple[PatientState, list[Entry]]:
    """Judges each waiting command that is due anew, in the order they came, as if offered on its day of processing."""
    entries: list[Entry] = []
    due = [waiting for waiting in state.waiting if waiting.process_on <= cause.offered_on]
    if not due:
        return state, entries
    state = replace(state, waiting=tuple(waiting for waiting in state.waiting if waiting.process_on > cause.offered_on))
    for waiting in due:
        as_offered = replace(waiting.command, offered_on=waiting.process_on, start_date=waiting.process_on)
        state, entry = _judge(state, as_offered, policy)
        entries.append(replace(entry, command=waiting.command, caused_by=cause.command_id))
    return state, entries


def _judge(state: PatientState, command: RegisterCommand, policy: Policy) -> tuple[PatientState, Entry]:
    start = command.offered_on if command.start_date is None else command.start_date
    version = policy.row_on(command.offered_on).version
    if start > command.offered_on:  # rule 5
        return state, _refused(command, Code.START_IN_FUTURE, version)
    if state.agb_code is None or state.since is None:
        return _judge_first(state, command, start, version)
    if state.agb_code == command.agb_code:  # rule 1: nothing to change
        met = Entry(command, command.command_id, Status.ACCEPTED, Code.ALREADY_REGISTERED, version, since=state.since)
        return state, met
    if start < command.offered_on:  # rule 4
        return state, _refused(command, Code.START_IN_PAST, version)
    due_on = process_on(command.offered_on, policy)
    if due_on is not None:  # rule 6
        waiting = WaitingCommand(command, due_on)
        entry = Entry(
            command, command.command_id, Status.DEFERRED, Code.DEFERRED_CLOSED_DAY, version, process_on=due_on
        )
        return replace(state, waiting=(*state.waiting, waiting)), entry
    if state.since >= start:  # rule 3
        return state, _refused(command, Code.SECOND_REGISTRATION_SAME_DAY, version)
    return _transfer(state, command, start, version)


def _judge_first(
    state: PatientState, command: RegisterCommand, start: date, version: int
) -> tuple[PatientState, Entry]:
    """Without an active registration the past is allowed (rule 4), and closed days do not count (rule 6)."""
    if state.last_end is not None and start <= state.last_end:
        return state, _refused(command, Code.OVERLAPS_EARLIER_REGISTRATION, version)
    sequence = state.sequence + 1
    entry = Entry(
        command,
        command.command_id,
        Status.ACCEPTED,
        Code.REGISTERED,
        version,
        since=start,
        sequence=sequence,
    )
    return replace(state, agb_code=command.agb_code, since=start, sequence=sequence, uzovi=command.uzovi), entry


def _transfer(state: PatientState, command: RegisterCommand, start: date, version: int) -> tuple[PatientState, Entry]:
    """Rule 2: the old registration ends on the day before the new one starts."""
    assert state.agb_code is not None
    assert state.since is not None
    last_day = start - ONE_DAY
    sequence = state.sequence + 1
    entry = Entry(
        command,
        command.command_id,
        Status.ACCEPTED,
        Code.TRANSFERRED,
        version,
        since=start,
        sequence=sequence,
        previous=Period(state.agb_code, state.since, last_day),
        previous_uzovi=state.uzovi,
    )
    moved = replace(
        state, agb_code=command.agb_code, since=start, last_end=last_day, sequence=sequence, uzovi=command.uzovi
    )
    return moved, entry


def _refused(command: RegisterCommand, code: Code, policy_version: int) -> Entry:
    return Entry(command, command.command_id, Status.REFUSED, code, policy_version)
