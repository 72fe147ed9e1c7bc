"""What the register is told rather than does: the policy rows, and which life of the commands topic is read."""

from __future__ import annotations

from ion_platform.database import Connection
from ion_registry.domain.calendar import ClosedDays, Policy, PolicyRow
from ion_registry.storage.journal import QUERIES


async def read_policy(connection: Connection) -> Policy:
    """Returns on which days changes wait."""
    rows = await connection.fetch(QUERIES["read_policy"])
    return Policy(tuple(PolicyRow(row["version"], row["valid_from"], ClosedDays(row["closed_days"])) for row in rows))


async def read_generation(connection: Connection) -> int:
    """Returns which life of the commands topic is read now."""
    return int(await connection.fetchval(QUERIES["present_generation"]))
