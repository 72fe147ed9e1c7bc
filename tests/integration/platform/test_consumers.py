"""Every record ends in one result, whatever is repeated, broken, killed or taken over. On real Kafka and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest

from ion_platform.consumer import Consumers
from ion_platform.database import Connection
from ion_platform.inbox import new_deliveries
from ion_platform.subscription import Delivery
from tests.integration.platform.consuming import Bench, bench, count_commands, good, until


@pytest.fixture
async def table(kafka_bootstrap: str, empty_database: str) -> AsyncIterator[Bench]:
    """A topic and a database of its own."""
    async with bench(kafka_bootstrap, empty_database) as made:
        yield made


def names(count: int) -> list[str]:
    return [f"c{n:05}" for n in range(count)]


async def test_every_record_is_taken_once(table: Bench) -> None:
    await table.send([good(name) for name in names(300)])
    async with table.consuming():
        await until(lambda: _counted(table, 300), "all were counted")
    assert await table.counted() == Counter(names(300))


async def test_after_a_restart_reading_goes_on_behind_what_was_committed(table: Bench) -> None:
    await table.send([good(name) for name in names(100)])
    async with table.consuming():
        await until(lambda: _counted(table, 100), "the first hundred were counted")
    await table.send([good(f"later-{name}") for name in names(100)])
    async with table.consuming():
        await until(lambda: _counted(table, 200), "the second hundred were counted")
    assert set((await table.counted()).values()) == {1}


async def test_records_of_a_batch_that_was_rolled_back_are_taken_again(table: Bench) -> None:
    failures = 3

    async def lose_the_connection_at_first(connection: Connection, batch: Sequence[Delivery]) -> None:
        nonlocal failures
        await count_commands(connection, batch)
        if failures:
            failures -= 1
            raise asyncpg.ConnectionDoesNotExistError("the connection was lost")

    await table.send([good(name) for name in names(120)])
    async with table.consuming(lose_the_connection_at_first):
        await until(lambda: _counted(table, 120), "all were counted")
    assert failures == 0
    assert await table.counted() == Counter(names(120))


async def test_a_consumer_is_not_ready_while_it_fails_and_ready_again_afterwards(table: Bench) -> None:
    broken = True

    async def fail_for_a_while(connection: Connection, batch: Sequence[Delivery]) -> None:
        if broken:
            raise TimeoutError
        await count_commands(connection, batch)

    await table.send([good("only")])
    async with table.consuming(fail_for_a_while) as consumers:
        await until(lambda: _ready(consumers, False), "it was not ready")
        broken = False
        await until(lambda: _counted(table, 1), "it was counted")
        await until(lambda: _ready(consumers, True), "it was ready")


async def test_two_consumers_share_the_work_through_a_rebalance_and_double_nothing(table: Bench) -> None:
    async def slowly(connection: Connection, batch: Sequence[Delivery]) -> None:
        await count_commands(connection, batch)
        await asyncio.sleep(0.02)

    await table.send([good(name) for name in names(2000)])
    async with table.consuming(slowly):
        await until(lambda: _counted_at_least(table, 200), "the first one was at work")
        async with table.consuming(slowly):
            await until(lambda: _counted_at_least(table, 1200), "both were at work")
        await until(lambda: _counted(table, 2000), "all were counted")
    assert await table.counted() == Counter(names(2000))


@pytest.mark.parametrize(
    ("value", "headers", "reason"),
    [
        (b"{not json", None, "not-json"),
        (b'{"commandId": 7}', None, "wrong-schema"),
        (None, None, "null-value"),
        (b"x" * 1024 * 1024, None, "too-large"),
        (b"{}", [], "bad-envelope"),
        (b"{}", [("ce_id", b"\xff\xfe")], "bad-envelope"),
        (b"{}", "unknown type", "unknown-type"),
    ],
)
async def test_a_poison_record_is_put_aside_with_its_reason_and_stops_nobody(
    table: Bench, value: bytes | None, headers: list[tuple[str, bytes]] | str | None, reason: str
) -> None:
    key, _, sound = good("poison")
    if headers == "unknown type":
        headers = [(n, b"nl.huisartsinschrijvingen.onbekend.v1" if n == "ce_type" else v) for n, v in sound]
    assert not isinstance(headers, str)
    await table.send([good("before"), (key, value, sound if headers is None else headers), good("after")])
    async with table.relaying(), table.consuming():
        await until(lambda: _counted(table, 2), "the others were counted")
        await until(lambda: _published(table), "the dead letter was published")
    letters = await table.dead_letters()
    assert [letter.reason.split(":")[0] for letter in letters] == [reason]
    assert letters[0].topic == table.topic.name
    assert letters[0].value_bytes == len(value or b"")
    assert letters[0].value in (value, None)


async def test_a_record_that_makes_the_handler_fail_is_put_aside_alone(table: Bench) -> None:
    async def stumble(connection: Connection, batch: Sequence[Delivery]) -> None:
        await count_commands(connection, batch)
        if any(delivery.key == b"c00007" for delivery in batch):
            raise ZeroDivisionError

    await table.send([good(name) for name in names(20)])
    async with table.relaying(), table.consuming(stumble):
        await until(lambda: _counted(table, 19), "the others were counted")
        await until(lambda: _published(table), "the dead letter was published")
    letters = await table.dead_letters()
    assert [letter.correlation_id for letter in letters] == ["c00007"]
    assert letters[0].reason.startswith("handler-error")


async def test_the_inbox_lets_a_repeated_message_through_once(table: Bench) -> None:
    async def once(connection: Connection, batch: Sequence[Delivery]) -> None:
        await count_commands(connection, await new_deliveries(connection, batch))

    await table.send([good(name) for name in [*names(30), *names(30)]])
    async with table.consuming(once):
        await until(lambda: _read_everything(table, 60), "all were read")
    await table.send([good(name) for name in names(30)])
    async with table.consuming(once):
        await until(lambda: _read_everything(table, 90), "all were read again")
    assert await table.counted() == Counter(names(30))


async def test_a_database_that_went_back_in_time_is_read_into_again_from_where_it_now_stands(table: Bench) -> None:
    await table.send([good(name) for name in names(50)])
    async with table.consuming():
        await until(lambda: _counted(table, 50), "all were counted")
        await table.pool.execute("update consumer_position set next_offset = 0")
        await table.pool.execute("delete from counted")
        await table.send([good(f"later-{name}") for name in names(50)])
        await until(lambda: _counted(table, 100), "all were counted again")
    assert set((await table.counted()).values()) == {1}


async def _counted(table: Bench, number: int) -> bool:
    return len(await table.counted()) == number


async def _counted_at_least(table: Bench, number: int) -> bool:
    return len(await table.counted()) >= number


async def _ready(consumers: Consumers, wanted: bool) -> bool:
    return consumers.ready is wanted


async def _published(table: Bench) -> bool:
    return await table.pool.fetchval("select position[1] > 0 from relay where name = 'outbox'") is True


async def _read_everything(table: Bench, records: int) -> bool:
    return await table.pool.fetchval("select sum(next_offset) from consumer_position") == records


async def test_a_reader_whose_loop_is_gone_is_not_alive(table: Bench) -> None:
    async with table.consuming() as consumers:
        assert consumers.alive
        for task in consumers._readers[0]._subscriber.tasks:
            task.cancel()

        async def gone() -> bool:
            return not consumers.alive

        await until(gone, "the lost loop was noticed")
