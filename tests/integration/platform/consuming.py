"""A small service for the tests of the platform: it counts what it was given, in its database."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from ion_contracts.catalogue import OUTCOMES, Topic, dead_letters_topic
from ion_contracts.codec import decode
from ion_contracts.envelope import Envelope
from ion_contracts.messages import CommandOutcome, DeadLetter, Status
from ion_platform.clock import Clock
from ion_platform.consumer import Consumers
from ion_platform.database import Connection, Pool, prepare_connection
from ion_platform.outbox import OutboxSource
from ion_platform.publisher import Publisher
from ion_platform.relay import Relay
from ion_platform.subscription import Delivery, Subscription
from ion_platform.topic_reader import ReaderSettings

PARTITIONS = 4
Record = tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]


@dataclass(slots=True)
class Bench:
    """One topic, one database, and the consumers that a test starts."""

    service: str
    topic: Topic
    bootstrap: str
    pool: Pool

    @asynccontextmanager
    async def consuming(self, handler: Callable[..., Awaitable[None]] | None = None) -> AsyncIterator[Consumers]:
        """Runs one member of the group until the end of the block."""
        consumers = Consumers(
            ReaderSettings(self.service, self.bootstrap, None, batch_records_max=50, session_timeout_ms=6000),
            self.pool,
            Clock(),
            [Subscription(self.topic, handler or count_commands)],
            lambda: None,
        )
        await consumers.start()
        try:
            yield consumers
        finally:
            await consumers.stop()

    @asynccontextmanager
    async def relaying(self, on_takeover: Callable[[], Awaitable[None]] | None = None) -> AsyncIterator[Relay]:
        """Publishes the outbox until the end of the block."""
        publisher = Publisher(self.bootstrap, "test")
        relay = Relay(OutboxSource(), self.pool, publisher, uuid.uuid4().hex, 2, on_takeover=on_takeover)
        task = asyncio.create_task(relay.run())
        try:
            yield relay
        finally:
            relay.stop()
            await task
            await publisher.close()

    async def send(self, records: Sequence[Record]) -> None:
        """Writes records to the topic, spread over its partitions by their keys."""
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, max_request_size=2 * 1024 * 1024)
        await producer.start()
        try:
            for key, value, headers in records:
                await producer.send(self.topic.name, value, key, headers=headers)
            await producer.flush()
        finally:
            await producer.stop()

    async def counted(self) -> Counter[str]:
        """Returns how often each command was counted."""
        rows = await self.pool.fetch("select command_id, times from counted")
        return Counter({row["command_id"]: row["times"] for row in rows})

    async def dead_letters(self) -> list[DeadLetter]:
        """Reads what was put aside and published."""
        topic = dead_letters_topic(self.service).name
        consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=self.bootstrap, group_id=None, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            found = await consumer.getmany(timeout_ms=1000)
            return [DeadLetter.model_validate_json(r.value) for records in found.values() for r in records]
        finally:
            await consumer.stop()


async def count_commands(connection: Connection, batch: Sequence[Delivery]) -> None:
    """Adds one per delivery, so that anything done twice shows."""
    await connection.executemany(
        "insert into counted values ($1, 1) on conflict (command_id) do update set times = counted.times + 1",
        [(delivery.message.body.command_id,) for delivery in batch],
    )


@asynccontextmanager
async def bench(bootstrap: str, database_url: str) -> AsyncIterator[Bench]:
    """Makes the tables and the topics of one test."""
    pool = await asyncpg.create_pool(database_url, init=prepare_connection, max_size=10)
    await pool.execute(files("ion_platform").joinpath("migrations/0001_pre_messaging.sql").read_text())
    await pool.execute("create table counted (command_id text primary key, times integer not null)")
    service = f"t{uuid.uuid4().hex[:8]}"
    topic = replace(OUTCOMES, name=f"{service}.outcomes.v1")
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    limit = {"max.message.bytes": str(2 * 1024 * 1024)}
    await admin.create_topics([NewTopic(topic.name, PARTITIONS, 1, topic_configs=limit)])
    await admin.create_topics([NewTopic(dead_letters_topic(service).name, 1, 1)])
    await admin.close()
    try:
        yield Bench(service, topic, bootstrap, pool)
    finally:
        pool.terminate()


def good(command_id: str) -> Record:
    """A record as the registry would publish it."""
    body = CommandOutcome(
        command_id=command_id, status=Status.ACCEPTED, code="registered", recorded_at=datetime(2027, 3, 1, tzinfo=UTC)
    )
    envelope = Envelope(
        id=f"event-{command_id}",
        source="urn:nld:ion:registry",
        type=CommandOutcome.TYPE,
        time=datetime(2027, 3, 1, tzinfo=UTC),
        correlation_id=command_id,
    )
    assert decode(envelope.headers(), body.to_json(), OUTCOMES.types).body == body
    return command_id.encode(), body.to_json(), envelope.headers()


async def until(condition: Callable[[], Awaitable[bool]], what: str, deadline_s: float = 30.0) -> None:
    """Waits for a condition; fails with what it waited for."""
    end_s = time.monotonic() + deadline_s
    while not await condition():
        assert time.monotonic() < end_s, f"waited {deadline_s} s in vain until {what}"
        await asyncio.sleep(0.05)
