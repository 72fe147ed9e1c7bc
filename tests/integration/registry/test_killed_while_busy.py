"""The registry killed in the middle of what it does by itself: operations on lists, and the terms of the temporary."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from ion_contracts.catalogue import EVENTS
from ion_platform.clock import Clock
from ion_platform.database import open_pool
from ion_registry.config import RegistrySettings
from ion_registry.domain.calendar import open_day
from ion_registry.domain.policy import DEFAULT_POLICY
from tests.integration.registry.handling import assert_whole
from tests.integration.registry.made_changes import move_list, register_temporary
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, register
from tests.integration.registry.running import Published, produce, read_outcomes, read_until, until
from tests.integration.registry.test_killed_process import process

TODAY = Clock().today()
BEFORE = TODAY - timedelta(days=40)
LONG_AGO = TODAY - timedelta(days=130)
"""Both terms of a temporary registration from then are over."""
PEOPLE = 1200
NEWBORN = 400
pytestmark = pytest.mark.skipif(open_day(TODAY, DEFAULT_POLICY) != TODAY, reason="on a closed day all of it waits")


async def kill_when(settings: RegistrySettings, enough: Callable[[asyncpg.Connection], Awaitable[bool]]) -> None:
    """Runs a registry until the database says so, and kills it as a power cut would."""
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        async with process(settings) as victim:
            await until(lambda: enough(connection), "there is enough to kill it")
            victim.send_signal(signal.SIGKILL)
            await victim.wait()
    finally:
        await connection.close()


def told_once(events: list[Published]) -> dict[bytes | None, list[str]]:
    """Returns what was told of each patient, in order; what was published again is there once."""
    told: defaultdict[bytes | None, dict[int, str]] = defaultdict(dict)
    for one in events:
        assert one.message.envelope.sequence is not None
        assert told[one.key].setdefault(one.message.envelope.sequence, one.message.envelope.type) == (
            one.message.envelope.type
        )
    for numbered in told.values():
        assert sorted(numbered) == list(range(1, len(numbered) + 1))
    return {key: [kind for _, kind in sorted(numbered.items())] for key, numbered in told.items()}


async def read_all_events(bootstrap: str, number: int) -> list[Published]:
    """Returns the events about registrations, as soon as there are so many different ones."""

    def ids(found: list[Published]) -> set[str]:
        return {one.message.envelope.id for one in found if one.message.envelope.sequence is not None}

    found = await read_until(bootstrap, EVENTS.name, lambda found: len(ids(found)) >= number)
    return [one for one in found if one.message.envelope.sequence is not None]


async def assert_register_whole(settings: RegistrySettings) -> None:
    pool = await open_pool(settings)
    await assert_whole(pool)
    await pool.close()


async def test_a_registry_that_is_killed_while_it_moves_a_list_moves_each_patient_once(
    settings: RegistrySettings,
) -> None:
    bootstrap = settings.kafka_bootstrap
    began = [register(number, PRACTICE_A, BEFORE) for number in range(PEOPLE)]
    moving = move_list(PRACTICE_A, PRACTICE_B, TODAY)
    async with process(settings):
        await produce(bootstrap, began)
        await read_outcomes(bootstrap, began)
    await produce(bootstrap, [moving])

    async def portion_left(connection: asyncpg.Connection) -> bool:
        # Not "while it runs": on a quick machine the last portion may have left between two looks.
        return bool(await connection.fetchval("select sent > 0 from list_operation"))

    async def some_answered(connection: asyncpg.Connection) -> bool:
        return int(await connection.fetchval("select count(*) from journal where kind = 'move'")) > PEOPLE // 3

    await kill_when(settings, portion_left)
    await kill_when(settings, some_answered)
    async with process(settings):
        events = await read_all_events(bootstrap, 2 * PEOPLE)
    told = told_once(events)
    assert Counter(map(len, told.values())) == {2: PEOPLE}
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    row = await connection.fetchrow("select status, total, sent from list_operation")
    assert row is not None
    assert tuple(row) == ("done", PEOPLE, PEOPLE)
    assert await connection.fetchval("select count(*) from current where agb_code = $1", PRACTICE_B) == PEOPLE
    await connection.close()
    await assert_register_whole(settings)


async def test_a_registry_that_is_killed_while_terms_end_asks_once_and_ends_once(settings: RegistrySettings) -> None:
    bootstrap = settings.kafka_bootstrap
    began = [register_temporary(number, PRACTICE_A, LONG_AGO, uuid4().bytes) for number in range(NEWBORN)]
    await produce(bootstrap, began)

    async def some_ended(connection: asyncpg.Connection) -> bool:
        return int(await connection.fetchval("select count(*) from journal where kind = 'end'")) > 0

    async def some_sent(connection: asyncpg.Connection) -> bool:
        return bool(await connection.fetchval("select exists (select from temporary_timer where sent_at is not null)"))

    await kill_when(settings, some_sent)
    await kill_when(settings, some_ended)
    async with process(settings):
        events = await read_all_events(bootstrap, 3 * NEWBORN)
        await asyncio.sleep(1)
    told = told_once(events)
    assert len(told) == NEWBORN
    kinds = {tuple(kind.split(".")[-2] for kind in kinds) for kinds in told.values()}
    assert kinds == {("inschrijving-begonnen", "aanvulling-gevraagd", "tijdelijke-inschrijving-vervallen")}
    await assert_register_whole(settings)
