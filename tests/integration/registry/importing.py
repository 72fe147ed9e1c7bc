"""Imports of care providers, by the service's own function, and what they leave in the tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from ion_platform.database import Connection, Pool
from ion_registry.services.importing.providers import ImportOrder, ImportReport, import_providers
from tests.unit.registry.made_providers import json_lines, read

MORNING = datetime(2027, 3, 15, 9, 30, tzinfo=UTC)


async def import_into(connection: Connection, *rows: Mapping[str, Any], **order: Any) -> ImportReport:
    """Imports rows in the caller's transaction."""
    return await import_providers(connection, read(json_lines(*rows)), ImportOrder(**{**ORDER, **order}))


async def import_rows(pool: Pool, *rows: Mapping[str, Any], **order: Any) -> ImportReport:
    """Imports rows in a transaction of their own."""
    async with pool.acquire() as connection, connection.transaction():
        return await import_into(connection, *rows, **order)


async def sent(connection: Connection | Pool, after: int = 0) -> list[dict[str, Any]]:
    """Returns the messages in the outbox behind so many, in their order."""
    rows = await connection.fetch("select value from outbox order by transaction_id, id offset $1", after)
    return [orjson.loads(row["value"]) for row in rows]


def told(report: ImportReport) -> list[tuple[str, str, list[str]]]:
    """Returns (kind, code, names of changed fields) of each change."""
    return [(c.kind.value, c.provider.agb_code, [d.field for d in c.differences()]) for c in report.changes]


ORDER: Mapping[str, Any] = {"imported_by": "made operator", "now": MORNING}
