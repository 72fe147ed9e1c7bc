"""The states of patients: their registration, insurance and what waits, locked, and saved as they became."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from asyncpg import Record

from ion_platform.database import Connection
from ion_registry.domain.spans import Span
from ion_registry.domain.state import Move, PatientState, Terms
from ion_registry.storage.journal import QUERIES


class WaitingRow(NamedTuple):
    """A command that waits, as it came (`body` is its JSON), with where it stood; in the order of the columns."""

    command_id: str
    patient_id: UUID
    process_on: date
    correlation_id: str
    type: str
    agb_code: str | None
    temporary_patient_id: UUID | None
    body: object
    generation: int
    partition: int
    offset: int


async def lock_states(connection: Connection, patient_ids: Set[UUID]) -> tuple[dict[UUID, PatientState], set[UUID]]:
    """Returns the states of these patients, their registrations locked, and who of them was removed.

    The states come without what waits and without history.
    """
    rows = await connection.fetch(QUERIES["lock_registrations"], list(patient_ids))
    return await _states(connection, rows, patient_ids), {row["patient_id"] for row in rows if row["removed"]}


async def read_states(connection: Connection, patient_ids: Set[UUID]) -> dict[UUID, PatientState]:
    """The states without locks, for who only looks."""
    rows = await connection.fetch(QUERIES["read_registrations"], list(patient_ids))
    return await _states(connection, rows, patient_ids)


async def _states(connection: Connection, rows: Sequence[Record], patient_ids: Set[UUID]) -> dict[UUID, PatientState]:
    insurances: defaultdict[UUID, list[Span]] = defaultdict(list)
    for patient_id, since, until, uzovi in await connection.fetch(QUERIES["read_insurances"], list(patient_ids)):
        insurances[patient_id].append(Span(uzovi, since, until))
    states = {row["patient_id"]: _state(row, tuple(insurances.get(row["patient_id"], ()))) for row in rows}
    for patient_id in patient_ids - states.keys():
        states[patient_id] = PatientState(patient_id, insurance=tuple(insurances.get(patient_id, ())))
    return states


async def save_registrations(connection: Connection, states: Sequence[PatientState], list_names: Sequence[str]) -> None:
    """Saves the registrations that changed, each under the name by which lists are ordered."""
    if not states:
        return
    await connection.execute(
        QUERIES["save_registrations"],
        [state.patient_id for state in states],
        [state.agb_code for state in states],
        [state.since for state in states],
        [state.last_end for state in states],
        [state.sequence for state in states],
        [state.party for state in states],
        [state.terms and state.terms.ask_on for state in states],
        [state.terms and state.terms.end_on for state in states],
        [state.blocked_on for state in states],
        [_moves(state) for state in states],
        list_names,
    )


async def save_insurances(connection: Connection, states: Sequence[PatientState], known: Collection[UUID]) -> None:
    """Saves the insurance periods of these patients anew; `known` are those of them who had some before."""
    if known:
        await connection.execute(QUERIES["remove_insurances"], list(known))
    periods = [(state.patient_id, span.since, span.until, span.code) for state in states for span in state.insurance]
    if periods:
        await connection.execute(QUERIES["add_insurances"], *(list(column) for column in zip(*periods, strict=True)))


async def add_timers(connection: Connection, terms: Mapping[UUID, Terms]) -> None:
    """Sets when something is due for temporary registrations (rule 34)."""
    rows = [
        (patient_id, kind, due_on)
        for patient_id, of_patient in terms.items()
        for kind, due_on in (("ask", of_patient.ask_on), ("end", of_patient.end_on))
        if due_on is not None
    ]
    if rows:
        await connection.execute(QUERIES["add_temporary_timers"], *(list(column) for column in zip(*rows, strict=True)))


async def add_to_counts(connection: Connection, changes: Mapping[tuple[str, int], int]) -> None:
    """Adds to the length of lists, by AGB code and partition; in one order, so that no two writers deadlock."""
    rows = sorted((agb_code, partition, change) for (agb_code, partition), change in changes.items() if change)
    if rows:
        await connection.execute(QUERIES["add_to_counts"], *(list(column) for column in zip(*rows, strict=True)))


async def read_waiting(connection: Connection, patient_ids: Collection[UUID]) -> list[WaitingRow]:
    """Returns what waits for these patients, in the order in which it came."""
    rows = await connection.fetch(QUERIES["read_waiting"], list(patient_ids))
    return [WaitingRow(*row) for row in rows]


async def add_waiting(connection: Connection, rows: Sequence[WaitingRow]) -> None:
    """Keeps commands until the day on which they are processed."""
    if rows:
        await connection.execute(QUERIES["add_waiting"], *(list(column) for column in zip(*rows, strict=True)))


async def remove_waiting(connection: Connection, command_ids: Collection[str]) -> None:
    """Forgets commands that were settled; the journal has what became of them."""
    if command_ids:
        await connection.execute(QUERIES["remove_waiting"], list(command_ids))


def _state(row: Record, insurance: tuple[Span, ...]) -> PatientState:
    return PatientState(
        patient_id=row["patient_id"],
        insurance=insurance,
        agb_code=row["agb_code"],
        since=row["since"],
        last_end=row["last_end"],
        sequence=row["sequence"],
        party=row["party"],
        terms=Terms(row["ask_on"], row["end_on"]) if row["end_on"] else None,
        blocked_on=row["blocked_on"],
        moves=tuple(Move(date.fromisoformat(m[0]), m[1], m[2]) for m in (row["moves"] or _NO_MOVES)["recent"]),
    )


def _moves(state: PatientState) -> dict[str, Any] | None:
    """An object, because the driver takes a list within a list of values for a second dimension."""
    recent = [[move.day, move.from_agb_code, move.to_agb_code] for move in state.moves]
    return {"recent": recent} if recent else None


_NO_MOVES: dict[str, Any] = {"recent": []}
