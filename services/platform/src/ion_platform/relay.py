"""Publishes what a source holds, in its order, under a lease; the position moves after the broker acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from ion_platform import metrics
from ion_platform.database import DATABASE_ERRORS, Connection, Pool
from ion_platform.logging import get_logger
from ion_platform.outbox import QUERIES, Position, Record
from ion_platform.publisher import Publisher, PublishError

log = get_logger(__name__)

POLL_INTERVAL_S = 0.2
"""The safety net; a wake-up after the commit decides the latency."""
RETRY_DELAY_S = 0.5


class Source(Protocol):
    """Where a relay's rows come from: the outbox table, or the register's journal."""

    name: str
    start: Position

    async def fetch(
        self, connection: Connection, after: Position, limit: int
    ) -> list[tuple[Position, Sequence[Record]]]:
        """Returns up to `limit` rows after a position, in order, each with the records that it stands for."""
        ...


class Relay:
    """One source, one publisher at a time. A relay that was paused may publish a record again, never lose one.

    `on_takeover` runs when the last holder did not give its lease back: it may still publish something old, so what a
    compacted topic holds has to be written again.
    """

    def __init__(
        self,
        source: Source,
        pool: Pool,
        publisher: Publisher,
        holder: str,
        lease_s: float,
        batch_rows_max: int = 1000,
        on_takeover: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._source = source
        self._pool = pool
        self._publisher = publisher
        self._holder = holder
        self._lease_s = lease_s
        self._batch_rows_max = batch_rows_max
        self._on_takeover = on_takeover
        self._wake = asyncio.Event()
        self._stopping = False
        self._token: int | None = None
        self._position: Position = source.start
        self._lease_ends_s = 0.0

    def wake(self) -> None:
        """Says that something was committed; never what."""
        self._wake.set()

    async def run(self) -> None:
        """Publishes until `stop`; infrastructure errors are waited out. Others come out: run it again then."""
        while not self._stopping:
            try:
                if self._token is None and not await self._acquire():
                    await self._pause(self._lease_s / 10)
                elif not await self._publish_next():
                    await self._pause(POLL_INTERVAL_S)
            except (PublishError, *DATABASE_ERRORS) as error:
                log.warning("relay failed, trying again", relay=self._source.name, error=type(error).__name__)
                self._token = None
                await asyncio.sleep(RETRY_DELAY_S)
        await self._release()

    def stop(self) -> None:
        """Lets `run` end after the batch it is in."""
        self._stopping = True
        self._wake.set()

    async def _pause(self, at_most_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), at_most_s)
        self._wake.clear()

    async def _acquire(self) -> bool:
        asked_s = time.monotonic()
        row = await self._pool.fetchrow(
            QUERIES["acquire_lease"], self._source.name, self._holder, self._lease_s, list(self._source.start)
        )
        if row is None:
            return False
        if row["taken_over"] and self._on_takeover is not None:
            await self._on_takeover()
        self._token, self._position = row["token"], tuple(row["position"])
        self._lease_ends_s = asked_s + self._lease_s
        return True

    async def _publish_next(self) -> bool:
        """Publishes one batch and returns whether there was one."""
        async with self._pool.acquire() as connection:
            rows = await self._source.fetch(connection, self._position, self._batch_rows_max)
        if rows:
            records = [record for _, of_row in rows for record in of_row]
            if time.monotonic() >= self._lease_ends_s:
                self._token = None
                return True
            await self._publisher.publish(records)
            metrics.PUBLISHED.labels(relay=self._source.name.split("/")[0]).inc(len(records))
        if rows or time.monotonic() > self._lease_ends_s - self._lease_s / 2:
            await self._advance(rows[-1][0] if rows else self._position)
        return bool(rows)

    async def _advance(self, position: Position) -> None:
        asked_s = time.monotonic()
        token = await self._pool.fetchval(
            QUERIES["advance_relay"], self._source.name, self._token, list(position), self._lease_s
        )
        if token is None:
            log.warning("relay lost its lease to another process", relay=self._source.name)
            self._token = None
            return
        self._position = position
        self._lease_ends_s = asked_s + self._lease_s

    async def _release(self) -> None:
        if self._token is not None:
            with contextlib.suppress(*DATABASE_ERRORS):
                await self._pool.execute(QUERIES["release_lease"], self._source.name, self._token)
