from __future__ import annotations

import asyncio

import pytest

from ion_platform.tasks import periodic

DEADLINE_S = 5


async def test_the_work_goes_on_at_once_while_it_finds_something() -> None:
    results = [3, 2, 0]
    done = asyncio.Event()

    async def work() -> int:
        left = results.pop(0)
        if not results:
            done.set()
        return left

    task = asyncio.create_task(periodic(asyncio.Event(), 3600, work))
    await asyncio.wait_for(done.wait(), DEADLINE_S)
    task.cancel()


async def test_a_wake_up_during_the_work_is_not_lost() -> None:
    wake, runs, twice = asyncio.Event(), [], asyncio.Event()

    async def work() -> bool:
        runs.append(None)
        if len(runs) == 1:
            wake.set()
        else:
            twice.set()
        return False

    task = asyncio.create_task(periodic(wake, 3600, work))
    await asyncio.wait_for(twice.wait(), DEADLINE_S)
    task.cancel()


async def test_without_a_wake_up_the_interval_does_it() -> None:
    runs, twice = [], asyncio.Event()

    async def work() -> None:
        runs.append(None)
        if len(runs) == 2:
            twice.set()

    task = asyncio.create_task(periodic(asyncio.Event(), 0.01, work))
    await asyncio.wait_for(twice.wait(), DEADLINE_S)
    task.cancel()


async def test_an_error_of_the_work_comes_out() -> None:
    async def work() -> bool:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await asyncio.wait_for(periodic(asyncio.Event(), 3600, work), DEADLINE_S)
