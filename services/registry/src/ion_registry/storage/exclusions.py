"""Who is excluded, and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from asyncpg import Record

from ion_platform.database import Connection
from ion_registry.domain.exclusion import Exclusion
from ion_registry.storage.cases import QUERIES


class ExclusionRow(NamedTuple):
    """A new exclusion, in the order of its columns."""

    command_id: str
    case_id: UUID
    agb_code: str
    since: date
    until: date
    reason: str
    lifted_on: date | None = None
    lifted_by: str | None = None


class Lifting(NamedTuple):
    """The end of an exclusion that the database has, in the order of the columns."""

    agb_code: str
    since: date
    lifted_on: date
    lifted_by: str


async def read_exclusions(connection: Connection, agb_codes: Collection[str]) -> dict[str, list[Exclusion]]:
    """Returns when each of these codes is excluded, without what was lifted. A code that never was is not in it."""
    found: dict[str, list[Exclusion]] = {}
    if agb_codes:
        for row in await connection.fetch(QUERIES["read_exclusions"], list(agb_codes)):
            found.setdefault(row["agb_code"], []).append(Exclusion(row["agb_code"], row["since"], row["until"]))
    return found


async def lock_exclusions(connection: Connection) -> None:
    """Lets two batches that change exclusions follow each other; who only reads them does not wait."""
    await connection.execute(QUERIES["lock_exclusions"])


async def save_exclusions(connection: Connection, liftings: Sequence[Lifting], added: Sequence[ExclusionRow]) -> None:
    """Ends exclusions and then adds new ones, so that what was ended is not in the way."""
    for query, rows in (("lift_exclusions", liftings), ("add_exclusions", added)):
        if rows:
            await connection.execute(QUERIES[query], *(list(column) for column in zip(*rows, strict=True)))


async def exclusions_of_case(connection: Connection, case_id: UUID) -> list[Record]:
    """Returns agb_code, since, until and lifted_on of whom a case excluded."""
    return await connection.fetch(QUERIES["exclusions_of_case"], case_id)
