"""Publishes records in order per partition, and returns when the broker has them all (acks=all)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from ion_platform.outbox import Record

BATCH_BYTES_MAX = 512 * 1024
"""Below the broker's 1 MB limit per request, with room for headers."""
REQUEST_BYTES_MAX = 1024 * 1024
PUBLISH_TIMEOUT_S = 30.0
"""After this a producer counts as stuck: it is closed and a new one opened. The outbox makes that safe."""


class PublishError(Exception):
    """Kafka did not take the records. Try again later: nothing is lost, some may have been published."""


class Publisher:
    """One idempotent producer, opened when first needed and again after a failure."""

    def __init__(self, bootstrap: str, client_id: str) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None
        self._opening = asyncio.Lock()
        self._partition_of = DefaultPartitioner()

    async def publish(self, records: Sequence[Record]) -> None:
        """Publishes all records; records of one key keep their order.

        Raises PublishError when the broker has not acknowledged every one in time.
        """
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                producer = await self._open()
                await self._send(producer, records)
        except (KafkaError, TimeoutError, OSError, ExceptionGroup) as error:
            # The group is that of the partitions: some may have taken their records.
            await self.close()
            raise PublishError(f"Kafka did not take {len(records)} records: {type(error).__name__}") from error

    async def close(self) -> None:
        """Closes the producer; the next publish opens a new one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(KafkaError, TimeoutError, OSError):
                await asyncio.wait_for(producer.stop(), timeout=5)

    async def _open(self) -> AIOKafkaProducer:
        async with self._opening:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._bootstrap,
                    client_id=self._client_id,
                    enable_idempotence=True,
                    acks="all",
                    linger_ms=0,
                    max_batch_size=BATCH_BYTES_MAX,
                    max_request_size=REQUEST_BYTES_MAX,
                    request_timeout_ms=10_000,
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def _send(self, producer: AIOKafkaProducer, records: Sequence[Record]) -> None:
        by_partition: dict[tuple[str, int], list[Record]] = {}
        partitions: dict[str, list[int]] = {}
        for record in records:
            if record.topic not in partitions:
                partitions[record.topic] = sorted(await producer.partitions_for(record.topic))
            by_partition.setdefault((record.topic, self._partition(record, partitions[record.topic])), []).append(
                record
            )
        async with asyncio.TaskGroup() as group:
            for (topic, partition), of_partition in by_partition.items():
                group.create_task(self._send_in_order(producer, topic, partition, of_partition))

    def _partition(self, record: Record, partitions: list[int]) -> int:
        if record.partition is not None:
            return record.partition
        return int(self._partition_of(record.key, partitions, partitions))

    async def _send_in_order(
        self, producer: AIOKafkaProducer, topic: str, partition: int, records: list[Record]
    ) -> None:
        acknowledgements: list[Any] = []
        batch = producer.create_batch()
        for record in records:
            content = {"timestamp": None, "key": record.key, "value": record.value, "headers": record.headers}
            if batch.append(**content) is None:
                acknowledgements.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(**content)
        acknowledgements.append(await producer.send_batch(batch, topic, partition=partition))
        for acknowledgement in acknowledgements:
            await acknowledgement
