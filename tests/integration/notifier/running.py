"""A notifier that runs in this process, or as one of its own, and what it reads and writes."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from ion_contracts.catalogue import DELIVERIES, EVENTS, PROVIDERS, dead_letters_topic
from ion_contracts.codec import Received, decode
from ion_contracts.messages import ALL, Message
from ion_notifier.config import NotifierSettings
from ion_notifier.factory import create_service
from ion_platform.runtime import Service
from tests.integration.notifier.made_messages import Made
from tests.support.stack import free_port

DEADLINE_S = 40.0
PARTITIONS = 3


async def until(condition: Callable[[], Awaitable[bool]], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Waits for a condition; fails with what it waited for."""
    end = time.monotonic() + deadline_s
    while not await condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {deadline_s} s in vain until {what}")
        await asyncio.sleep(0.03)


async def until_true(condition: Callable[[], bool], what: str, deadline_s: float = DEADLINE_S) -> None:
    """The same for a condition that asks nobody."""

    async def ask() -> bool:
        return condition()

    await until(ask, what, deadline_s)


async def make_topics_anew(bootstrap: str) -> None:
    """Removes what earlier tests left, and creates the topics with a few partitions."""
    topics = {topic.name for topic in (EVENTS, PROVIDERS, DELIVERIES, dead_letters_topic("notifier"))}
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([name for name in await admin.list_topics() if name in topics])

        async def gone() -> bool:
            return not topics & set(await admin.list_topics())

        await until(gone, "the old topics are gone")
        await admin.create_topics([NewTopic(name, PARTITIONS if name == EVENTS.name else 1, 1) for name in topics])

        async def there() -> bool:
            return topics <= set(await admin.list_topics())

        await until(there, "the topics are there")
    finally:
        await admin.close()


@asynccontextmanager
async def running(settings: NotifierSettings) -> AsyncIterator[Service]:
    """Runs a notifier until the end of the block; it is ready at its beginning."""
    service = create_service(settings)
    async with service.app.router.lifespan_context(service.app):

        async def ready() -> bool:
            return all((await service.checks()).values())

        await until(ready, "the notifier is ready")
        yield service


@dataclass(frozen=True, slots=True)
class Running:
    """A notifier as a process of its own, and where it answers."""

    process: asyncio.subprocess.Process
    url: str


@asynccontextmanager
async def process(settings: NotifierSettings) -> AsyncIterator[Running]:
    """Runs `ion-notifier serve` until the end of the block, unless it is gone by then; it is ready at its beginning."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    started = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("ion-notifier"),
        "serve",
        env={**environment(settings), "ION_HTTP_PORT": str(port)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as session:

            async def ready() -> bool:
                try:
                    async with session.get(f"{url}/health/ready") as answer:
                        return answer.status == 200
                except aiohttp.ClientError:
                    return False

            await until(ready, "the process is ready")
        yield Running(started, url)
    finally:
        if started.returncode is None:
            started.terminate()
        await asyncio.wait_for(started.wait(), DEADLINE_S)


def environment(settings: NotifierSettings) -> dict[str, str]:
    """Returns the environment that gives a process these settings."""
    told = {
        f"ION_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set - {"database_url"}
    }
    return {**os.environ, **told, "ION_DATABASE_URL": settings.database_url.get_secret_value()}


async def produce(bootstrap: str, made: Sequence[Made]) -> None:
    """Puts messages on their topics, each under its key."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        sent = [await producer.send(m.topic, m.body.to_json(), m.key, headers=m.envelope.headers()) for m in made]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def produce_raw(bootstrap: str, topic: str, value: bytes) -> None:
    """Puts a value without an envelope on a topic."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(topic, value, b"key")
    finally:
        await producer.stop()


async def read_until(bootstrap: str, topic: str, count: int) -> list[Received[Message]]:
    """Returns everything on a topic of one partition, as soon as there are so many messages."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    found: list[Received[Message]] = []

    async def enough() -> bool:
        for records in (await consumer.getmany(timeout_ms=100)).values():
            found.extend(decode(record.headers, record.value, ALL) for record in records)
        return len(found) >= count

    try:
        await until(enough, f"{topic} holds {count} messages")
        return found
    finally:
        await consumer.stop()
