"""Real Kafka and real PostgreSQL for the tests: from the environment, else from containers, else as local processes."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import asyncpg
import pytest

from ion_local.kafka import start_kafka
from ion_local.parts import Part
from ion_local.postgres import start_postgres


@cache
def source() -> str:
    """Returns where the real parts come from: `environment`, `containers` or `processes`."""
    if "ION_TEST_KAFKA" in os.environ and "ION_TEST_POSTGRES" in os.environ:
        return "environment"
    return "containers" if _docker_runs() else "processes"


def pytest_report_header() -> str:
    """Says what the integration tests run on, so that nobody has to guess."""
    return f"Kafka and PostgreSQL: from {source()}"


@pytest.fixture(scope="session")
def parts_folder() -> Iterator[Path]:
    """A short path: that of a unix socket has at most 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="ion-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(parts_folder: Path) -> Iterator[str]:
    """The URL of a server's first database."""
    if source() == "environment":
        yield os.environ["ION_TEST_POSTGRES"]
    elif source() == "containers":
        from testcontainers.postgres import PostgresContainer

        with PostgresContainer("postgres:18", driver=None) as container:
            yield container.get_connection_url()
    else:
        part = Part("postgres", parts_folder)
        url = start_postgres(part, parts_folder / "postgres")
        asyncio.run(_trust_the_machine(url))
        yield url
        part.stop(signal.SIGINT)


@pytest.fixture(scope="session")
def kafka_bootstrap(parts_folder: Path) -> Iterator[str]:
    """host:port of a broker without topics of ours."""
    if source() == "environment":
        yield os.environ["ION_TEST_KAFKA"]
    elif source() == "containers":
        from testcontainers.kafka import KafkaContainer

        with KafkaContainer() as container:
            yield container.get_bootstrap_server()
    else:
        part, port = Part("kafka", parts_folder), free_port()
        start_kafka(part, parts_folder / "kafka", port, free_port())
        yield f"127.0.0.1:{port}"
        part.stop()


@pytest.fixture
async def empty_database(postgres_url: str) -> AsyncIterator[str]:
    """The URL of a new database, which is gone after the test."""
    name = f"t{uuid.uuid4().hex}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"create database {name}")
    yield database_url(postgres_url, name)
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


def free_port() -> int:
    """Returns a port on which nobody listens."""
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return int(attempt.getsockname()[1])


def database_url(url: str, name: str) -> str:
    """Returns the same server's URL for another database."""
    address, question_mark, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{question_mark}{options}"


async def _trust_the_machine(url: str) -> None:
    """Waits for no disk: tests kill processes, never the machine, and make a database each."""
    connection = await asyncpg.connect(url)
    await connection.execute("alter system set fsync = off")
    await connection.execute("alter system set full_page_writes = off")
    await connection.execute("select pg_reload_conf()")
    await connection.close()


def _docker_runs() -> bool:
    import docker
    from docker.errors import DockerException

    try:
        return bool(docker.from_env(timeout=3).ping())
    except DockerException:
        return False
