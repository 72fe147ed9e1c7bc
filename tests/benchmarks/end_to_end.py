"""`make bench-end-to-end`: a command on Kafka until its event can be read on Kafka."""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles

import asyncpg
import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from ion_contracts.catalogue import COMMANDS, EVENTS
from ion_platform.clock import amsterdam_day
from tests.benchmarks import broker, registry_processes, server, yardstick
from tests.benchmarks.commands import Made, Population, made_commands
from tests.benchmarks.load import ensure_loaded, patients_asked
from tests.benchmarks.results import Result, measured, save

COMMANDS_PER_ROUND = int(os.environ.get("ION_BENCH_COMMANDS", "60000"))
ROUNDS = 3
LATENCY_SAMPLES = 80
WAIT_S = 120.0
TARGETS = {1: ">= 2.5", 2: ">= 4"}


@dataclass(frozen=True, slots=True)
class Passed:
    """One round: commands a second, and the processor time per 1000 commands in milliseconds."""

    per_s: float
    python_ms: float
    postgres_ms: float
    jvm_ms: float


async def measure(url: str, patients: int) -> list[Result]:
    """Returns the figures of one and two processes, and the latency of one."""
    database, bench = await ensure_loaded(url, patients), yardstick.prepare(url)
    results: list[Result] = []
    with broker.running() as kafka:
        await _next_generation(database)
        await broker.make_topics(kafka.bootstrap)
        for count, target in TARGETS.items():
            with registry_processes.running(count, database, kafka.bootstrap) as processes:
                idle = registry_processes.memory_mb(processes)
                if count == 1:
                    results += await _latency(database, kafka.bootstrap)
                yards, rounds = [], []
                for _ in range(ROUNDS):
                    await server.checkpoint(url)
                    yards.append(yardstick.writes_per_s(bench))
                    await server.checkpoint(url)
                    rounds.append(await _round(database, kafka, processes))
                name = f"end to end, {_processes(count)}, {patients} patients"
                results += _figures(name, rounds, yards, target)
                results += [
                    _memory(f"registry, {_processes(count)}, idle", idle, 120),
                    _memory(f"registry, {_processes(count)}, under load", registry_processes.memory_mb(processes), 350),
                ]
    return results


async def _round(database: str, kafka: broker.Broker, processes: list[psutil.Process]) -> Passed:
    made = await _commands(database, COMMANDS_PER_ROUND)
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap, acks="all", max_batch_size=broker.BATCH_BYTES, max_request_size=2**20
    )
    await producer.start()
    consumer = await broker.listener(kafka.bootstrap)
    try:
        before = registry_processes.cpu_s(processes), server.cpu_s(), kafka.cpu_s()
        began = time.perf_counter()
        sending = asyncio.create_task(broker.produce(producer, made))
        heard = await _hear_all(consumer, len(made))
        await sending
        python, postgres, jvm = (
            after - start
            for after, start in zip(
                (registry_processes.cpu_s(processes), server.cpu_s(), kafka.cpu_s()), before, strict=True
            )
        )
    finally:
        await consumer.stop()
        await producer.stop()
    thousands = len(made) / 1000
    return Passed(
        len(made) / (heard.last_s - began),
        python * 1000 / thousands,
        postgres * 1000 / thousands,
        jvm * 1000 / thousands,
    )


async def _hear_all(consumer: AIOKafkaConsumer, commands: int) -> broker.Heard:
    """Returns when each command has its outcome and each change its event. Raises RuntimeError when one is missing."""
    heard, end = broker.Heard(), time.monotonic() + WAIT_S
    while time.monotonic() < end:
        await broker.hear(consumer, heard)
        if len(heard.outcomes) < commands:
            continue
        codes = [json.loads(value)["code"] for value in heard.outcomes]
        expected = sum(code in ("registered", "transferred") for code in codes)
        if heard.events >= expected:
            if len(heard.outcomes) != commands or heard.events != expected:
                break
            return heard
    raise RuntimeError(f"{len(heard.outcomes)} outcomes and {heard.events} events of {commands} commands")


