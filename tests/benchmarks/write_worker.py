"""One writer of the benchmark of the write path: the registry's own handler on batches that are in memory already.

Says `ready`, waits for a line, does its batches, says what it took as JSON, and waits for another line to end.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import asyncpg

from ion_contracts.codec import Received
from ion_platform.clock import Clock
from ion_platform.database import prepare_connection
from ion_platform.outbox import QUERIES
from ion_platform.subscription import Delivery
from ion_registry.services.deciding.handle_commands import CommandHandler
from tests.benchmarks.commands import Population, made_commands

TOPIC = "benchmark.commands"
"""Its positions are not those of the commands topic."""
FIRST_PARTITION = 100
"""Beside those of the topic: nothing publishes what is written here."""
PARTITIONS = 6
"""Half of the topic's, as one of two processes has."""


class NoonClock(Clock):
    """The day of the run."""

    def __init__(self, day: date) -> None:
        self._moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        super().__init__()

    def now(self) -> datetime:
        return self._moment


async def work(order: dict[str, Any]) -> None:
    """Does what the order says: which commands, of which day, in how many batches, in which database."""
    day = date.fromisoformat(order["day"])
    connection = await asyncpg.connect(
        order["database"], server_settings={"timezone": "UTC", "jit": "off", "application_name": "benchmark"}
    )
    await prepare_connection(connection)
    partitions = [FIRST_PARTITION + order["worker"] * PARTITIONS + n for n in range(PARTITIONS)]
    await connection.execute(QUERIES["ensure_positions"], TOPIC, partitions)
    batches = _batches(order, day, partitions)
    handler = CommandHandler(NoonClock(day))
    gc.freeze()  # Commands in waiting are the benchmark's; the collector of the service would not meet them.
    await _line("ready")
    profile = _profiler() if order.get("profile") else None
    began, cpu = time.perf_counter(), time.process_time()
    for batch in batches:
        await _take(connection, handler, batch)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    if profile is not None:
        profile.disable()
        profile.dump_stats(order["profile"])
    codes = Counter(
        {
            row["code"]: row["count"]
            for row in await connection.fetch(
                'select code, count(*) from journal where partition = any($1) and "offset" >= $2 group by code',
                partitions,
                _first_offset(order),
            )
        }
    )
    commands = sum(len(batch) for batch in batches)
    await _line(json.dumps({"commands": commands, "took_s": took, "cpu_s": cpu, "codes": codes}))
    await connection.close()


def _batches(order: dict[str, Any], day: date, partitions: list[int]) -> list[list[Delivery]]:
    size, count = order["batch_size"], order["batches"]
    population = Population(order["patients"], order["practices"], order["taken"])
    seed, first = order["run"] * 100 + order["worker"], order["worker"] * size * count
    batches: list[list[Delivery]] = []
    offset = _first_offset(order)
    for n, made in enumerate(made_commands(population, size * count, day, seed, first)):
        if n % size == 0:
            batches.append([])
        partition = partitions[made.key[0] % PARTITIONS]
        message = Received(made.envelope, made.body)
        batches[-1].append(Delivery(TOPIC, partition, offset + n, made.key, message))
    return batches


def _first_offset(order: dict[str, Any]) -> int:
    return int(order["run"]) * 1_000_000


async def _take(connection: Any, handler: CommandHandler, batch: list[Delivery]) -> None:
    """As the reader of the topic takes a batch, without its decoding."""
    async with connection.transaction():
        following = {delivery.partition: delivery.offset + 1 for delivery in batch}
        await connection.fetch(QUERIES["lock_positions"], TOPIC, sorted(following))
        await handler.handle(connection, batch)
        await connection.execute(QUERIES["move_positions"], TOPIC, list(following), list(following.values()))


def _profiler() -> Any:
    from cProfile import Profile

    profile = Profile(time.process_time)
    profile.enable()
    return profile


async def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(work(json.loads(sys.argv[1])))
