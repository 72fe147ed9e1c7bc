"""The journal: rows are appended, read in order, and never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from ion_platform.database import Connection
from ion_platform.queries import load_queries

QUERIES = load_queries("ion_registry.storage")


class Kind(StrEnum):
    """What a row is about."""

    REGISTER = "register"
    CLOSE_DAY = "close-day"
    MALFORMED = "malformed"


class JournalRow(NamedTuple):
    """One row, in the order of its columns; a tuple, because it is copied as it is."""

    generation: int
    partition: int
    offset: int
    n: int
    kind: str
    command_id: str
    correlation_id: str
    causation_id: str
    status: str
    code: str
    recorded_at: datetime
    recorded_on: date
    reason: str | None = None
    patient_id: UUID | None = None
    agb_code: str | None = None
    since: date | None = None
    previous_agb_code: str | None = None
    previous_since: date | None = None
    previous_until: date | None = None
    sequence: int | None = None
    uzovi: str | None = None
    previous_uzovi: str | None = None
    mode: str | None = None
    party: str | None = None
    offered_on: date | None = None
    process_on: date | None = None
    closed_day: date | None = None
    policy_version: int | None = None


class PublishableRow(NamedTuple):
    """A row with what its messages need beside it; a malformed command or a closed day has no patient.

    Ids of messages are computed from `event_namespace`, so that a row that is published again keeps them.
    """

    row: JournalRow
    event_namespace: UUID
    routing_key: bytes | None
    bsn: str | None


async def known_commands(connection: Connection, command_ids: Collection[str]) -> set[str]:
    """Returns which of these commands the journal has."""
    rows = await connection.fetch(QUERIES["known_commands"], list(command_ids))
    return {row["command_id"] for row in rows}


async def append(connection: Connection, rows: Sequence[JournalRow]) -> None:
    """Adds rows in the caller's transaction. The keys refuse a record, an outcome or a change that is there already."""
    if rows:
        await connection.copy_records_to_table("journal", records=rows, columns=JournalRow._fields)


async def read_after(
    connection: Connection, partition: int, after: tuple[int, int, int], limit: int
) -> list[PublishableRow]:
    """Returns the rows of a partition behind (generation, offset, n), in order."""
    rows = await connection.fetch(QUERIES["read_journal"], partition, *after, limit)
    width = len(JournalRow._fields)
    return [PublishableRow(JournalRow(*row[:width]), *row[width:]) for row in rows]
