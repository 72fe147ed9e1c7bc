"""Every look at a person leaves its records in the transaction that answers (NEN 7513)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest

from ion_platform.database import Connection, Pool
from ion_registry.domain.asker import Action, Asker, Result, Role
from ion_registry.services.evidence.access_log import SUBJECTS_MAX, TooManySubjectsError, log_access
from ion_registry.services.evidence.verify_chain import verify_chain
from ion_registry.storage.access_log import CHAINS, STRIPES

GP = Asker("made practice", Role.PROVIDER, "01023456", "j.jansen")


async def look(
    connection: Connection, patient_ids: Sequence[UUID] = (), result: Result | None = None, code: str | None = None
) -> None:
    """Logs one question of a GP."""
    ended = result or (Result.FOUND if patient_ids else Result.NOT_FOUND)
    await log_access(connection, GP, "own-list", Action.LIST, patient_ids, ended, "request-1", code)


async def whole(pool: Pool) -> tuple[int, int]:
    """Returns links and rows of all stripes, each of which is whole."""
    async with pool.acquire() as connection:
        reports = [await verify_chain(connection, chain) for chain in CHAINS]
    assert [report.fault for report in reports if report.fault] == []
    return sum(report.links for report in reports), sum(report.rows for report in reports)


async def test_one_question_leaves_one_record_per_person(pool: Pool) -> None:
    persons = [uuid4() for _ in range(3)]
    async with pool.acquire() as connection, connection.transaction():
        await look(connection, [*persons, persons[0]])
    rows = await pool.fetch("select * from access_log order by n")
    assert [row["patient_id"] for row in rows] == persons
    assert {(row["party"], row["role"], row["on_behalf_of"], row["user_id"]) for row in rows} == {
        ("made practice", "provider", "01023456", "j.jansen")
    }
    assert {(row["action"], row["question"], row["result"], row["request_id"], row["code"]) for row in rows} == {
        ("list", "own-list", "found", "request-1", None)
    }
    assert await whole(pool) == (1, 3)


@pytest.mark.parametrize(("result", "code"), [(Result.NOT_FOUND, None), (Result.REFUSED, "not-your-patient")])
async def test_who_found_nobody_or_was_refused_leaves_one_record_without_a_person(
    pool: Pool, result: Result, code: str | None
) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await look(connection, [], result, code)
    rows = await pool.fetch("select patient_id, result, code from access_log")
    assert [tuple(row) for row in rows] == [(None, result, code)]


async def test_a_question_that_is_rolled_back_was_not_answered_and_leaves_nothing(pool: Pool) -> None:
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await look(connection, [uuid4()])
        await transaction.rollback()
    assert await pool.fetchval("select count(*) from access_log") == 0
    assert await whole(pool) == (0, 0)


async def test_one_question_about_fifteen_thousand_persons_is_one_link(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await look(connection, [uuid4() for _ in range(15_000)])
    assert await whole(pool) == (1, 15_000)


async def test_more_persons_than_one_transaction_takes_are_refused(pool: Pool) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(TooManySubjectsError):
            await look(connection, [uuid4() for _ in range(SUBJECTS_MAX + 1)])


async def test_readers_do_not_wait_for_each_other(pool: Pool) -> None:
    """Five transactions that stay open have each a stripe of their own."""
    connections = [await pool.acquire() for _ in range(5)]
    transactions = [connection.transaction() for connection in connections]
    for connection, transaction in zip(connections, transactions, strict=True):
        await transaction.start()
        async with asyncio.timeout(5):
            await look(connection, [uuid4()])
    for connection, transaction in zip(connections, transactions, strict=True):
        await transaction.commit()
        await pool.release(connection)
    assert await pool.fetchval("select count(distinct stripe) from access_log") == 5
    assert await whole(pool) == (5, 5)


async def test_when_every_stripe_is_taken_a_reader_waits_for_one(pool: Pool, register_database: str) -> None:
    others = await asyncpg.connect(register_database)
    transaction = others.transaction()
    await transaction.start()
    assert len(await others.fetch("select chain from chain_tail where chain like 'access/%' for update")) == STRIPES

    async def ask() -> None:
        async with pool.acquire() as connection, connection.transaction():
            await look(connection, [uuid4()])

    asking = asyncio.create_task(ask())
    await asyncio.sleep(0.3)
    assert not asking.done()
    await transaction.commit()
    await asking
    await others.close()
    assert await whole(pool) == (1, 1)


async def test_many_readers_at_once_leave_whole_chains(pool: Pool) -> None:
    async def ask() -> None:
        for _ in range(20):
            async with pool.acquire() as connection, connection.transaction():
                await look(connection, [uuid4(), uuid4()])

    await asyncio.gather(*(ask() for _ in range(10)))
    assert await whole(pool) == (200, 400)


@pytest.mark.parametrize("table", ["access_log", "chain_link", "chain_tail"])
@pytest.mark.parametrize("change", ["delete from {}", "truncate {}", "update {} set hash = hash"])
async def test_what_is_evidence_cannot_be_changed(pool: Pool, table: str, change: str) -> None:
    if "update" in change and table != "chain_link":
        change, table = "update {} set n = n", "access_log"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute(change.format(table))
