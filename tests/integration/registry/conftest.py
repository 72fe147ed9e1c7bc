"""An empty register for each test, on the real database and the real broker."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from pydantic import SecretStr

from ion_platform.database import Pool, open_pool
from ion_platform.migrations import migrate
from ion_platform.settings import Environment
from ion_registry.config import RegistrySettings
from tests.integration.registry.asking import Ask, questions
from tests.integration.registry.made_messages import PERSON_CODE, PRACTICES
from tests.integration.registry.running import make_topics_anew
from tests.support.stack import database_url

NO_KAFKA = "127.0.0.1:1"


@pytest.fixture(scope="session")
def register_template(postgres_url: str) -> Iterator[str]:
    """The name of a register of this version that knows some practices; copying it is quicker than migrating."""
    name = f"register_{uuid.uuid4().hex}"
    asyncio.run(_make_template(postgres_url, name))
    yield name
    asyncio.run(_drop(postgres_url, name))


@pytest.fixture
async def register_database(postgres_url: str, register_template: str) -> AsyncIterator[str]:
    """The URL of an empty register of this version, with a few practices."""
    name = f"t{uuid.uuid4().hex}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"create database {name} template {register_template}")
    yield database_url(postgres_url, name)
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


@pytest.fixture
async def no_providers(register_database: str) -> None:
    """For tests that begin with a care provider register of their own."""
    connection = await asyncpg.connect(register_database)
    await connection.execute("delete from provider")
    await connection.execute("delete from provider_import")
    await connection.close()


async def _make_template(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f"create database {name}")
    await connection.close()
    await migrate(database_url(url, name), "ion_registry")
    connection = await asyncpg.connect(database_url(url, name))
    await connection.execute(
        "insert into provider_import values (1, now(), 'made', sha256(''), false, 0, 0, 0, 0, 0, 0)"
    )
    await connection.executemany(
        "insert into provider (agb_code, kind, name, street, house_number, postcode, city, recorded_at, version)"
        " values ($1, $2, $3, 'Voorbeeldstraat', '1', '1234 AB', 'Voorbeeldstad', now(), 1)",
        [*((code, "practice", f"Praktijk {code}") for code in PRACTICES), (PERSON_CODE, "person", "Dokter Voorbeeld")],
    )
    await connection.close()


async def _drop(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


@pytest.fixture
async def pool(register_database: str) -> AsyncIterator[Pool]:
    """Connections to an empty register, as the service opens them; for what needs no broker."""
    pool = await open_pool(_settings(register_database, NO_KAFKA))
    yield pool
    await pool.close()


@pytest.fixture
async def ask(pool: Pool) -> AsyncIterator[Ask]:
    """Posts a question to the register over HTTP; returns (status, answer)."""
    async with questions(pool) as post:
        yield post


@pytest.fixture
async def settings(register_database: str, kafka_bootstrap: str) -> RegistrySettings:
    """The settings of a registry on an empty database and empty topics."""
    await make_topics_anew(kafka_bootstrap)
    return _settings(register_database, kafka_bootstrap)


def _settings(database_url: str, bootstrap: str) -> RegistrySettings:
    return RegistrySettings(
        environment=Environment.TEST,
        database_url=SecretStr(database_url),
        kafka_bootstrap=bootstrap,
        timer_interval_s=0.1,
        session_timeout_s=6,
    )
