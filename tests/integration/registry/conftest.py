"""An empty register for each test, on the real database and the real broker."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from ion_platform.database import Pool, open_pool
from ion_platform.migrations import migrate
from ion_platform.settings import Environment
from ion_registry.config import RegistrySettings
from tests.integration.registry.running import make_topics_anew

NO_KAFKA = "127.0.0.1:1"


@pytest.fixture
async def register_database(empty_database: str) -> str:
    """The URL of an empty register of this version."""
    await migrate(empty_database, "ion_registry")
    return empty_database


@pytest.fixture
async def pool(register_database: str) -> AsyncIterator[Pool]:
    """Connections to an empty register, as the service opens them; for what needs no broker."""
    pool = await open_pool(_settings(register_database, NO_KAFKA))
    yield pool
    await pool.close()


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
