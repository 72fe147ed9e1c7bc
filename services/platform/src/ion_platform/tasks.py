"""Background work that is woken, with an interval as the safety net."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable


async def periodic(wake: asyncio.Event, interval_s: float, work: Callable[[], Awaitable[bool | int | None]]) -> None:
    """Runs `work` now, when woken and at least each interval; again at once for as long as it says it found something.

    Never returns. A wake-up during the work is not lost. Errors of `work` come out: the task that runs this is
    started again by the service.
    """
    while True:
        wake.clear()
        while await work():  # noqa: ASYNC110 - the pause lets others run, it waits for nothing
            await asyncio.sleep(0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), interval_s)
