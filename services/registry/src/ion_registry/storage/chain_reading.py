"""Chains and the rows under them, read in order and in bounded pieces."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from asyncpg import Record

from ion_platform.database import Connection
from ion_registry.domain.chain import Key, Link, Tail
from ion_registry.storage.access_log import CHAINS as ACCESS_CHAINS
from ion_registry.storage.chain import QUERIES
from ion_registry.storage.journal import chain_of

ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class ChainedTable:
    """A table that is covered by chains, one for each of its parts (partitions or stripes)."""

    rows_query: str
    key: tuple[str, ...]
    key_min: Key
    key_max: Key
    began_before_its_chain: bool


CHAINED_TABLES = {
    "journal": ChainedTable(
        rows_query="journal_rows",
        key=("generation", "offset", "n"),
        key_min=(-(2**63), -(2**63), -(2**63)),
        key_max=(2**63 - 1, 2**63 - 1, 2**63 - 1),
        began_before_its_chain=True,
    ),
    "access": ChainedTable(
        rows_query="access_rows",
        key=("link", "n"),
        key_min=(-(2**63), -(2**63)),
        key_max=(2**63 - 1, 2**63 - 1),
        began_before_its_chain=False,
    ),
}
"""By the first part of the names of their chains."""


async def read_chains(connection: Connection) -> list[str]:
    """Returns every chain, also one that has lost its tail, its links or its rows."""
    partitions = await connection.fetch(QUERIES["partitions_of_journal"])
    tails = await connection.fetch(QUERIES["all_tails"])
    links = await connection.fetch(QUERIES["chains_with_links"])
    names = {row["chain"] for row in (*tails, *links)} | {chain_of(row["partition"]) for row in partitions}
    return sorted(names | set(ACCESS_CHAINS), key=lambda name: (name.split("/")[0], int(name.split("/")[1])))


async def read_all_tails(connection: Connection) -> dict[str, Tail]:
    """Returns the newest link of each chain that has one."""
    rows = await connection.fetch(QUERIES["all_tails"])
    return {row["chain"]: Tail(row["n"], row["hash"]) for row in rows if row["n"]}


async def read_tail(connection: Connection, chain: str) -> Tail | None:
    """Returns where a chain ends, by its own tail; None when that row is gone."""
    row = await connection.fetchrow(QUERIES["read_tail"], chain)
    return None if row is None else Tail(row["n"], row["hash"])


async def read_links(connection: Connection, chain: str, after: int, limit: int) -> list[Link]:
    """Returns the next links of a chain."""
    rows = await connection.fetch(QUERIES["read_links"], chain, after, limit)
    return [_link(row) for row in rows]


async def read_rows(connection: Connection, chain: str, after: Key, through: Key) -> AsyncIterator[Sequence[Record]]:
    """Yields the rows of a chain's part behind a key up to another, in order; inside a transaction."""
    table, part = find_table(chain)
    cursor = await connection.cursor(QUERIES[table.rows_query], part, *after, *through)
    while rows := await cursor.fetch(ROWS_AT_ONCE):
        yield rows


async def read_key_beyond(connection: Connection, chain: str, after: Key) -> Key | None:
    """Returns the key of the first row behind this key, or None when it was the last."""
    table, part = find_table(chain)
    cursor = await connection.cursor(QUERIES[table.rows_query], part, *after, *table.key_max)
    row = await cursor.fetchrow()
    return None if row is None else tuple(row[column] for column in table.key)


async def count_rows_before_chain(connection: Connection, chain: str, through: Key) -> tuple[int, int]:
    """Returns how many rows of the journal up to a key name no link, and how many do."""
    _, part = find_table(chain)
    row = await connection.fetchrow(QUERIES["count_rows_before_chain"], part, *through)
    assert row is not None, "an aggregate always has a row"
    return row["unlinked"], row["linked"]


def find_table(chain: str) -> tuple[ChainedTable, int]:
    """Returns the table of a chain and the number of its part. Raises KeyError or ValueError for no such name."""
    prefix, _, part = chain.partition("/")
    return CHAINED_TABLES[prefix], int(part)


def _link(row: Record) -> Link:
    values = dict(row.items())
    return Link(**{**values, "first_key": tuple(row["first_key"]), "last_key": tuple(row["last_key"])})
