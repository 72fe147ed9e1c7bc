"""`make bench-register`: the write path of the register without Kafka, everything included."""

from __future__ import annotations

import asyncio
import os
from statistics import median

from tests.benchmarks import server, yardstick
from tests.benchmarks.load import ensure_loaded, patients_asked
from tests.benchmarks.results import Result, measured, save
from tests.benchmarks.writing import Written, write

ROUNDS = int(os.environ.get("ION_BENCH_ROUNDS", "3"))
BATCHES = int(os.environ.get("ION_BENCH_BATCHES", "40"))
TARGETS = {1: ">= 3.5", 2: ">= 6"}


async def measure(url: str, patients: int) -> list[Result]:
    """Returns the figures of one and of two writers, each round beside pgbench."""
    database, bench = await ensure_loaded(url, patients), yardstick.prepare(url)
    written: dict[int, list[Written]] = {writers: [] for writers in TARGETS}
    yards: dict[int, list[float]] = {writers: [] for writers in TARGETS}
    cpu_yards: dict[int, list[float]] = {writers: [] for writers in TARGETS}
    await write(database, 1, BATCHES // 4)
    for _ in range(ROUNDS):
        for writers in TARGETS:
            await server.checkpoint(url)
            before, cpu_before = yardstick.writes(bench)
            written[writers].append(await write(database, writers, BATCHES))
            await server.checkpoint(url)
            after, cpu_after = yardstick.writes(bench)
            yards[writers].append((before + after) / 2)
            cpu_yards[writers].append((cpu_before + cpu_after) / 2)
    results: list[Result] = []
    for writers, target in TARGETS.items():
        name = f"write path, {'one connection' if writers == 1 else 'two connections'}, {patients} patients"
        runs = written[writers]
        results += [
            measured(name, [run.per_s for run in runs], "commands/s", "P =", yards[writers], target),
            measured(
                f"{name}: CPU of 1000 commands",
                [run.python_ms + run.postgres_ms for run in runs],
                "ms",
                "of 1000 transactions of P, ms:",
                cpu_yards[writers],
                "",
            ),
            Result(f"{name}: CPU of Python", median(run.python_ms for run in runs), "ms per 1000 commands"),
            Result(f"{name}: CPU of PostgreSQL", median(run.postgres_ms for run in runs), "ms per 1000 commands"),
        ]
    return results


def main() -> None:
    """Measures with as many patients as were asked for."""
    patients = patients_asked()
    with server.running() as url:
        save(f"register-{patients}", asyncio.run(measure(url, patients)))


if __name__ == "__main__":
    main()
