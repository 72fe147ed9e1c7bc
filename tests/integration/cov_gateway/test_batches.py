"""Files in the gateway's database: checked in the order in which they came, and registered once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from ion_cov_gateway.domain.vz31 import read_file, write_file
from ion_cov_gateway.services.batches import Batches, BatchNotCheckedError
from ion_cov_gateway.services.registrations import QUERIES
from ion_platform.clock import Clock
from ion_platform.database import Pool, open_pool
from ion_platform.migrations import migrate
from ion_platform.settings import Settings
from tests.unit.cov_gateway.test_vz31 import AGB_CODE, PEOPLE

PARTY = "made"
CONTENT = write_file(PEOPLE, AGB_CODE, date(2027, 3, 1))
COVERAGE = {"code": "100", "uzovi": "3311"}


@pytest.fixture
async def pool(empty_database: str) -> AsyncIterator[Pool]:
    """Connections to a gateway's database."""
    await migrate(empty_database, "ion_cov_gateway")
    pool = await open_pool(Settings(environment="test", database_url=empty_database, kafka_bootstrap="none:1"))
    yield pool
    await pool.close()


@pytest.fixture
def batches(pool: Pool) -> Batches:
    return Batches(pool, Clock(None), b"a made secret of the patient reference", 1000)


async def post(batches: Batches) -> UUID:
    return await batches.post(PARTY, AGB_CODE, CONTENT, read_file(CONTENT, today=date(2027, 3, 1)))


async def test_the_oldest_file_is_checked_first_whatever_its_id(pool: Pool, batches: Batches) -> None:
    posted = [await post(batches) for _ in range(8)]
    at = datetime(2027, 3, 1, tzinfo=UTC)
    await pool.executemany(
        "update batch set created_at = $2 where batch_id = $1",
        [(batch_id, at + timedelta(minutes=n)) for n, batch_id in enumerate(posted)],
    )
    claimed = [await pool.fetch(QUERIES["claim_line_checks"], len(PEOPLE), 30.0) for _ in posted]
    assert [{row["batch_id"] for row in rows} for rows in claimed] == [{batch_id} for batch_id in posted]


async def test_all_accepted_are_registered_once_also_when_asked_twice_at_once(pool: Pool, batches: Batches) -> None:
    batch_id = await post(batches)
    with pytest.raises(BatchNotCheckedError):
        await batches.register_accepted(batch_id, PARTY)
    await pool.execute("update batch_line set state = 'accepted', code = '100', coverage = $1", COVERAGE)
    sent = await asyncio.gather(*(batches.register_accepted(batch_id, PARTY) for _ in range(3)))
    assert sorted(sent) == [0, 0, len(PEOPLE)]
    assert await pool.fetchval("select count(*) from outbox") == len(PEOPLE)
