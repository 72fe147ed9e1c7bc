"""Reads one topic: batches of raw records, each decoded alone, one transaction a batch, positions in the database.

FastStream feeds the batches; acknowledgement is ours. What this promises is in docs/guarantees.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from ion_contracts.catalogue import dead_letters_topic
from ion_contracts.codec import UnreadableMessageError, decode
from ion_platform import metrics
from ion_platform.clock import Clock
from ion_platform.database import Connection, Pool, is_infrastructure_error
from ion_platform.dead_letters import dead_letter
from ion_platform.logging import get_logger
from ion_platform.outbox import QUERIES, enqueue
from ion_platform.subscription import Delivery, Subscription, Unreadable

log = get_logger(__name__)

PAUSED_DELAY_S = 1.0
"""So often a paused subscription looks whether it may go on; its heartbeats go on meanwhile."""
HANDLER_ERROR = "handler-error: the service failed on this record"


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """How a service reads its topics. `instance` makes a static member, so that a restart is not a rebalance."""

    service: str
    bootstrap: str
    instance: str | None
    batch_records_max: int = 1000
    batch_wait_ms: int = 10
    session_timeout_ms: int = 10_000
    retry_delay_max_s: float = 5.0


@dataclass(slots=True)
class _Progress:
    """What this process believes about its partitions."""

    positions: dict[int, int] = field(default_factory=dict)
    assigned: bool = False
    failures: int = 0


class TopicReader(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads one topic."""

    def __init__(
        self,
        broker: KafkaBroker,
        settings: ReaderSettings,
        pool: Pool,
        clock: Clock,
        subscription: Subscription,
        wake_outbox: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._pool = pool
        self._clock = clock
        self._subscription = subscription
        self._wake_outbox = wake_outbox
        self._topic = subscription.topic.name
        self._progress = _Progress()
        self._batch_running = asyncio.Lock()
        self._draining = False
        self._subscriber = broker.subscriber(
            self._topic,
            group_id=f"{settings.service}.{self._topic}",
            group_instance_id=settings.instance,
            batch=True,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            listener=self,
            parser=_raw_parser,
            decoder=_raw_decoder,
            max_records=settings.batch_records_max,
            batch_timeout_ms=settings.batch_wait_ms,
            fetch_max_wait_ms=settings.batch_wait_ms,
            session_timeout_ms=settings.session_timeout_ms,
            heartbeat_interval_ms=settings.session_timeout_ms // 4,
        )
        self._subscriber(self._take)

    @property
    def ready(self) -> bool:
        return self._progress.assigned and self._progress.failures == 0

    @property
    def alive(self) -> bool:
        tasks = self._subscriber.tasks
        return not tasks or any(not task.done() for task in tasks)

    async def drain(self) -> None:
        """Takes no new batch and waits for the running one."""
        self._draining = True
        async with self._batch_running:
            pass

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Waits for the running batch, so that the next owner starts behind it."""
        async with self._batch_running:
            partitions = [p.partition for p in revoked]
            for partition in partitions:
                self._progress.positions.pop(partition, None)
            if partitions and self._subscription.on_revoked:
                await self._subscription.on_revoked(partitions)

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Seeks to the positions in the database, once it can be reached."""
        partitions = sorted(p.partition for p in assigned)
        while not await self._seek_to_stored(partitions):
            await self._back_off()
        if partitions and self._subscription.on_assigned:
            await self._subscription.on_assigned(partitions)
        self._progress.assigned = True

    async def _seek_to_stored(self, partitions: Sequence[int]) -> bool:
        try:
            async with self._pool.acquire() as connection:
                await connection.execute(QUERIES["ensure_positions"], self._topic, partitions)
                rows = await connection.fetch(QUERIES["read_positions"], self._topic, partitions)
        except Exception as error:
            if not is_infrastructure_error(error):
                raise
            self._note_failure(error)
            return False
        for row in rows:
            self._progress.positions[row["partition"]] = row["next_offset"]
            self._seek(row["partition"], row["next_offset"])
        self._progress.failures = 0
        return True

    async def _take(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """Takes one batch. Every record ends in one named result, or the batch is read again later."""
        async with self._batch_running:
            mine = [r for r in records if r.partition in self._progress.positions]
            if self._draining or not mine:
                return
            if self._subscription.is_paused and self._subscription.is_paused():
                self._go_back(mine)
                delay_s = PAUSED_DELAY_S
            else:
                try:
                    await self._take_whole(mine)
                    self._progress.failures = 0
                    return
                except Exception as error:
                    self._note_failure(error)
                    await self._read_again(mine, error)
                    delay_s = self._retry_delay_s()
        await asyncio.sleep(delay_s)

    async def _take_whole(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """One transaction for all; when the handler fails, one for each record, so that the culprit stands alone."""
        try:
            await self._attempt(records)
        except Exception as error:
            if is_infrastructure_error(error):
                raise
            log.exception("batch failed, taking its records one by one", topic=self._topic, records=len(records))
            for record in records:
                await self._take_alone(record)
        await self._commit_for_monitoring()

    async def _take_alone(self, record: ConsumerRecord[bytes, bytes]) -> None:
        try:
            await self._attempt([record])
        except Exception as error:
            if is_infrastructure_error(error):
                raise
            log.exception("record failed", topic=self._topic, partition=record.partition, offset=record.offset)
            await self._attempt([record], HANDLER_ERROR)

    async def _attempt(self, records: Sequence[ConsumerRecord[bytes, bytes]], refuse_as: str | None = None) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            fresh = await self._lock_fresh(connection, records)
            deliveries, unreadable = self._decode(fresh, refuse_as)
            if deliveries:
                await self._subscription.handler(connection, deliveries)
            if unreadable:
                await self._put_aside(connection, unreadable)
            following = {r.partition: r.offset + 1 for r in fresh}
            await connection.execute(QUERIES["move_positions"], self._topic, list(following), list(following.values()))
        self._progress.positions.update(following)
        metrics.MESSAGES.labels(topic=self._topic, result="handled").inc(len(deliveries))
        metrics.MESSAGES.labels(topic=self._topic, result="dead-lettered").inc(len(unreadable))
        metrics.MESSAGES.labels(topic=self._topic, result="read-before").inc(len(records) - len(fresh))
        self._wake_outbox()
        if following and self._subscription.after_commit:
            self._subscription.after_commit(following.keys())

    async def _lock_fresh(
        self, connection: Connection, records: Sequence[ConsumerRecord[bytes, bytes]]
    ) -> list[ConsumerRecord[bytes, bytes]]:
        """Returns the records at or above the stored positions, which stay locked until the commit."""
        partitions = sorted({r.partition for r in records})
        rows = await connection.fetch(QUERIES["lock_positions"], self._topic, partitions)
        stored = {row["partition"]: row["next_offset"] for row in rows}
        for partition in partitions:
            if stored.get(partition, 0) < self._progress.positions[partition]:
                raise PositionMovedBackError(f"{self._topic} partition {partition}: the database went back in time")
        return sorted(
            (r for r in records if r.offset >= stored[r.partition]),
            key=lambda record: (record.partition, record.offset),
        )

    def _decode(
        self, records: Sequence[ConsumerRecord[bytes, bytes]], refuse_as: str | None
    ) -> tuple[list[Delivery], list[Unreadable]]:
        deliveries: list[Delivery] = []
        unreadable: list[Unreadable] = []
        for r in records:
            try:
                if refuse_as is not None:
                    raise UnreadableMessageError(refuse_as)
                message = decode(r.headers, r.value, self._subscription.topic.types)
            except UnreadableMessageError as error:
                unreadable.append(Unreadable(r.topic, r.partition, r.offset, r.key, r.headers, r.value, str(error)))
            else:
                deliveries.append(Delivery(r.topic, r.partition, r.offset, r.key, message))
        return deliveries, unreadable

    async def _put_aside(self, connection: Connection, unreadable: Sequence[Unreadable]) -> None:
        if self._subscription.on_unreadable:
            await self._subscription.on_unreadable(connection, unreadable)
        topic = dead_letters_topic(self._settings.service)
        now = self._clock.now()
        await enqueue(connection, [dead_letter(topic.name, self._settings.service, u, now) for u in unreadable])
        for u in unreadable:
            log.warning(
                "record put aside", topic=u.topic, partition=u.partition, offset=u.offset, reason=u.reason.split(":")[0]
            )

    async def _read_again(self, records: Sequence[ConsumerRecord[bytes, bytes]], error: Exception) -> None:
        """Goes back to the last commit that this process knows of, or to what the database now says."""
        partitions = sorted({r.partition for r in records})
        if isinstance(error, PositionMovedBackError) and await self._seek_to_stored(partitions):
            return
        self._go_back(records)

    def _go_back(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        for partition in {r.partition for r in records}:
            self._seek(partition, self._progress.positions[partition])

    def _seek(self, partition: int, offset: int) -> None:
        consumer = self._subscriber.consumer
        if consumer is not None and TopicPartition(self._topic, partition) in consumer.assignment():
            consumer.seek(TopicPartition(self._topic, partition), offset)

    async def _commit_for_monitoring(self) -> None:
        """The truth is in the database; what Kafka knows shows the lag, so a failure here changes nothing."""
        consumer = self._subscriber.consumer
        if consumer is None:
            return
        try:
            await consumer.commit({TopicPartition(self._topic, p): o for p, o in self._progress.positions.items()})
        except KafkaError as error:
            log.info("offsets not committed to Kafka", topic=self._topic, error=type(error).__name__)

    def _note_failure(self, error: BaseException) -> None:
        self._progress.failures += 1
        log.warning(
            "batch not taken, trying again",
            topic=self._topic,
            error=type(error).__name__,
            failures=self._progress.failures,
        )

    async def _back_off(self) -> None:
        await asyncio.sleep(self._retry_delay_s())

    def _retry_delay_s(self) -> float:
        return float(min(0.1 * 2**self._progress.failures, self._settings.retry_delay_max_s))


class PositionMovedBackError(ConnectionError):
    """The database was restored while this process ran: it reads its positions again."""


async def _raw_parser(message: Any) -> Any:
    """Leaves the records alone: a header that is not UTF-8 must not stop the batch."""
    return (
        message
        if isinstance(message, KafkaMessage)
        else KafkaMessage(raw_message=message, body=None, consumer=_NO_CONSUMER)
    )


async def _raw_decoder(message: Any) -> Any:
    return message.raw_message


class _NoConsumer:
    """FastStream acknowledges nothing here."""

    async def commit(self) -> None: ...

    def seek(self, partition: TopicPartition, offset: int) -> None: ...


_NO_CONSUMER = _NoConsumer()
