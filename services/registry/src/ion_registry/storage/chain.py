"""The chains in the database: where they end, and links added to them. See docs/evidence.md."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record

from ion_platform.database import Connection
from ion_platform.queries import load_queries
from ion_registry.domain.chain import BEFORE_THE_FIRST, Key, Link, Tail

QUERIES = load_queries("ion_registry.storage", "chain.sql")


@dataclass(frozen=True, slots=True)
class OpenChain:
    """A chain that this transaction may extend, and the moment that its link gets."""

    chain: str
    tail: Tail
    linked_at: datetime


async def read_tails(connection: Connection, chains: Collection[str]) -> Mapping[str, OpenChain]:
    """Returns where these chains go on. The caller is their only writer until the commit."""
    rows = await connection.fetch(QUERIES["read_tails"], list(chains))
    return {row["chain"]: _open_chain(row) for row in rows}


async def lock_any(connection: Connection, chains: Sequence[str], otherwise: str) -> OpenChain:
    """Returns one of these chains, locked until the commit; when others write all of them, waits for one."""
    row = await connection.fetchrow(QUERIES["lock_free_stripe"], chains)
    if row is None:
        row = await connection.fetchrow(QUERIES["lock_stripe"], [otherwise])
    assert row is not None, "the migration made the tail of each stripe, and a trigger keeps it"
    return _open_chain(row)


async def save_links(connection: Connection, links: Sequence[Link]) -> None:
    """Adds links, at most one of each chain, in the caller's transaction."""
    await connection.execute(
        QUERIES["save_links"],
        [link.chain for link in links],
        [link.n for link in links],
        [_array(link.first_key) for link in links],
        [_array(link.last_key) for link in links],
        [link.rows for link in links],
        [link.rows_hash for link in links],
        [link.previous_hash for link in links],
        [link.hash for link in links],
        [link.linked_at for link in links],
    )


def _open_chain(row: Record) -> OpenChain:
    return OpenChain(row["chain"], Tail(row["n"], row["hash"] or BEFORE_THE_FIRST), row["linked_at"])


def _array(key: Key) -> str:
    return "{" + ",".join(str(part) for part in key) + "}"
