"""Deduplication by (source, id), for receivers that have no better natural key."""

from __future__ import annotations

from collections.abc import Sequence

from ion_platform.database import Connection
from ion_platform.outbox import QUERIES
from ion_platform.subscription import Delivery


async def new_deliveries(connection: Connection, batch: Sequence[Delivery]) -> list[Delivery]:
    """Returns the deliveries whose message was never taken before, each once, in their order.

    They are remembered in the caller's transaction, so taking and remembering commit together.
    """
    first = {(d.message.envelope.source, d.message.envelope.id): d for d in reversed(batch)}
    rows = await connection.fetch(
        QUERIES["remember_messages"], [source for source, _ in first], [identifier for _, identifier in first]
    )
    fresh = {(row["source"], row["id"]) for row in rows}
    return [d for key, d in reversed(first.items()) if key in fresh]
