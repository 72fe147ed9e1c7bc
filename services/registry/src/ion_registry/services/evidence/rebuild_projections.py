"""What is kept beside the journal, so that it need not be added up for each question, computed from it anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from ion_platform.database import Connection
from ion_platform.queries import load_queries
from ion_registry.domain.state import Done, registrations
from ion_registry.storage.journal import read_histories

QUERIES = load_queries("ion_registry.storage", "rebuild.sql")
PORTION_ROWS_MAX = 2_000
"""Writers wait while a portion is compared: some tens of milliseconds."""


@dataclass(slots=True)
class Rebuilt:
    """How many patients were compared, how many registrations differed, and how many lists had another length."""

    patients: int = 0
    registrations: int = 0
    lists: int = 0


class _Kept(NamedTuple):
    """A row of `current` as the journal has it, in the order of the columns of its repair."""

    patient_id: UUID
    agb_code: str | None
    since: Any
    last_end: Any
    sequence: int
    list_name: str


async def rebuild_projections(connection: Connection, *, dry_run: bool, progress: Callable[[int], None]) -> Rebuilt:
    """Repairs registrations and the lengths of lists where they are not what the journal adds up to.

    Terms, parties, blocks and what counts for ping-pong are states of their own and stay. The register may be running.
    """
    rebuilt = Rebuilt()
    reached = UUID(int=0)
    while True:
        async with connection.transaction():
            await connection.execute(QUERIES["lock_current"])
            rows = await connection.fetch(QUERIES["next_portion"], reached, PORTION_ROWS_MAX)
            if not rows:
                break
            await _compare(connection, rows, rebuilt, dry_run)
        reached = rows[-1]["patient_id"]
        progress(rebuilt.patients)
    async with connection.transaction():
        await connection.execute(QUERIES["lock_current"])
        rebuilt.lists = await connection.fetchval(QUERIES["differing_counts"])
        if rebuilt.lists and not dry_run:
            await connection.execute(QUERIES["clear_counts"])
            await connection.execute(QUERIES["count_lists"])
    return rebuilt


async def _compare(connection: Connection, rows: Sequence[Any], rebuilt: Rebuilt, dry_run: bool) -> None:
    histories = await read_histories(connection, [row["patient_id"] for row in rows if row["numbered"]])
    differing = []
    for row in rows:
        if row["numbered"]:
            kept = _kept(row, histories[row["patient_id"]])
            if kept[1:5] != (row["agb_code"], row["since"], row["last_end"], row["sequence"]):
                differing.append(kept)
    rebuilt.patients += len(rows)
    rebuilt.registrations += len(differing)
    if differing and not dry_run:
        columns = (list(column) for column in zip(*differing, strict=True))
        await connection.execute(QUERIES["repair_registrations"], *columns)


def _kept(row: Any, history: Sequence[Done]) -> _Kept:
    spans = registrations(history)
    active = next((span for span in spans if span.until is None), None)
    return _Kept(
        row["patient_id"],
        active.code if active else None,
        active.since if active else None,
        max((span.until for span in spans if span.until is not None), default=None),
        row["numbered"],
        row["list_name"],
    )
