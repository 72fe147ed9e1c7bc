"""What was committed is published, in order, by one holder of the lease at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer

from ion_contracts.envelope import Envelope
from ion_contracts.messages import CommandOutcome, Status
from ion_platform.database import Connection
from ion_platform.outbox import OutboxSource, Outgoing, Position, Record, enqueue
from tests.integration.platform.consuming import Bench, bench, until

NOW = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
async def table(kafka_bootstrap: str, empty_database: str) -> AsyncIterator[Bench]:
    """A topic and a database of its own."""
    async with bench(kafka_bootstrap, empty_database) as made:
        yield made


def message(table: Bench, number: int) -> Outgoing:
    body = CommandOutcome(command_id=f"{number}", status=Status.ACCEPTED, code="registered", recorded_at=NOW)
    envelope = Envelope(f"event-{number}", "urn:nld:ion:test", CommandOutcome.TYPE, NOW, f"{number}")
    return Outgoing(table.topic.name, f"key-{number % 7}".encode(), envelope, body)


async def write(table: Bench, numbers: range, commit: bool = True) -> None:
    async with table.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await enqueue(connection, [message(table, number) for number in numbers])
        await (transaction.commit() if commit else transaction.rollback())


async def read(table: Bench) -> dict[bytes, list[int]]:
    """Returns the numbers per key, in the order of the topic."""
    consumer = AIOKafkaConsumer(
        table.topic.name, bootstrap_servers=table.bootstrap, group_id=None, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        found: dict[bytes, list[int]] = {}
        while batch := await consumer.getmany(timeout_ms=500):
            for records in batch.values():
                for record in records:
                    number = int(CommandOutcome.model_validate_json(record.value).command_id)
                    found.setdefault(record.key, []).append(number)
        return found
    finally:
        await consumer.stop()


async def empty(table: Bench) -> bool:
    return await table.pool.fetchval("select count(*) from outbox") == 0


async def test_what_was_committed_is_published_in_order_and_what_was_rolled_back_is_not(table: Bench) -> None:
    async with table.relaying() as relay:
        await write(table, range(500))
        await write(table, range(500, 600), commit=False)
        await write(table, range(600, 1100))
        relay.wake()
        await until(lambda: empty(table), "the outbox was empty")
    numbers = [n for n in range(1100) if not 500 <= n < 600]
    assert await read(table) == {f"key-{k}".encode(): [n for n in numbers if n % 7 == k] for k in range(7)}


async def test_what_a_long_transaction_wrote_before_others_is_not_passed_over(table: Bench) -> None:
    """Numbers of rows become visible out of order; the relay waits for the oldest running transaction."""
    async with table.relaying() as relay, table.pool.acquire() as slow:
        transaction = slow.transaction()
        await transaction.start()
        await enqueue(slow, [message(table, 0)])
        await write(table, range(1, 50))
        relay.wake()
        assert not await empty(table)
        await transaction.commit()
        await until(lambda: empty(table), "the outbox was empty")
    assert sorted(n for numbers in (await read(table)).values() for n in numbers) == list(range(50))


async def test_two_relays_publish_every_message_once(table: Bench) -> None:
    async with table.relaying() as first, table.relaying() as second:
        for start in range(0, 400, 20):
            await write(table, range(start, start + 20))
            first.wake()
            second.wake()
        await until(lambda: empty(table), "the outbox was empty")
    assert sorted(n for numbers in (await read(table)).values() for n in numbers) == list(range(400))


async def test_a_second_relay_takes_over_when_the_first_one_stops(table: Bench) -> None:
    async with table.relaying():
        await write(table, range(10))
        await until(lambda: empty(table), "the first one had published")
    async with table.relaying():
        await write(table, range(10, 20))
        await until(lambda: empty(table), "the second one had published")
    assert sorted(n for numbers in (await read(table)).values() for n in numbers) == list(range(20))


async def test_a_relay_that_vanished_is_a_takeover_and_one_that_stopped_is_not(table: Bench) -> None:
    taken_over: list[str] = []

    async def note() -> None:
        taken_over.append("again")

    async with table.relaying(note):
        await write(table, range(10))
        await until(lambda: empty(table), "the first one had published")
    async with table.relaying(note):
        await write(table, range(10, 20))
        await until(lambda: empty(table), "the second one had published")
    assert taken_over == []
    await table.pool.execute("update relay set holder = 'vanished', lease_until = now() - interval '1 s'")
    async with table.relaying(note):
        await write(table, range(20, 30))
        await until(lambda: empty(table), "the third one had published")
    assert taken_over == ["again"]


async def test_a_pool_that_lost_its_server_in_an_unlucky_moment_is_waited_out(
    table: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncpg then raises an error that is neither PostgreSQL's nor that of an interface."""
    whole = OutboxSource.fetch
    lost = [asyncpg.InternalClientError("connect() called while another connection already exists")]

    async def fetch(
        self: OutboxSource, connection: Connection, after: Position, limit: int
    ) -> list[tuple[Position, Sequence[Record]]]:
        if lost:
            raise lost.pop()
        return await whole(self, connection, after, limit)

    monkeypatch.setattr(OutboxSource, "fetch", fetch)
    async with table.relaying():
        await write(table, range(5))
        await until(lambda: empty(table), "the outbox was empty")
