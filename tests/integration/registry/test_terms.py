"""The terms of temporary registrations on the real database: asked once, ended once, caught up after an outage."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

from ion_platform.database import Pool
from ion_registry.services.deciding.timers import send_due_temporary
from tests.integration.registry.handling import (
    assert_whole,
    events,
    newborn,
    patient_of,
    random_key,
    registered,
    take,
)
from tests.integration.registry.made_changes import (
    ask,
    complete,
    end,
    extend,
)
from tests.integration.registry.made_messages import (
    PRACTICE_A,
    PRACTICE_B,
    Partition,
    register,
)
from tests.integration.registry.set_clock import SetClock

DAY = date(2027, 1, 11)
LATER = date(2027, 1, 20)
ASKED_ON = date(2027, 3, 11)
ENDS_ON = date(2027, 4, 11)


async def test_a_term_is_asked_once_and_ended_once(pool: Pool) -> None:
    key, partition = random_key(), Partition(9)
    patient = await newborn(pool, key, DAY)
    asked, ended = ask(patient, key, ASKED_ON), end(patient, key, ENDS_ON)
    early = end(patient, key, ASKED_ON)
    await take(pool, partition, [early, asked, asked, ask(patient, key, ASKED_ON)], ASKED_ON)
    assert await events(pool, patient) == ["started", "temporary-due"]
    await take(pool, partition, [ended, ended, end(patient, key, ENDS_ON)], ENDS_ON)
    assert await events(pool, patient) == ["started", "temporary-due", "temporary-expired"]
    assert await registered(pool, patient) == (None, None)
    assert await pool.fetchval("select last_end from current") == ENDS_ON - timedelta(days=1)
    await assert_whole(pool)


async def sent(pool: Pool) -> list[tuple[str, bytes]]:
    rows = await pool.fetch("select headers, key from outbox order by transaction_id, id")
    return [(row["headers"], row["key"]) for row in rows]


async def test_timers_of_terms_are_sent_once_and_caught_up_after_an_outage(pool: Pool) -> None:
    key = random_key()
    patient = await newborn(pool, key, DAY)
    await take(pool, Partition(9), [extend(patient, PRACTICE_A, LATER, key)], LATER)
    assert not await send_due_temporary(pool, SetClock(ASKED_ON - timedelta(days=1)))
    assert any(await asyncio.gather(*(send_due_temporary(pool, SetClock(ASKED_ON)) for _ in range(3))))
    assert len(await sent(pool)) == 1
    late = SetClock(date(2027, 12, 1))
    while any(await asyncio.gather(*(send_due_temporary(pool, late) for _ in range(3)))):
        pass
    assert len(await sent(pool)) == 4
    assert {k for _, k in await sent(pool)} == {key}
    assert await pool.fetchval("select count(distinct headers) from outbox") == 4


async def test_a_timer_for_a_term_that_was_extended_completed_or_merged_does_nothing(pool: Pool) -> None:
    keys = [random_key() for _ in range(3)]
    first, second, third = [await newborn(pool, key, DAY, partition=8 + n) for n, key in enumerate(keys)]
    began = register(2, PRACTICE_B, DAY)
    await take(
        pool,
        Partition(),
        [
            began,
            extend(first, PRACTICE_A, LATER, keys[0]),
            complete(1, second, PRACTICE_A, LATER),
            complete(2, third, PRACTICE_A, LATER),
        ],
        LATER,
    )
    timers = [end(patient, key, ENDS_ON) for patient, key in zip((first, second, third), keys, strict=True)]
    await take(pool, Partition(12), timers, ENDS_ON)
    assert await registered(pool, first) == (PRACTICE_A, DAY)
    assert await registered(pool, await patient_of(pool, 1)) == (PRACTICE_A, DAY)
    assert await registered(pool, await patient_of(pool, 2)) == (PRACTICE_A, LATER)
    await assert_whole(pool)
