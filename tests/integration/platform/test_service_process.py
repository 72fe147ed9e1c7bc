"""A whole service process, driven from outside, without Kafka and with and without its database."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ion_platform.database import Pool
from ion_platform.migrations import migrate
from tests.integration.platform.made_package import MadePackage

DEADLINE_S = 20

MAIN = """
from ion_contracts.catalogue import DELIVERIES
from ion_platform.cli import service_cli
from ion_platform.subscription import Subscription
from ion_platform.runtime import Service
from ion_platform.settings import Settings
import os


async def handle(connection, batch):
    pass


def create_service(settings):
    service = Service("notifier", "{package}", settings)
    if os.environ.get("MADE_READS"):
        service.add_subscription(lambda: Subscription(DELIVERIES, handle))
    return service


if __name__ == "__main__":
    service_cli("notifier", "{package}", Settings, create_service)()
"""


class Process:
    """The service under test."""

    def __init__(self, package: MadePackage, database_url: str, **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        main = package.root / "main.py"
        main.write_text(MAIN.replace("{package}", package.name))
        self.process = subprocess.Popen(
            [sys.executable, str(main), "serve"],
            env={
                **os.environ,
                "PYTHONPATH": str(package.root),
                "ION_DATABASE_URL": database_url,
                "ION_HTTP_PORT": str(self.port),
                "ION_KAFKA_BOOTSTRAP": "127.0.0.1:1",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def ask(self, path: str, method: str = "GET") -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def text(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def wait_for(self, condition: Callable[[], bool]) -> None:
        ends_s = time.monotonic() + DEADLINE_S
        while time.monotonic() < ends_s:
            try:
                if condition():
                    return
            except (urllib.error.URLError, ConnectionError):
                assert self.process.poll() is None, self.process.communicate()[0].decode()
            time.sleep(0.05)
        raise AssertionError(f"not within {DEADLINE_S} s")

    def end(self) -> tuple[int, str]:
        """Waits for the end and returns (exit code, output)."""
        output, _ = self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode, output.decode()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadePackage:
    return MadePackage(tmp_path, monkeypatch)


@pytest.fixture
def start(package: MadePackage) -> Iterator[Callable[..., Process]]:
    """Starts processes, and ends at the end of the test those that still run."""
    started: list[Process] = []

    def start_one(database_url: str, **environment: str) -> Process:
        started.append(Process(package, database_url, **environment))
        return started[-1]

    yield start_one
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


async def test_it_is_ready_with_its_database_and_sigterm_ends_it_well(
    empty_database: str, package: MadePackage, start: Callable[..., Process]
) -> None:
    await migrate(empty_database, package.name)
    service = start(empty_database)
    service.wait_for(lambda: service.ask("/health/ready")[0] == 200)
    _, body = service.ask("/health/ready")
    assert body["ready"]
    assert body["checks"]["database"]
    assert service.ask("/health/live")[0] == 200
    service.process.send_signal(signal.SIGTERM)
    code, output = service.end()
    assert code == 0, output
    assert all(json.loads(line) for line in output.splitlines())


async def test_the_metrics_tell_how_much_waits_in_the_outbox(
    empty_database: str, empty_pool: Pool, package: MadePackage, start: Callable[..., Process]
) -> None:
    await migrate(empty_database, package.name)
    await empty_pool.execute(
        "insert into outbox (topic, headers, value) select 'made.v1', '{}', '' from generate_series(1, 3)"
    )
    service = start(empty_database)
    service.wait_for(lambda: "ion_outbox_pending 3.0" in service.text("/metrics"))


async def test_an_outbox_that_cannot_be_published_is_shown_and_tried_again(
    empty_database: str, empty_pool: Pool, package: MadePackage, start: Callable[..., Process]
) -> None:
    await migrate(empty_database, package.name)
    await empty_pool.execute("insert into outbox (topic, headers, value) values ('made.v1', 'not json', '')")
    service = start(empty_database)
    service.wait_for(lambda: service.ask("/health/ready")[1]["checks"].get("task outbox relay") is False)
    await empty_pool.execute("delete from outbox")
    service.wait_for(lambda: service.ask("/health/ready")[0] == 200)


async def test_another_schema_ends_it_with_code_3_and_says_what_to_do(
    empty_database: str, start: Callable[..., Process]
) -> None:
    code, output = start(empty_database).end()
    assert code == 3, output
    assert "migrate" in output


async def test_an_edited_migration_ends_it_with_code_3_too(
    empty_database: str, package: MadePackage, start: Callable[..., Process]
) -> None:
    await migrate(empty_database, package.name)
    package.write("0001_pre_things.sql", "create table thing (id bigint primary key);")
    code, output = start(empty_database).end()
    assert code == 3, output
    assert "edited after it was applied" in output


async def test_without_the_database_it_lives_is_not_ready_and_says_why(start: Callable[..., Process]) -> None:
    service = start("postgresql://nobody:a-made-password@127.0.0.1:1/nothing")
    service.wait_for(lambda: service.ask("/health/live")[0] == 200)
    status, body = service.ask("/health/ready")
    assert (status, body["ready"], body["checks"]["database"]) == (503, False, False)
    service.process.send_signal(signal.SIGTERM)
    code, output = service.end()
    assert code == 0, output
    assert "trying again" in output
    assert "a-made-password" not in output


async def test_without_kafka_it_lives_and_only_the_consumers_are_not_ready(
    empty_database: str, package: MadePackage, start: Callable[..., Process]
) -> None:
    await migrate(empty_database, package.name)
    service = start(empty_database, MADE_READS="1")
    service.wait_for(lambda: bool(service.ask("/health/ready")[1]["checks"]["database"]))
    status, body = service.ask("/health/ready")
    assert (status, body["checks"]["consumers"]) == (503, False)
    assert service.ask("/health/live")[0] == 200
    service.process.send_signal(signal.SIGTERM)
    code, output = service.end()
    assert code == 0, output
    assert all(json.loads(line) for line in output.splitlines()), "third parties log as JSON too"


async def test_the_clock_is_set_while_it_runs_and_never_back(
    empty_database: str, package: MadePackage, start: Callable[..., Process], tmp_path: Path
) -> None:
    await migrate(empty_database, package.name)
    file = tmp_path / "clock.json"
    service = start(empty_database, ION_SIMULATED_CLOCK_FILE=str(file))
    service.wait_for(lambda: service.ask("/health/live")[0] == 200)
    _, before = service.ask("/internal/simulated-clock", "POST")
    file.write_text('{"offset_s": 864000}')
    status, after = service.ask("/internal/simulated-clock", "POST")
    assert status == 200
    assert after["now"] > before["now"]
    assert after["now"].endswith("Z")
    file.write_text('{"offset_s": 1}')
    assert service.ask("/internal/simulated-clock", "POST")[0] == 409
    file.write_text("not json")
    assert service.ask("/internal/simulated-clock", "POST")[0] == 409


async def test_without_a_clock_file_there_is_nothing_to_set(
    empty_database: str, start: Callable[..., Process], package: MadePackage
) -> None:
    await migrate(empty_database, package.name)
    service = start(empty_database)
    service.wait_for(lambda: service.ask("/health/live")[0] == 200)
    assert service.ask("/internal/simulated-clock", "POST")[0] == 404
