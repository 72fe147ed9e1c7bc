"""The register and billing count the same patients on any day, as known by any other, after every kind of change.

Both have their own database; what is between them is the events topic only (rules 50 and 57).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from pydantic import SecretStr

from ion_billing.services.counting import QUERIES, take_events
from ion_contracts.catalogue import EVENTS
from ion_platform.database import Pool, open_pool
from ion_platform.migrations import migrate
from ion_platform.subscription import Delivery
from ion_registry.config import RegistrySettings
from tests.integration.registry.asking import Ask, questions
from tests.integration.registry.made_mix import closed_day, play, set_clock
from tests.integration.registry.running import PARTITIONS, Published, read_until, running

BATCH = 97
PAIRS = 25


@pytest.fixture
async def billing(empty_database: str, settings: RegistrySettings) -> AsyncIterator[Pool]:
    """Billing's own database, empty, on the same server."""
    await migrate(empty_database, "ion_billing")
    pool = await open_pool(settings.model_copy(update={"database_url": SecretStr(empty_database)}))
    yield pool
    await pool.close()


async def take(billing: Pool, found: list[Published]) -> None:
    """Gives billing everything twice, in batches, as a relay that was taken over may publish it."""
    deliveries = [Delivery(one.topic, one.partition, n, one.key, one.message) for n, one in enumerate(found)]
    for first in [*range(0, len(deliveries), BATCH), *range(0, len(deliveries), BATCH)]:
        async with billing.acquire() as connection, connection.transaction():
            await take_events(connection, deliveries[first : first + BATCH])


async def counted(billing: Pool, on_date: date, known_on: date) -> dict[str, int]:
    """Returns what billing has for a day, as known by another."""
    rows = await billing.fetch(
        "select agb_code, sum(delta)::bigint as patients from count_change"
        " where valid_on <= $1 and recorded_on <= $2 group by 1 having sum(delta) <> 0",
        on_date,
        known_on,
    )
    return {row["agb_code"]: row["patients"] for row in rows}


async def asked(ask: Ask, on_date: date, known_on: date) -> dict[str, int]:
    """Returns what the register answers."""
    question = {"onDate": on_date.isoformat(), "knownOn": known_on.isoformat()}
    status, answer = await ask("/counts", question)
    assert status == 200, answer
    return {count["agbCode"]: count["patients"] for count in answer["counts"]}


async def test_billing_counts_what_the_register_counts_after_a_mix_of_every_command_rules_50_and_57(
    settings: RegistrySettings, billing: Pool, tmp_path: Path
) -> None:
    clock_file = tmp_path / "clock.json"
    set_clock(clock_file, closed_day() - timedelta(days=13))
    bootstrap = settings.kafka_bootstrap
    async with running(settings.model_copy(update={"simulated_clock_file": clock_file})) as service:
        days = await play(service, bootstrap, clock_file, seed=57)
        told = await service.pool.fetchval("select count(*) from journal where event is not null or kind = 'close-day'")
        await take(billing, await read_until(bootstrap, EVENTS.name, lambda found: len(found) >= told))
        drawn = Random(50)
        span = (days[-1] - days[0]).days
        pairs = [(day, day) for day in days]
        for _ in range(PAIRS):
            on_date, known_on = (days[0] + timedelta(days=drawn.randint(-8, span)) for _ in range(2))
            pairs.append((on_date, known_on))
        async with questions(service.pool, days[-1]) as ask:
            for on_date, known_on in pairs:
                register = await asked(ask, on_date, known_on)
                assert await counted(billing, on_date, known_on) == register, (on_date, known_on)
        snapshot = {row["agb_code"]: row["patients"] for row in await billing.fetch(QUERIES["count_patients"], days[8])}
        assert snapshot == await counted(billing, days[8], days[8])
        assert sum(snapshot.values()) > 0
        assert await billing.fetchval(QUERIES["closed_through"], PARTITIONS) == days[-1]
