"""What the register is told rather than does: the policy rows, and which life of the commands topic is read."""

from __future__ import annotations

from dataclasses import fields

from ion_platform.database import Connection
from ion_registry.domain.policy import ClosedDays, Policy, PolicyRow
from ion_registry.storage.journal import QUERIES


async def read_policy(connection: Connection) -> Policy:
    """Returns what the board has decided, the earliest row first."""
    rows = await connection.fetch(QUERIES["read_policy"])
    return Policy(tuple(PolicyRow(**{**row, "closed_days": ClosedDays(row["closed_days"])}) for row in map(dict, rows)))


async def add_policy(connection: Connection, row: PolicyRow) -> None:
    """Adds a row. Raises asyncpg.CheckViolationError, or UniqueViolationError when that day has one."""
    await connection.execute(QUERIES["add_policy"], *(getattr(row, field.name) for field in fields(row)))


async def read_generation(connection: Connection) -> int:
    """Returns which life of the commands topic is read now."""
    return int(await connection.fetchval(QUERIES["present_generation"]))
