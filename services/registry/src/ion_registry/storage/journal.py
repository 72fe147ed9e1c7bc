"""The journal: rows are appended, read in order, and never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from ion_platform.database import Connection
from ion_platform.queries import load_queries
from ion_registry.domain.chain import Key, RowEncoder, next_link
from ion_registry.domain.entry import Change, Event
from ion_registry.domain.state import Done
from ion_registry.storage.chain import read_tails, save_links

QUERIES = load_queries("ion_registry.storage")


class Kind(StrEnum):
    """What a row is about: a kind of command, or a record that could not be one."""

    REGISTER = "register"
    REGISTER_TEMPORARY = "register-temporary"
    EXTEND = "extend"
    COMPLETE = "complete"
    MOVE = "move"
    DEREGISTER = "deregister"
    WITHDRAW = "withdraw"
    COVERAGE = "coverage"
    CORRECT = "correct"
    RULING = "ruling"
    UNBLOCK = "unblock"
    REMOVE = "remove"
    ASK = "ask"
    END = "end"
    LIST = "list"
    CASE = "case"
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
    status: str | None
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
    provider_version: int | None = None
    batch_id: UUID | None = None
    event: str | None = None
    holder: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    replaced: object = None
    details: object = None


_BY_PARTITION_AND_KEY = attrgetter("partition", "generation", "offset", "n")
_encode = RowEncoder(JournalRow._fields)


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
    """Adds rows in the caller's transaction, and a link over them to the chain of each partition.

    The keys refuse a record, an outcome or a change that is there already. The consumer's locked position makes the
    transaction the only writer of its partitions, and so of their chains.
    """
    if not rows:
        return
    in_order = sorted(rows, key=_BY_PARTITION_AND_KEY)
    parts = {partition: list(part) for partition, part in groupby(in_order, key=attrgetter("partition"))}
    chains = await read_tails(connection, [chain_of(partition) for partition in parts])
    links, records = [], []
    for partition, part in parts.items():
        at = chains[chain_of(partition)]
        keys = (_key(part[0]), _key(part[-1]))
        link = next_link(at.chain, at.tail, keys, [_encode(row) for row in part], at.linked_at)
        links.append(link)
        records += [(*row, link.n) for row in part]
    await connection.copy_records_to_table("journal", records=records, columns=(*JournalRow._fields, "link"))
    await save_links(connection, links)


def chain_of(partition: int) -> str:
    """Returns the name of the chain over a partition of the journal."""
    return f"journal/{partition}"


async def read_after(
    connection: Connection, partition: int, after: tuple[int, int, int], limit: int
) -> list[PublishableRow]:
    """Returns the rows of a partition behind (generation, offset, n), in order."""
    rows = await connection.fetch(QUERIES["read_journal"], partition, *after, limit)
    width = len(JournalRow._fields)
    return [PublishableRow(JournalRow(*row[:width]), *row[width:]) for row in rows]


async def read_histories(connection: Connection, patient_ids: Collection[UUID]) -> dict[UUID, tuple[Done, ...]]:
    """Returns every change of these patients, in the order in which the register came to know them."""
    if not patient_ids:
        return {}
    found: dict[UUID, list[Done]] = {patient_id: [] for patient_id in patient_ids}
    for row in await connection.fetch(QUERIES["read_histories"], list(patient_ids)):
        change = Change(row["holder"], row["valid_from"], row["valid_until"], row["since"])
        done = Done(
            change,
            Event(row["event"]),
            row["command_id"],
            row["party"] or "",
            row["offered_on"],
            row["was_temporary"],
        )
        found[row["patient_id"]].append(done)
    return {patient_id: tuple(history) for patient_id, history in found.items()}


def _key(row: JournalRow) -> Key:
    return (row.generation, row.offset, row.n)
