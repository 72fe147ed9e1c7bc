"""The states of patients: their registration and what waits, locked, and saved as they became."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from ion_platform.database import Connection
from ion_registry.domain.state import PatientState
from ion_registry.storage.journal import QUERIES


class WaitingRow(NamedTuple):
    """A command that waits, as it came (`body` is its JSON), with where it stood; in the order of the columns."""

    command_id: str
    patient_id: UUID
    process_on: date
    correlation_id: str
    body: object
    generation: int
    partition: int
    offset: int


async def lock_registrations(connection: Connection, patient_ids: Collection[UUID]) -> dict[UUID, PatientState]:
    """Returns the locked registrations, without what waits. Who never had one is not in it."""
    rows = await connection.fetch(QUERIES["lock_registrations"], list(patient_ids))
    return {
        row["patient_id"]: PatientState(
            patient_id=row["patient_id"],
            agb_code=row["agb_code"],
            since=row["since"],
            last_end=row["last_end"],
            sequence=row["sequence"],
            uzovi=row["uzovi"],
        )
        for row in rows
    }


async def save_registrations(connection: Connection, states: Sequence[PatientState]) -> None:
    """Saves the registrations that changed, without what waits."""
    if not states:
        return
    await connection.execute(
        QUERIES["save_registrations"],
        [state.patient_id for state in states],
        [state.agb_code for state in states],
        [state.since for state in states],
        [state.last_end for state in states],
        [state.sequence for state in states],
        [state.uzovi for state in states],
    )


async def read_waiting(connection: Connection, patient_ids: Collection[UUID]) -> list[WaitingRow]:
    """Returns what waits for these patients, in the order in which it came. Their registrations are locked before."""
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
