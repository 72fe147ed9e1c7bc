"""Registry processes as an operator starts them, on the benchmark's database and broker."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from ion_local.parts import Part
from tests.benchmarks import server
from tests.benchmarks.writing import setting
from tests.support.stack import free_port

READY_S = 60.0


@contextmanager
def running(count: int, database: str, bootstrap: str) -> Iterator[list[psutil.Process]]:
    """Runs so many until the end of the block; they are ready at its beginning. Raises RuntimeError."""
    parts = [Part(f"registry-{n}", server.DIRECTORY) for n in range(count)]
    ports = []
    try:
        for part in parts:
            ports.append(free_port())
            part.stop()
            part.start(
                [Path(sys.executable).parent / "ion-registry", "serve"],
                {
                    **setting(),
                    "ION_INSTANCE": part.name,
                    "ION_DATABASE_URL": database,
                    "ION_KAFKA_BOOTSTRAP": bootstrap,
                    "ION_HTTP_PORT": str(ports[-1]),
                    "ION_LOG_LEVEL": "warning",
                },
            )
        for part, port in zip(parts, ports, strict=True):
            _wait(part, port)
        time.sleep(4)  # The last one to join moved partitions between them.
        for part, port in zip(parts, ports, strict=True):
            _wait(part, port)
        yield [process for part in parts if (process := part.process()) is not None]
    finally:
        for part in parts:
            part.stop()


def cpu_s(processes: list[psutil.Process]) -> float:
    """Returns their processor time so far."""
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))


def memory_mb(processes: list[psutil.Process]) -> float:
    """Returns the resident memory of the largest."""
    return max(process.memory_info().rss for process in processes) / 1_000_000


def _wait(part: Part, port: int) -> None:
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        if part.process() is None:
            raise RuntimeError(f"{part.name} ended while starting:\n" + "\n".join(part.last_lines()))
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{part.name} is not ready:\n" + "\n".join(part.last_lines()))
