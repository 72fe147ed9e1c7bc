"""The access log: rows are appended in stripes, each with a chain of its own, and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import choice
from typing import NamedTuple
from uuid import UUID

from ion_platform.database import Connection
from ion_registry.domain.chain import RowEncoder, next_link
from ion_registry.storage.chain import lock_any, save_links

STRIPES = 16
"""More than the connections that one process has; the migration made a chain for each."""
CHAINS = [f"access/{stripe}" for stripe in range(STRIPES)]


class Look(NamedTuple):
    """What the rows of one question have in common, in the order of their columns."""

    request_id: str
    party: str
    role: str
    on_behalf_of: str | None
    user_id: str | None
    action: str
    question: str
    result: str
    code: str | None


class AccessRow(NamedTuple):
    """One row, in the order of its columns."""

    stripe: int
    link: int
    n: int
    looked_at: datetime
    patient_id: UUID | None
    request_id: str
    party: str
    role: str
    on_behalf_of: str | None
    user_id: str | None
    action: str
    question: str
    result: str
    code: str | None


_encode = RowEncoder(AccessRow._fields)


async def append(connection: Connection, look: Look, subjects: Sequence[UUID | None]) -> None:
    """Adds a row for each subject in the caller's transaction, and a link over them to a chain that is free.

    That transaction is `read committed`: an older snapshot could not lock the end of a chain that has moved on.
    """
    at = await lock_any(connection, CHAINS, otherwise=choice(CHAINS))
    stripe, link_n = CHAINS.index(at.chain), at.tail.n + 1
    rows = [AccessRow(stripe, link_n, n, at.linked_at, subject, *look) for n, subject in enumerate(subjects, start=1)]
    await connection.copy_records_to_table("access_log", records=rows, columns=AccessRow._fields)
    keys = ((link_n, 1), (link_n, len(rows)))
    await save_links(connection, [next_link(at.chain, at.tail, keys, [_encode(row) for row in rows], at.linked_at)])
