from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ion_platform.database import Pool, open_pool
from ion_platform.settings import Settings


@pytest.fixture
async def empty_pool(empty_database: str) -> AsyncIterator[Pool]:
    """Connections to a new database, as a service opens them."""
    pool = await open_pool(Settings(environment="test", database_url=empty_database))
    yield pool
    await pool.close()
