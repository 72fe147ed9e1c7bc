"""Operations on whole lists on the real database: in portions, stopped, resumed, and with what became of them."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from ion_contracts.messages import Steering
from ion_platform.database import Pool
from ion_registry.services.deciding.handle_commands import CommandHandler
from ion_registry.services.deciding.list_operations import PORTION_ROWS_MAX, send_next_portion
from ion_registry.storage.list_operations import QUERIES
from tests.integration.registry.handling import assert_whole, codes, patient_of, registered, sent_by_register, take
from tests.integration.registry.made_changes import (
    move_list,
    register_temporary,
    steer,
    withdraw_batch,
)
from tests.integration.registry.made_messages import (
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    Made,
    Partition,
    register,
)
from tests.integration.registry.set_clock import SetClock

DAY = date(2027, 1, 11)
LATER = date(2027, 1, 20)
CLOSED_DAY = date(2027, 4, 1)


def operation_of(made: Made) -> UUID:
    operation_id = getattr(made.body, "operation_id", None)
    assert isinstance(operation_id, UUID)
    return operation_id


async def work_off(pool: Pool, partition: Partition, day: date) -> list[Made]:
    """Sends and handles portions until there is nothing left to send; returns all commands."""
    everything: list[Made] = []
    while await send_next_portion(pool, SetClock(day)):
        portion = await sent_by_register(pool)
        await take(pool, partition, portion, day)
        everything += portion
    return everything


async def progress(pool: Pool, made: Made) -> tuple[object, ...]:
    """Returns (status, total, sent, accepted, refused, deferred) of an operation."""
    row = await pool.fetchrow(QUERIES["find_operation"], operation_of(made))
    assert row is not None
    return tuple(row[name] for name in ("status", "total", "sent", "accepted", "refused", "deferred"))


async def test_a_list_of_1200_is_moved_in_portions_and_says_how_far_it_is(pool: Pool) -> None:
    partition = Partition()
    began = [register(number, PRACTICE_A, DAY) for number in range(1200)]
    await take(pool, partition, began, DAY)
    moving = move_list(PRACTICE_A, PRACTICE_B, LATER)
    await take(pool, partition, [moving], LATER)
    assert await progress(pool, moving) == ("running", 1200, 0, 0, 0, 0)
    assert await send_next_portion(pool, SetClock(LATER))
    first = await sent_by_register(pool)
    assert len(first) == PORTION_ROWS_MAX
    await take(pool, partition, first, LATER)
    assert await progress(pool, moving) == ("running", 1200, 500, 500, 0, 0)
    rest = await work_off(pool, partition, LATER)
    assert await progress(pool, moving) == ("done", 1200, 1200, 1200, 0, 0)
    assert len({one.id for one in [*first, *rest]}) == 1200
    holders = await pool.fetch("select agb_code, since, count(*) from current group by 1, 2")
    assert [tuple(row) for row in holders] == [(PRACTICE_B, LATER, 1200)]
    reasons = await pool.fetch(
        "select distinct details ->> 'reason' as reason from journal where event = 'transferred'"
    )
    assert [row["reason"] for row in reasons] == ["list-moved"]
    await assert_whole(pool, [*began, moving, *first, *rest])


async def test_several_processes_and_a_rolled_back_portion_send_each_patient_once(pool: Pool) -> None:
    partition = Partition()
    await take(pool, partition, [register(number, PRACTICE_A, DAY) for number in range(700)], DAY)
    moving = move_list(PRACTICE_A, PRACTICE_B, LATER)
    await take(pool, partition, [moving], LATER)
    async with pool.acquire() as connection:
        lost = connection.transaction()
        await lost.start()
        assert await connection.fetchrow(QUERIES["claim_operation"]) is not None
        assert not await send_next_portion(pool, SetClock(LATER))  # it is in the hands of another process
        await lost.rollback()
    while any(await asyncio.gather(*(send_next_portion(pool, SetClock(LATER)) for _ in range(3)))):
        pass
    commands = await sent_by_register(pool)
    assert len(commands) == len({one.id for one in commands}) == 700
    await take(pool, partition, [*commands, *commands], LATER)
    assert await progress(pool, moving) == ("done", 700, 700, 700, 0, 0)
    await assert_whole(pool, [moving, *commands])


async def test_an_operation_is_stopped_and_resumed_by_its_own_party_only(pool: Pool) -> None:
    partition = Partition()
    await take(pool, partition, [register(number, PRACTICE_A, DAY) for number in range(600)], DAY)
    moving = move_list(PRACTICE_A, PRACTICE_B, LATER)
    operation = operation_of(moving)
    await take(pool, partition, [moving], LATER)
    assert await send_next_portion(pool, SetClock(LATER))
    stopped, by_another = (
        steer(operation, Steering.STOP, PRACTICE_A, LATER),
        steer(operation, Steering.RESUME, PRACTICE_C, LATER),
    )
    unknown = steer(uuid4(), Steering.STOP, PRACTICE_A, LATER)
    await take(pool, partition, [stopped, by_another, unknown], LATER)
    assert not await send_next_portion(pool, SetClock(LATER))
    assert (await progress(pool, moving))[:3] == ("stopped", 600, 500)
    resumed = steer(operation, Steering.RESUME, PRACTICE_A, LATER)
    await take(pool, partition, [*await sent_by_register(pool), resumed], LATER)
    await work_off(pool, partition, LATER)
    assert await progress(pool, moving) == ("done", 600, 600, 600, 0, 0)
    too_late = steer(operation, Steering.STOP, PRACTICE_A, LATER)
    await take(pool, partition, [too_late], LATER)
    assert await codes(pool, stopped, by_another, unknown, resumed, too_late) == [
        "list-operation-stopped",
        "list-operation-unknown",
        "list-operation-unknown",
        "list-operation-resumed",
        "list-operation-ended",
    ]
    await assert_whole(pool, [moving, stopped, by_another, unknown, resumed, too_late])


async def test_an_operation_that_is_started_and_stopped_in_one_batch_waits_for_its_resumption(pool: Pool) -> None:
    partition = Partition()
    moving = move_list(PRACTICE_A, PRACTICE_B, LATER)
    stopped = steer(operation_of(moving), Steering.STOP, PRACTICE_A, LATER)
    await take(pool, partition, [register(1, PRACTICE_A, DAY), moving, stopped], LATER)
    assert await progress(pool, moving) == ("stopped", 1, 0, 0, 0, 0)
    assert not await send_next_portion(pool, SetClock(LATER))


async def test_two_operations_of_one_request_both_run(pool: Pool) -> None:
    """The gateway may send several under one correlation id."""
    one, other = move_list(PRACTICE_A, PRACTICE_B, LATER), move_list(PRACTICE_C, PRACTICE_B, LATER)
    together = Partition().deliver([one, Made(other.body, other.key, other.id)])
    object.__setattr__(together[1].message.envelope, "correlation_id", together[0].message.envelope.correlation_id)
    async with pool.acquire() as connection, connection.transaction():
        await CommandHandler(SetClock(LATER)).handle(connection, together)
    assert await pool.fetchval("select count(*) from list_operation") == 2


async def test_an_operation_that_may_not_be_is_refused_and_the_same_again_is_the_same(pool: Pool) -> None:
    partition = Partition()
    same, unknown = move_list(PRACTICE_A, PRACTICE_A, LATER), move_list(PRACTICE_A, "01099999", LATER)
    empty = move_list(PRACTICE_A, PRACTICE_B, LATER)
    again = move_list(PRACTICE_A, PRACTICE_B, LATER, operation_of(empty))
    other = move_list(PRACTICE_A, PRACTICE_C, LATER, operation_of(empty))
    await take(pool, partition, [same, unknown, empty, again, other], LATER)
    assert await codes(pool, same, unknown, empty, again, other) == [
        "same-agb-code",
        "unknown-agb-code",
        "list-operation-started",
        "list-operation-started",
        "list-operation-exists",
    ]
    assert await work_off(pool, partition, LATER) == []
    assert await progress(pool, empty) == ("done", 0, 0, 0, 0, 0)
    await assert_whole(pool, [same, unknown, empty, again, other])


async def test_on_a_closed_day_each_patient_of_the_list_waits(pool: Pool) -> None:
    partition = Partition()
    await take(pool, partition, [register(number, PRACTICE_A, DAY) for number in range(3)], DAY)
    moving = move_list(PRACTICE_A, PRACTICE_B, CLOSED_DAY)
    await take(pool, partition, [moving], CLOSED_DAY)
    commands = await work_off(pool, partition, CLOSED_DAY)
    assert await progress(pool, moving) == ("done", 3, 3, 0, 0, 3)
    back = withdraw_batch(operation_of(moving), PRACTICE_A, CLOSED_DAY)
    await take(pool, partition, [back], CLOSED_DAY)
    await work_off(pool, partition, CLOSED_DAY)
    assert await codes(pool, *commands) == ["deferred-closed-day", "withdrawn-before-processing"] * 3
    await assert_whole(pool, [moving, *commands, back])


@pytest.mark.parametrize("days", [1, 20])
async def test_what_a_file_did_is_withdrawn_as_far_as_nobody_built_upon_it_and_within_the_term(
    pool: Pool, days: int
) -> None:
    partition, batch_id = Partition(), uuid4()
    began = register(1, PRACTICE_C, DAY)
    made = [register_temporary(number, PRACTICE_A, LATER, batch_id=batch_id) for number in (1, 2, 3)]
    own, same = register_temporary(4, PRACTICE_A, LATER), register_temporary(4, PRACTICE_A, LATER, batch_id=batch_id)
    built_upon = register(3, PRACTICE_B, LATER + timedelta(days=1))
    day = LATER + timedelta(days=days)
    undo = withdraw_batch(batch_id, PRACTICE_A, day)
    await take(pool, partition, [began, *made, own, same, built_upon, undo], day)
    commands = await work_off(pool, partition, day)
    assert set(await codes(pool, *commands)) == {"withdrawn" if days == 1 else "withdraw-term-over", "built-upon"}
    holders = [(await registered(pool, await patient_of(pool, number)))[0] for number in (1, 2, 3, 4)]
    kept = [PRACTICE_C, None] if days == 1 else [PRACTICE_A, PRACTICE_A]
    assert holders == [*kept, PRACTICE_B, PRACTICE_A]
    assert (await progress(pool, undo))[:3] == ("done", 3, 3)
    await assert_whole(pool, [began, *made, own, same, built_upon, undo, *commands])


async def test_a_file_of_another_party_cannot_be_withdrawn(pool: Pool) -> None:
    partition, batch_id = Partition(), uuid4()
    made = register_temporary(1, PRACTICE_A, LATER, batch_id=batch_id)
    undo = withdraw_batch(batch_id, PRACTICE_B, LATER)
    await take(pool, partition, [made, undo], LATER)
    assert await work_off(pool, partition, LATER) == []
    assert await registered(pool, await patient_of(pool, 1)) == (PRACTICE_A, LATER)
