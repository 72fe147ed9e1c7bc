"""All topics that one service reads. FastStream holds the connections; `topic_reader` reads each topic."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from faststream.kafka import KafkaBroker

from ion_platform.clock import Clock
from ion_platform.database import Pool
from ion_platform.subscription import Subscription
from ion_platform.topic_reader import ReaderSettings, TopicReader


class Consumers:
    """All subscriptions of one service."""

    def __init__(
        self,
        settings: ReaderSettings,
        pool: Pool,
        clock: Clock,
        subscriptions: Sequence[Subscription],
        wake_outbox: Callable[[], None],
    ) -> None:
        self._broker = KafkaBroker(
            settings.bootstrap,
            client_id=settings.instance or settings.service,
            logger=logging.getLogger("faststream"),
            apply_types=False,
            allow_auto_create_topics=False,
            graceful_timeout=20.0,
        )
        self._readers = [TopicReader(self._broker, settings, pool, clock, s, wake_outbox) for s in subscriptions]

    async def start(self) -> None:
        """Joins the groups. Raises KafkaError or OSError when the broker cannot be reached."""
        await self._broker.start()

    async def stop(self) -> None:
        """Finishes the running batches and leaves."""
        for reader in self._readers:
            await reader.drain()
        await self._broker.stop()

    @property
    def alive(self) -> bool:
        """Whether every topic still has a loop that reads it; FastStream starts a failed one again."""
        return all(reader.alive for reader in self._readers)

    @property
    def ready(self) -> bool:
        """Whether every subscription has had its assignment and its last batch did not fail."""
        return all(reader.ready for reader in self._readers)
