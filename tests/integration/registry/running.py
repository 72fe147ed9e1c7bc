"""A registry that runs in this process, and what it reads and writes on Kafka."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from ion_contracts import messages
from ion_contracts.catalogue import COMMANDS, EVENTS, OUTCOMES, all_topics
from ion_contracts.codec import Received, decode
from ion_contracts.messages import CommandOutcome, Message
from ion_platform.runtime import Service
from ion_registry.config import RegistrySettings
from ion_registry.factory import create_service
from tests.integration.registry.made_messages import Made

DEADLINE_S = 40.0
PARTITIONS = 4
UZOVI_CODES = ("3311", "7119")


@dataclass(frozen=True, slots=True)
class Published:
    """A record as a reader sees it."""

    topic: str
    partition: int
    key: bytes | None
    message: Received[Message]


async def until(
    condition: Callable[[], Awaitable[bool]], what: str, deadline_s: float = DEADLINE_S, pause_s: float = 0.05
) -> None:
    """Waits for a condition; fails with what it waited for."""
    end = time.monotonic() + deadline_s
    while not await condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {deadline_s} s in vain until {what}")
        await asyncio.sleep(pause_s)


async def make_topics_anew(bootstrap: str) -> None:
    """Removes what earlier tests left, and creates the topics with a few partitions."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        topics = {topic.name: min(topic.partitions_local, PARTITIONS) for topic in all_topics(UZOVI_CODES)}
        await admin.delete_topics([name for name in await admin.list_topics() if name in topics])

        async def gone() -> bool:
            return not topics.keys() & set(await admin.list_topics())

        await until(gone, "the old topics are gone")
        await admin.create_topics([NewTopic(name, count, 1) for name, count in topics.items()])

        async def led() -> bool:
            described = await admin.describe_topics(list(topics))
            return all(
                len(topic["partitions"]) == topics[topic["topic"]]
                and all(partition["leader"] >= 0 for partition in topic["partitions"])
                for topic in described
            )

        await until(led, "every partition of the topics has its leader")
    finally:
        await admin.close()


@asynccontextmanager
async def running(settings: RegistrySettings) -> AsyncIterator[Service]:
    """Runs a registry until the end of the block; it is ready at its beginning."""
    service = create_service(settings)
    async with service.app.router.lifespan_context(service.app):

        async def ready() -> bool:
            return all((await service.checks()).values())

        await until(ready, "the registry is ready")
        yield service


async def produce(bootstrap: str, made: Sequence[Made]) -> None:
    """Puts commands on the topic, each under its key; one without a key (a day to close) on partition 0."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        sent = [
            await producer.send(
                COMMANDS.name,
                one.body.to_json(),
                one.key,
                None if one.key is not None else 0,
                headers=one.envelope.headers(),
            )
            for one in made
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def produce_raw(
    bootstrap: str, records: Iterable[tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]]
) -> None:
    """Puts (key, value, headers) on the commands topic as they are."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=2 * 1024 * 1024)
    await producer.start()
    try:
        for key, value, headers in records:
            await producer.send_and_wait(COMMANDS.name, value, key, headers=headers)
    finally:
        await producer.stop()


async def read_all(bootstrap: str, topic: str) -> list[Published]:
    """Returns everything on a topic, partition by partition, decoded."""
    # Not `seek_to_beginning`: the reset to the end that a consumer begins with may still overtake it.
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        partitions = sorted(consumer.assignment())
        ends = await consumer.end_offsets(partitions)
        found: list[Published] = []
        for partition in partitions:
            while await consumer.position(partition) < ends[partition]:
                for record in (await consumer.getmany(partition, timeout_ms=200)).get(partition, []):
                    message = decode(record.headers, record.value, messages.ALL)
                    found.append(Published(topic, record.partition, record.key, message))
        return found
    finally:
        await consumer.stop()


async def read_until(bootstrap: str, topic: str, enough: Callable[[list[Published]], bool]) -> list[Published]:
    """Returns everything on a topic, as soon as that is enough."""
    found: list[Published] = []

    async def is_enough() -> bool:
        nonlocal found
        try:
            found = await read_all(bootstrap, topic)
        except KafkaError:
            return False
        return enough(found)

    await until(is_enough, f"{topic} holds enough")
    return found


async def read_outcomes(bootstrap: str, made: Iterable[Made]) -> list[CommandOutcome]:
    """Returns all outcomes as soon as each of these commands has a final one."""
    wanted = {one.id for one in made}

    def complete(found: list[Published]) -> bool:
        return wanted <= {outcome.command_id for outcome in outcomes_in(found) if outcome.status != "deferred"}

    return outcomes_in(await read_until(bootstrap, OUTCOMES.name, complete))


def outcomes_in(found: Iterable[Published]) -> list[CommandOutcome]:
    """Returns the outcomes among records."""
    return [one.message.body for one in found if isinstance(one.message.body, CommandOutcome)]


async def read_events(bootstrap: str, at_least: int) -> list[Published]:
    """Returns all events about registrations (no closed days), as soon as there are so many."""

    def about_registrations(found: list[Published]) -> list[Published]:
        return [one for one in found if one.message.envelope.sequence is not None]

    found = await read_until(bootstrap, EVENTS.name, lambda found: len(about_registrations(found)) >= at_least)
    return about_registrations(found)
