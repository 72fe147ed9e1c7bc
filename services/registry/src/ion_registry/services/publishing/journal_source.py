"""The journal as the source of a relay: one for each partition of the commands topic that this process reads."""

from __future__ import annotations

from collections.abc import Sequence

from ion_platform.database import Connection
from ion_platform.outbox import Position, Record
from ion_registry.services.publishing.insurer_topics import InsurerTopics
from ion_registry.services.publishing.render import insurers_of, render
from ion_registry.storage import journal


class JournalSource:
    """Renders the rows of one partition, in the order of their keys.

    A partition has one writer at a time, which holds its position row until the commit: what can be seen is
    committed, and nothing with a lower key appears later.
    """

    start: Position = (0, 0, 0)

    def __init__(self, partition: int, insurer_topics: InsurerTopics) -> None:
        self.name = f"journal/{partition}"
        self._partition = partition
        self._insurer_topics = insurer_topics

    async def fetch(
        self, connection: Connection, after: Position, limit: int
    ) -> list[tuple[Position, Sequence[Record]]]:
        """Returns up to `limit` rows behind (generation, offset, n), each with the records of all its topics."""
        generation, offset, n = after
        rows = await journal.read_after(connection, self._partition, (generation, offset, n), limit)
        if not rows:
            return []
        missing = await self._insurer_topics.without_topic(insurers_of(rows))
        return [
            (
                (publishable.row.generation, publishable.row.offset, publishable.row.n),
                [message.record() for message in render(publishable) if message.topic not in missing],
            )
            for publishable in rows
        ]
