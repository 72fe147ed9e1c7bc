"""What becomes of a command: one function to hold against the rules. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from ion_contracts.messages import Status
from ion_registry.domain.command import (
    AskCommand,
    Command,
    CompleteCommand,
    CorrectCommand,
    CoverageCommand,
    Deferrable,
    DeregisterCommand,
    EndCommand,
    ExtendCommand,
    MoveCommand,
    RegisterCommand,
    RegisterTemporaryCommand,
    RemoveCommand,
    RulingCommand,
    SettleCommand,
    UnblockCommand,
    WaitingCommand,
    WithdrawCommand,
)
from ion_registry.domain.completing import complete
from ion_registry.domain.covering import cover
from ion_registry.domain.ending import ask, deregister, expire, extend
from ion_registry.domain.entry import Code, Entry
from ion_registry.domain.outcome import Outcome, accepted, refused
from ion_registry.domain.reference import Reference
from ion_registry.domain.registering import move, register, register_temporary
from ion_registry.domain.rewriting import carry_out_ruling, correct, withdraw
from ion_registry.domain.state import PatientState
from ion_registry.domain.unblocking import unblock

Temporaries: TypeAlias = Mapping[UUID, PatientState]
"""Temporary patients by their ids."""
NO_TEMPORARIES: Temporaries = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Decision:
    """The new state of the patient, and what the journal says of it, in order.

    `temporaries` are the temporary patients whom a completion changed.
    """

    state: PatientState
    entries: tuple[Entry, ...]
    temporaries: Temporaries = field(default_factory=lambda: NO_TEMPORARIES)

    def then(self, following: Decision) -> Decision:
        """Returns both, one after the other; `following` began at this one's state."""
        return Decision(
            following.state,
            (*self.entries, *following.entries),
            {**self.temporaries, **following.temporaries} if following.temporaries else self.temporaries,
        )


def decide(
    state: PatientState, command: Command, reference: Reference, temporaries: Temporaries = NO_TEMPORARIES
) -> Decision:
    """Returns what `command` does to the patient. What waited and is due by then is settled first (rule 6).

    `temporaries` are the temporary patients whom a completion, or one that waits, names.
    """
    decision = _settle_due(state, command, reference, temporaries)
    if isinstance(command, SettleCommand):
        return decision
    if command.party in reference.paused_parties:
        version = reference.policy.row_on(command.offered_on).version
        return decision.then(
            Decision(decision.state, refused(decision.state, command, Code.INTAKE_PAUSED, version).entries)
        )
    own = _judge(decision.state, command, reference, {**temporaries, **decision.temporaries})
    return decision.then(_forget_waiting(own, command, reference))


def _settle_due(state: PatientState, cause: Command, reference: Reference, temporaries: Temporaries) -> Decision:
    """Judges each waiting command that is due anew, in the order they came, as if offered on its day of processing."""
    due = [waiting for waiting in state.waiting if waiting.process_on <= cause.offered_on]
    if not due:
        return Decision(state, ())
    waiting = tuple(waiting for waiting in state.waiting if waiting.process_on > cause.offered_on)
    settled = Decision(replace(state, waiting=waiting), ())
    for one in due:
        judged = _judge(settled.state, _as_offered(one), reference, {**temporaries, **settled.temporaries})
        entries = tuple(_as_settled(entry, one, cause) for entry in judged.entries)
        settled = settled.then(_forget_waiting(replace(judged, entries=entries), cause, reference))
    return settled


def _forget_waiting(decision: Decision, cause: Command, reference: Reference) -> Decision:
    """Refuses what waits for a temporary patient whom a completion ended: the person goes on elsewhere."""
    waiting = [(state, one) for state in decision.temporaries.values() for one in state.waiting]
    if not waiting:
        return decision
    version = reference.policy.row_on(cause.offered_on).version
    details = {"because": Code.NOT_REGISTERED_HERE}
    forgotten = (
        refused(state, one.command, Code.NO_LONGER_POSSIBLE, version, details=details).first for state, one in waiting
    )
    return replace(
        decision,
        entries=(*decision.entries, *(replace(entry, caused_by=cause.command_id) for entry in forgotten)),
        temporaries={i: replace(state, waiting=()) for i, state in decision.temporaries.items()},
    )


def _as_offered(waiting: WaitingCommand) -> Deferrable:
    command = waiting.command
    if isinstance(command, RegisterCommand | RegisterTemporaryCommand):
        return replace(command, offered_on=waiting.process_on, start_date=waiting.process_on)
    return replace(command, offered_on=waiting.process_on)


def _as_settled(entry: Entry, waiting: WaitingCommand, cause: Command) -> Entry:
    """Names the original command; a refusal gets an outcome of its own: it was possible when it was offered."""
    entry = replace(entry, command=waiting.command, caused_by=cause.command_id)
    if entry.status is not Status.REFUSED:
        return entry
    return replace(entry, code=Code.NO_LONGER_POSSIBLE, details={**entry.details, "because": entry.code})


def _judge(state: PatientState, command: Command, reference: Reference, temporaries: Temporaries) -> Decision:
    if isinstance(command, CompleteCommand):
        return _complete(state, command, reference, temporaries.get(command.temporary_patient_id))
    outcome = _judge_one(state, command, reference)
    return Decision(outcome.state, outcome.entries)


def _judge_one(state: PatientState, command: Command, reference: Reference) -> Outcome:
    match command:
        case RegisterCommand():
            return register(state, command, reference)
        case RegisterTemporaryCommand():
            return register_temporary(state, command, reference)
        case MoveCommand():
            return move(state, command, reference)
        case DeregisterCommand():
            return deregister(state, command, reference)
        case WithdrawCommand():
            return withdraw(state, command, reference)
        case ExtendCommand():
            return extend(state, command, reference)
        case AskCommand():
            return ask(state, command, reference)
        case EndCommand():
            return expire(state, command, reference)
        case CoverageCommand():
            return cover(state, command, reference)
        case CorrectCommand():
            return correct(state, command, reference)
        case RulingCommand():
            return carry_out_ruling(state, command, reference)
        case UnblockCommand():
            return unblock(state, command, reference)
        case RemoveCommand():
            return _remove(state, command, reference)
        case SettleCommand() | CompleteCommand():
            raise AssertionError("judged before")


def _complete(
    state: PatientState, command: CompleteCommand, reference: Reference, temporary: PatientState | None
) -> Decision:
    """The state is that of the temporary patient itself when nobody has the BSN yet, else of the person."""
    if state.patient_id == command.temporary_patient_id:
        done = complete(state, None, command, reference)
        return Decision(done.temporary, done.entries)
    if temporary is None:
        version = reference.policy.row_on(command.offered_on).version
        return Decision(state, refused(state, command, Code.NOT_TEMPORARY, version).entries)
    done = complete(temporary, state, command, reference)
    assert done.person is not None
    changed = {} if done.temporary is temporary else {temporary.patient_id: done.temporary}
    return Decision(done.person, done.entries, changed)


def _remove(state: PatientState, command: RemoveCommand, reference: Reference) -> Outcome:
    version = reference.policy.row_on(command.offered_on).version
    if not command.office:
        return refused(state, command, Code.NOT_AUTHORISED, version)
    if state.agb_code is not None or state.waiting:
        return refused(state, command, Code.PERSON_HAS_REGISTRATION, version)
    return accepted(state, command, Code.PERSON_REMOVED, version, details={"reference": command.reference})
