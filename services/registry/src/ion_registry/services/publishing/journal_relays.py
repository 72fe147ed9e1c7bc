"""Who owns a partition of the commands topic publishes what came of it: a relay comes and goes with each."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from ion_platform import metrics
from ion_platform.logging import get_logger, where
from ion_platform.relay import Relay
from ion_platform.runtime import GRACE_S, Service
from ion_registry.services.publishing.insurer_topics import InsurerTopics
from ion_registry.services.publishing.journal_source import JournalSource

log = get_logger(__name__)

RESTART_DELAY_S = 1.0


class JournalRelays:
    """The relays of the partitions that this process reads."""

    def __init__(self, service: Service, holder: str) -> None:
        self._service = service
        self._holder = holder
        self._insurer_topics = InsurerTopics(service.settings.kafka_bootstrap)
        self._running: dict[int, tuple[Relay, asyncio.Task[None]]] = {}

    async def start(self, partitions: Collection[int]) -> None:
        """Begins to publish what these partitions of the journal hold."""
        for partition in partitions:
            if partition not in self._running:
                relay = self._relay(partition)
                self._running[partition] = (relay, asyncio.create_task(_keep_running(relay, partition)))

    async def stop(self, partitions: Collection[int]) -> None:
        """Finishes what is being published and gives the leases back, so that the next owner need not wait."""
        stopping = [self._running.pop(partition) for partition in partitions if partition in self._running]
        for relay, _ in stopping:
            relay.stop()
        if not stopping:
            return
        _, late = await asyncio.wait([task for _, task in stopping], timeout=GRACE_S / 2)
        for task in late:
            task.cancel()

    async def stop_all(self) -> None:
        """The same for every partition, at the end of the process."""
        await self.stop(list(self._running))

    def wake(self, partitions: Collection[int]) -> None:
        """Says that a batch of these partitions was committed."""
        for partition in partitions:
            if partition in self._running:
                self._running[partition][0].wake()

    def _relay(self, partition: int) -> Relay:
        return Relay(
            JournalSource(partition, self._insurer_topics),
            self._service.pool,
            self._service.publisher,
            self._holder,
            self._service.settings.lease_s,
        )


async def _keep_running(relay: Relay, partition: int) -> None:
    """A relay waits out what is known to pass; anything else is a mistake of ours, shown and tried again."""
    while True:
        try:
            await relay.run()
            return
        except Exception as error:
            metrics.TASK_FAILURES.labels(task="journal").inc()
            log.error("journal relay failed", partition=partition, error=type(error).__name__, where=where(error))
            await asyncio.sleep(RESTART_DELAY_S)
