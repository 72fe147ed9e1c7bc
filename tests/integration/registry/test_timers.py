"""What becomes due with time: waiting commands on the second day of a quarter, and days to close."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import orjson
import pytest

from ion_contracts.catalogue import COMMANDS, EVENTS
from ion_contracts.messages import DayClosed, RegistrationTransferred
from ion_platform.clock import AMSTERDAM, Clock
from ion_platform.database import Pool
from ion_registry.config import RegistrySettings
from ion_registry.services.deciding.handle_commands import CommandHandler
from ion_registry.services.deciding.timers import send_due_waiting, send_passed_days
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, Partition, register
from tests.integration.registry.running import (
    PARTITIONS,
    Published,
    produce,
    read_events,
    read_outcomes,
    read_until,
    running,
    until,
)


def next_quarter_day() -> date:
    """Returns the first day of the quarter after this one: a simulated clock only goes forward."""
    today = Clock().today()
    month = 3 * ((today.month - 1) // 3 + 1) + 1
    return date(today.year + month // 12, month % 12, 1)


CLOSED_DAY = next_quarter_day()
SECOND_DAY = CLOSED_DAY + timedelta(days=1)
BEFORE = CLOSED_DAY - timedelta(days=20)


def set_clock(file: Path, day: date) -> None:
    """Makes it noon in the Netherlands on that day."""
    noon = datetime.combine(day, time(12), AMSTERDAM)
    file.write_text(json.dumps({"offset_s": (noon - datetime.now(UTC)).total_seconds()}))


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    file = tmp_path / "clock.json"
    set_clock(file, CLOSED_DAY)
    return file


async def outbox_messages(pool: Pool) -> list[tuple[int, dict[str, str], dict[str, object]]]:
    """Returns (partition, headers, body) of what waits to be sent."""
    rows = await pool.fetch("select partition, headers, value from outbox order by transaction_id, id")
    return [(row["partition"], orjson.loads(row["headers"]), orjson.loads(row["value"])) for row in rows]


async def test_what_waits_is_sent_once_when_its_day_has_come_even_by_two_timers_at_once(
    pool: Pool, clock_file: Path
) -> None:
    clock = Clock(clock_file)
    partition = Partition(3)
    made = [register(number, PRACTICE_A, BEFORE) for number in range(20)]
    waiting = [register(number, PRACTICE_B, CLOSED_DAY) for number in range(20)]
    async with pool.acquire() as connection, connection.transaction():
        await CommandHandler(clock).handle(connection, partition.deliver([*made, *waiting]))
    assert not await send_due_waiting(pool, clock)
    set_clock(clock_file, SECOND_DAY)
    clock.refresh()
    assert any(await asyncio.gather(send_due_waiting(pool, clock), send_due_waiting(pool, clock)))
    assert not await send_due_waiting(pool, clock)
    sent = await outbox_messages(pool)
    assert len(sent) == 20
    assert {partition for partition, _, _ in sent} == {3}
    assert len({headers["ce_id"] for _, headers, _ in sent}) == 20
    assert {headers["ce_causationid"] for _, headers, _ in sent} == {one.id for one in waiting}
    assert {body["offeredOn"] for _, _, body in sent} == {SECOND_DAY.isoformat()}


async def test_a_register_that_starts_closes_yesterday_and_then_every_day_once(pool: Pool, clock_file: Path) -> None:
    clock = Clock(clock_file)
    while await send_passed_days(pool, clock, [0, 1]):
        pass
    yesterday = (CLOSED_DAY - timedelta(days=1)).isoformat()
    assert [(partition, body["day"]) for partition, _, body in await outbox_messages(pool)] == [
        (0, yesterday),
        (1, yesterday),
    ]
    set_clock(clock_file, CLOSED_DAY + timedelta(days=100))
    clock.refresh()
    while any(await asyncio.gather(send_passed_days(pool, clock, [0, 1]), send_passed_days(pool, clock, [1, 0]))):
        pass
    sent = await outbox_messages(pool)
    days = Counter((partition, body["day"]) for partition, _, body in sent)
    assert len(days) == 2 * 101
    assert set(days.values()) == {1}
    assert len({headers["ce_id"] for _, headers, _ in sent}) == len(sent)
    for number in (0, 1):
        in_order = [str(body["day"]) for partition, _, body in sent if partition == number]
        assert in_order == sorted(in_order)


async def test_a_running_registry_settles_what_waits_and_closes_days_when_the_clock_moves(
    settings: RegistrySettings, clock_file: Path
) -> None:
    bootstrap = settings.kafka_bootstrap
    began, moved = register(1, PRACTICE_A, BEFORE), register(1, PRACTICE_B, CLOSED_DAY)
    async with running(settings.model_copy(update={"simulated_clock_file": clock_file})) as service:
        await produce(bootstrap, [began, moved])

        async def deferred() -> bool:
            return bool(await service.pool.fetchval("select count(*) from waiting"))

        await until(deferred, "the transfer waits")
        set_clock(clock_file, SECOND_DAY + timedelta(days=1))
        service.clock.refresh()
        outcomes = await read_outcomes(bootstrap, [began, moved])
        events = await read_events(bootstrap, 2)

        def closed_days(found: list[Published]) -> set[tuple[int, date]]:
            bodies = [one.message.body for one in found]
            return {(body.partition, body.day) for body in bodies if isinstance(body, DayClosed)}

        expected = {
            (partition, CLOSED_DAY + timedelta(days=day)) for partition in range(PARTITIONS) for day in (-1, 0, 1)
        }
        await read_until(bootstrap, EVENTS.name, lambda found: closed_days(found) == expected)
    assert [(outcome.code, outcome.process_on) for outcome in outcomes if outcome.command_id == moved.id] == [
        ("deferred-closed-day", SECOND_DAY),
        ("transferred", None),
    ]
    transfer = events[-1].message.body
    assert isinstance(transfer, RegistrationTransferred)
    assert (transfer.since, transfer.previous.until) == (SECOND_DAY, CLOSED_DAY)
    commands = await read_until(bootstrap, COMMANDS.name, lambda found: len(found) >= 3)
    assert len({one.partition for one in commands if one.key is not None}) == 1
