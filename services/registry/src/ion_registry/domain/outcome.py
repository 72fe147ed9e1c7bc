"""What judging a command comes to: the new state of the patient, and what the journal says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ion_contracts.messages import Status
from ion_registry.domain.command import Command
from ion_registry.domain.entry import Change, Code, Entry, Event
from ion_registry.domain.state import Done, PatientState


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state after a command, and its entries in order; the first is the command's own."""

    state: PatientState
    entries: tuple[Entry, ...]

    @property
    def first(self) -> Entry:
        """What became of the command itself."""
        return self.entries[0]

    def then(self, following: Outcome) -> Outcome:
        """Returns both, one after the other; `following` began at this one's state."""
        return Outcome(following.state, (*self.entries, *following.entries))


def refused(state: PatientState, command: Command, code: Code, version: int, **more: Any) -> Outcome:
    """Nothing changes, and the command is told why."""
    return Outcome(state, (_entry(state, command, Status.REFUSED, code, version, **more),))


def accepted(state: PatientState, command: Command, code: Code, version: int, **more: Any) -> Outcome:
    """The command is accepted, and nothing that others hear of changes."""
    return Outcome(state, (_entry(state, command, Status.ACCEPTED, code, version, **more),))


def happened(
    state: PatientState,
    command: Command,
    code: Code,
    event: Event,
    version: int,
    *,
    status: Status | None = Status.ACCEPTED,
    **more: Any,
) -> Outcome:
    """Something happened that others hear of: it takes the next sequence of the patient, and its place in history."""
    state = replace(state, sequence=state.sequence + 1)
    change: Change | None = more.get("change")
    if change is not None and state.history is not None:
        was_temporary = "wasTemporary" in more.get("details", ())
        done = Done(change, event, command.command_id, command.party, command.offered_on, was_temporary)
        state = replace(state, history=(*state.history, done))
    entry = _entry(state, command, status, code, version, event=event, sequence=state.sequence, **more)
    return Outcome(state, (entry,))


def _entry(
    state: PatientState, command: Command, status: Status | None, code: Code, version: int, **more: Any
) -> Entry:
    more.setdefault("agb_code", getattr(command, "agb_code", None))
    return Entry(
        command=command,
        patient_id=state.patient_id,
        caused_by=command.command_id,
        status=status,
        code=code,
        policy_version=version,
        **more,
    )