async def _latency(database: str, bootstrap: str) -> list[Result]:
    """Ten commands a second, from producing until the event is read; and the same for a record that goes nowhere."""
    made = await _commands(database, LATENCY_SAMPLES * 2)
    through = await _times(bootstrap, made, EVENTS.name, None)
    bare = await _times(bootstrap, made[:LATENCY_SAMPLES], broker.BARE_TOPIC, broker.BARE_TOPIC)
    return [
        measured(
            f"latency at ten commands a second, {name}",
            [_percentile(through, part)],
            "ms",
            "bare round trip, ms:",
            [_percentile(bare, part)],
            target,
        )
        for name, part, target in (("p50", 50, "<= 2"), ("p95", 95, "<= 3"))
    ]


async def _times(bootstrap: str, made: list[Made], read: str, write: str | None) -> list[float]:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    consumer = await broker.listener(bootstrap, read)
    sent: dict[str, float] = {}
    times: list[float] = []

    async def listen() -> None:
        while len(times) < len(sent) or len(sent) < len(made):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                now = time.perf_counter()
                for record in records:
                    headers = dict(record.headers)
                    cause = headers.get("ce_causationid" if write is None else "ce_id", b"").decode()
                    if cause in sent:
                        times.append((now - sent[cause]) * 1000)
            if len(sent) == len(made) and time.perf_counter() - max(sent.values()) > 2:
                return  # What changed nothing has no event.

    listening = asyncio.create_task(listen())
    for one in made:
        sent[one.envelope.id] = time.perf_counter()
        topic = write or COMMANDS.name
        partition = 0 if write else broker.partition_of(one.key)
        await producer.send(topic, one.body.to_json(), one.key, partition, headers=one.envelope.headers())
        await asyncio.sleep(0.1)
    await listening
    await consumer.stop()
    await producer.stop()
    return times


async def _commands(database: str, count: int) -> list[Made]:
    connection = await asyncpg.connect(database)
    row = await connection.fetchrow(
        "update benchmark_load set taken = taken + $1, runs = runs + 1 returning patients, practices, taken - $1, runs",
        count,
    )
    await connection.close()
    assert row is not None
    patients, practices, taken, run = row
    today = amsterdam_day(datetime.now(UTC))
    return list(made_commands(Population(patients, practices, taken), count, today, 10_000_000 + run))


async def _next_generation(database: str) -> None:
    """The broker is new: its topic is another one than the register has read so far."""
    connection = await asyncpg.connect(database)
    await connection.execute(
        "insert into topic_generation (generation) select max(generation) + 1 from topic_generation"
    )
    await connection.execute("delete from consumer_position where topic = $1", COMMANDS.name)
    await connection.execute("delete from relay")
    await connection.execute(
        "insert into relay select 'journal/' || partition, 'benchmark', 1, '-infinity',"
        " array[(select max(generation) from topic_generation), -1, 0] from generate_series(0, $1 - 1) as partition",
        broker.PARTITIONS,
    )
    await connection.close()


def _figures(name: str, rounds: list[Passed], yards: list[float], target: str) -> list[Result]:
    return [
        measured(name, [one.per_s for one in rounds], "commands/s", "P =", yards, target),
        *(
            Result(f"{name}: CPU of {where}", sorted(values)[len(values) // 2], "ms per 1000 commands")
            for where, values in (
                ("Python", [one.python_ms for one in rounds]),
                ("PostgreSQL", [one.postgres_ms for one in rounds]),
                ("the JVM", [one.jvm_ms for one in rounds]),
            )
        ),
    ]


def _memory(what: str, value: float, limit: float) -> Result:
    return Result(f"memory of {what}", value, "MB", f"at most {limit:.0f} MB", value / limit, "<= 1", value <= limit)


def _processes(count: int) -> str:
    return "one process" if count == 1 else "two processes"


def _percentile(times: list[float], part: int) -> float:
    return quantiles(times, n=100)[part - 1]


def main() -> None:
    """Measures with as many patients as were asked for."""
    patients = patients_asked()
    with server.running() as url:
        save(f"end-to-end-{patients}", asyncio.run(measure(url, patients)))


if __name__ == "__main__":
    main()
