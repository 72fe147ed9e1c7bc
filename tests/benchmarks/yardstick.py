"""The yardsticks: pgbench on the same server, in the same minute."""

from __future__ import annotations

import os
import re
import resource
import subprocess

from tests.benchmarks import server
from tests.support.stack import database_url

SCALE = int(os.environ.get("ION_BENCH_SCALE", "100"))
SECONDS = int(os.environ.get("ION_BENCH_PGBENCH_S", "8"))


def prepare(url: str) -> str:
    """Returns the URL of a database for pgbench at SCALE; fills it the first time."""
    name = f"pgbench_{SCALE}"
    bench = database_url(url, name)
    if name not in server.psql(url, "select datname from pg_database").splitlines():
        server.psql(url, f"create database {name}")
        subprocess.run(
            [server.program("pgbench"), "-i", "-q", "-s", str(SCALE), bench], check=True, capture_output=True
        )
    return bench


def writes_per_s(bench: str) -> float:
    """Returns P: transactions a second of `pgbench -M prepared -N -c16 -j2`."""
    return _run(bench, ["-N", "-c16", "-j2"], r"tps = ([0-9.]+)")


def writes(bench: str) -> tuple[float, float]:
    """Returns P, and the processor time of 1000 such transactions in milliseconds, pgbench's own included.

    The second tells more on a machine where others take processors: sixteen clients get a larger share than one.
    """
    server_before, client_before = server.cpu_s(), _children_s()
    per_s = writes_per_s(bench)
    used_s = server.cpu_s() - server_before + _children_s() - client_before
    return per_s, used_s * 1_000_000 / (per_s * SECONDS)


def read_ms(bench: str) -> float:
    """Returns the mean time of one `pgbench -S` read by one client."""
    return _run(bench, ["-S", "-c1", "-j1"], r"latency average = ([0-9.]+)")


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(bench: str, options: list[str], wanted: str) -> float:
    done = subprocess.run(
        [server.program("pgbench"), "-n", "-M", "prepared", *options, "-T", str(SECONDS), bench],
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(wanted, done.stdout)
    assert found is not None, done.stdout
    return float(found.group(1))
