"""Whether commands are taken: intake can be paused for all, or for one party."""

from __future__ import annotations

from datetime import datetime

from asyncpg import Record

from ion_platform.database import Connection, Pool
from ion_platform.queries import load_queries

QUERIES = load_queries("ion_registry.storage", "intake.sql")


async def all_paused(connection: Connection | Pool) -> bool:
    """Whether nobody's commands are taken now."""
    return bool(await connection.fetchval(QUERIES["all_paused"]))


async def paused_parties(connection: Connection) -> frozenset[str]:
    """Returns whose commands are refused now."""
    return frozenset(row["party"] for row in await connection.fetch(QUERIES["paused_parties"]))


async def pause(connection: Connection, party: str | None, now: datetime, user: str, reason: str) -> bool:
    """Pauses intake for a party, or for all (None); returns False when it was paused already."""
    return await connection.fetchval(QUERIES["pause"], party, now, user, reason) is not None


async def resume(connection: Connection, party: str | None, now: datetime, user: str) -> bool:
    """Resumes intake; returns False when it was not paused."""
    return await connection.fetchval(QUERIES["resume"], party, now, user) is not None


async def newest(connection: Connection, limit: int) -> list[Record]:
    """Returns what is paused, and what was before, the newest first."""
    return await connection.fetch(QUERIES["newest_pauses"], limit)
