"""The Kafka of the benchmarks, and what the benchmark itself puts on it and reads from it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from ion_contracts.catalogue import COMMANDS, EVENTS, OUTCOMES, all_topics
from ion_local.kafka import start_kafka
from ion_local.parts import Part
from ion_local.topics import create_topics
from tests.benchmarks import server
from tests.benchmarks.commands import Made
from tests.benchmarks.people import INSURERS
from tests.support.stack import free_port

BARE_TOPIC = "benchmark.round-trip"
BATCH_BYTES = 512 * 1024
PARTITIONS = COMMANDS.partitions_local


@dataclass(frozen=True, slots=True)
class Broker:
    """Where it listens, and its process."""

    bootstrap: str
    process: psutil.Process

    def cpu_s(self) -> float:
        """Returns the processor time of the JVM so far."""
        times = self.process.cpu_times()
        return times.user + times.system


@contextmanager
def running() -> Iterator[Broker]:
    """Runs an empty broker until the end of the block."""
    part, port = Part("kafka", server.DIRECTORY), free_port()
    part.stop()
    folder = server.DIRECTORY / f"kafka-{time.time_ns()}"
    try:
        start_kafka(part, folder, port, free_port())
        process = part.process()
        assert process is not None, "it has just started"
        yield Broker(f"127.0.0.1:{port}", process)
    finally:
        part.stop()
        _remove(folder)


async def make_topics(bootstrap: str) -> None:
    """Creates the topics of the catalogue, and one for the bare round trip."""
    await create_topics(bootstrap, all_topics(INSURERS))
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(BARE_TOPIC, 1, 1)])
    await admin.close()


def partition_of(key: bytes) -> int:
    """Returns the partition of a patient's commands; any function of the key does."""
    return key[0] % PARTITIONS


async def produce(producer: AIOKafkaProducer, made: Iterable[Made]) -> None:
    """Puts commands on the topic in batches, partition by partition; returns when the broker has all of them."""
    by_partition: dict[int, list[Made]] = {}
    for one in made:
        by_partition.setdefault(partition_of(one.key), []).append(one)
    await asyncio.gather(*(_produce(producer, partition, part) for partition, part in by_partition.items()))


async def _produce(producer: AIOKafkaProducer, partition: int, made: list[Made]) -> None:
    batch = producer.create_batch()
    for one in made:
        value, headers = one.body.to_json(), one.envelope.headers()
        if batch.append(key=one.key, value=value, timestamp=None, headers=headers) is None:
            await (await producer.send_batch(batch, COMMANDS.name, partition=partition))
            batch = producer.create_batch()
            batch.append(key=one.key, value=value, timestamp=None, headers=headers)
    await (await producer.send_batch(batch, COMMANDS.name, partition=partition))


@dataclass(slots=True)
class Heard:
    """What a reader of outcomes and events has: final outcomes by code, events, and when the last one came."""

    outcomes: list[bytes] = field(default_factory=list)
    events: int = 0
    last_s: float = 0.0


async def hear(consumer: AIOKafkaConsumer, heard: Heard, timeout_ms: int = 1000) -> int:
    """Takes what there is; returns how many records that were."""
    found = await consumer.getmany(timeout_ms=timeout_ms, max_records=20_000)
    count = 0
    for partition, records in found.items():
        count += len(records)
        if partition.topic == OUTCOMES.name:
            heard.outcomes += [record.value for record in records]
        else:
            heard.events += sum(any(name == "ce_sequence" for name, _ in record.headers) for record in records)
    if count:
        heard.last_s = time.perf_counter()
    return count


async def listener(bootstrap: str, *topics: str) -> AIOKafkaConsumer:
    """Returns a reader of what comes from now on; the caller stops it."""
    consumer = AIOKafkaConsumer(
        *(topics or (OUTCOMES.name, EVENTS.name)),
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="latest",
        fetch_max_wait_ms=10,
    )
    await consumer.start()
    await consumer.seek_to_end()
    for partition in consumer.assignment():
        await consumer.position(partition)
    return consumer


def _remove(folder: object) -> None:
    import shutil

    shutil.rmtree(str(folder), ignore_errors=True)
