"""Recomputes every link of a chain, in pieces: bounded memory, and no long transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ion_platform.database import Connection
from ion_registry.domain.chain import LINK_COLUMN, Key, Link, RowEncoder, Tail
from ion_registry.domain.chain_check import ChainCheck, Fault, FaultKind
from ion_registry.storage.chain_reading import (
    count_rows_before_chain,
    find_table,
    read_key_beyond,
    read_links,
    read_rows,
    read_tail,
)

LINKS_AT_ONCE = 500
"""One transaction reads the rows of so many links: some seconds at most."""


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What was found of one chain: links and rows that are whole, rows from before it began, and the first fault."""

    chain: str
    links: int
    rows: int
    rows_before: int
    fault: Fault | None


async def verify_chain(
    connection: Connection,
    chain: str,
    *,
    from_link: int = 1,
    heads: Mapping[int, bytes] | None = None,
    progress: Callable[[str, int, int], None] = lambda _chain, _link, _of: None,
) -> ChainReport:
    """Returns how whole a chain is from a link on; stops at the first fault.

    `heads` are hashes of links by number, kept outside the database. `progress` gets chain, link and number of links.
    Rows that are written meanwhile are looked at too.
    """
    before = None if from_link == 1 else await _read_link(connection, chain, from_link - 1)
    if before is None and from_link > 1:
        missing = Fault(from_link - 1, FaultKind.LINK_MISSING, "so there is nothing to begin behind")
        return ChainReport(chain, 0, 0, 0, missing)
    check = ChainCheck(Tail() if before is None else Tail(before.n, before.hash), heads or {})
    walk = _Walk(connection, chain, check, before)
    last, fault = from_link - 1, None
    while fault is None and not walk.ended:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            links = await read_links(connection, chain, last, LINKS_AT_ONCE)
            fault = await (walk.take(links) if links else walk.finish())
            tail = await read_tail(connection, chain)
        last = links[-1].n if links else last
        progress(chain, last, max(last, tail.n if tail else 0))
    return ChainReport(chain, check.links, check.rows, walk.rows_before, fault)


class _Walk:
    """Goes along the rows of a chain, some links at a time, behind the link `before` or from the very beginning."""

    def __init__(self, connection: Connection, chain: str, check: ChainCheck, before: Link | None) -> None:
        self._connection = connection
        self._chain = chain
        self._check = check
        self._before = before
        self._table = find_table(chain)[0]
        self._position: Key | None = None
        self.rows_before = 0
        self.ended = False

    async def take(self, links: list[Link]) -> Fault | None:
        """Checks the next links against their rows."""
        position, fault = await self._begin(min(link.first_key for link in links))
        if fault is not None:
            return fault
        through = max(position, *(link.last_key for link in links))
        self._check.open(links)
        async for rows in read_rows(self._connection, self._chain, position, through):
            encode = RowEncoder(list(dict(rows[0])))
            for row in rows:
                key = tuple([row[column] for column in self._table.key])
                self._check.add(row[LINK_COLUMN], key, encode(row))
        self._position = through
        return self._check.close()

    async def finish(self) -> Fault | None:
        """Checks that nothing lies behind the last link."""
        self.ended = True
        position, fault = await self._begin(None)
        if fault is not None:
            return fault
        beyond = await read_key_beyond(self._connection, self._chain, position)
        return self._check.finish(await read_tail(self._connection, self._chain), beyond)

    async def _begin(self, first: Key | None) -> tuple[Key, Fault | None]:
        """Returns behind which row to read on; at the very beginning, once what lies before the chain is counted."""
        if self._position is not None:
            return self._position, None
        if self._before is not None:
            return (_just_before(first) if first else self._before.last_key), None
        if not self._table.began_before_its_chain:
            return self._table.key_min, None
        position = _just_before(first) if first else self._table.key_max
        self.rows_before, linked = await count_rows_before_chain(self._connection, self._chain, position)
        if linked:
            return position, Fault(
                1, FaultKind.LINK_MISSING, f"{linked} rows before the first link name links that are gone"
            )
        return position, None


async def _read_link(connection: Connection, chain: str, n: int) -> Link | None:
    found = await read_links(connection, chain, n - 1, 1)
    return found[0] if found and found[0].n == n else None


def _just_before(key: Key) -> Key:
    return (*key[:-1], key[-1] - 1)
