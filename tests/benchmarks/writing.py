"""Runs writers: how many commands a second, and which processes used the processors for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import asyncpg

from tests.benchmarks import server

BATCH = 1000
FIRST_DAY = date(2026, 1, 5)
"""Every run has a day of its own, so that who moved before may move again; before any real day of a run."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one run did; processor time in milliseconds per 1000 commands."""

    per_s: float
    python_ms: float
    postgres_ms: float
    codes: Counter[str]


def setting() -> dict[str, str]:
    """Returns the environment of processes that take the BSNs of benchmarks."""
    return {**os.environ, "ION_ENVIRONMENT": "test", "ION_BENCHMARK_BSNS": "1"}


async def write(url: str, writers: int, batches: int, profile: str | None = None) -> Written:
    """Lets so many processes write at the same time, each its own commands."""
    await server.checkpoint(url)
    order = await _next_run(url, writers * batches * BATCH)
    order |= {"database": url, "batches": batches, "batch_size": BATCH, "profile": profile}
    running = [_start(order | {"worker": worker}) for worker in range(writers)]
    for process in running:
        assert _hear(process) == "ready"
    before = server.cpu_s()
    for process in running:
        _tell(process)
    done = [json.loads(_hear(process)) for process in running]
    postgres = server.cpu_s() - before
    for process in running:
        _tell(process)
        process.wait(timeout=30)
    thousands = sum(one["commands"] for one in done) / 1000
    return Written(
        per_s=thousands * 1000 / max(one["took_s"] for one in done),
        python_ms=sum(one["cpu_s"] for one in done) * 1000 / thousands,
        postgres_ms=postgres * 1000 / thousands,
        codes=sum((Counter(one["codes"]) for one in done), Counter()),
    )


async def _next_run(url: str, commands: int) -> dict[str, Any]:
    connection = await asyncpg.connect(url)
    row = await connection.fetchrow(
        "update benchmark_load set taken = taken + $1, runs = runs + 1 returning patients, practices, taken - $1, runs",
        commands,
    )
    await connection.close()
    assert row is not None
    patients, practices, taken, run = row
    return {"patients": patients, "practices": practices, "taken": taken, "run": run, "day": str(open_day(run))}


def open_day(run: int) -> date:
    """Returns the day of a run; never near the end of a quarter, when changes wait (rule 6)."""
    day = FIRST_DAY
    for _ in range(run):
        day += timedelta(days=1)
        while day.day < 4 or day.day > 25:
            day += timedelta(days=1)
    return day


def _start(order: dict[str, Any]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.write_worker", json.dumps(order)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=setting(),
    )


def _hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line:
        raise RuntimeError(f"a writer ended with {process.wait()}")
    return line


def _tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
