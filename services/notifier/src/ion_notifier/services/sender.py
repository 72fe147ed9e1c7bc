"""Sends what is due, set by set: claim, send through all connections at once, record.

A kill between the mail server's answer and the commit repeats a mail, with the same Message-ID: that is the limit of
SMTP, which has no way to ask whether a mail arrived.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from prometheus_client import Counter

from ion_notifier.domain.claimed import ClaimedDelivery
from ion_notifier.domain.retry import Attempt, AttemptResult, RetryPolicy, judge
from ion_notifier.services.ended import RESULTS, ended_message
from ion_notifier.services.mail_server import Line, MailServerSettings, UnreachableError
from ion_notifier.services.rendering import Sender as MailSender
from ion_notifier.services.rendering import render
from ion_notifier.storage import deliveries
from ion_notifier.storage.deliveries import Result
from ion_platform.clock import AMSTERDAM, Clock
from ion_platform.database import Pool
from ion_platform.logging import get_logger, where
from ion_platform.outbox import enqueue
from ion_platform.tasks import periodic

log = get_logger(__name__)

POLL_INTERVAL_S = 1.0
"""A commit wakes the sender at once; this finds what is to be tried again, and what a killed sender left."""
MAILS = Counter("ion_mails_total", "Attempts at sending a mail, by how they ended", ["result"])


class Sender:
    """Sends deliveries until it is stopped; then it finishes the mails in hand and records them."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        server: MailServerSettings,
        mail: MailSender,
        policy: RetryPolicy,
        connections: int,
        mails_per_set: int,
        claim_s: float,
        wake_outbox: Callable[[], None],
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._mail = mail
        self._policy = policy
        self._lines = [Line(server) for _ in range(connections)]
        self._mails_per_set = mails_per_set
        self._claim_s = claim_s
        self._working_s = claim_s - 2 * server.timeout_s
        self._wake_outbox = wake_outbox
        self._wake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Says that deliveries may have become due."""
        self._wake.set()

    async def run(self) -> None:
        """Sends what is due, now and later."""
        await periodic(self._wake, POLL_INTERVAL_S, self._send_set_to_its_end)

    async def close(self) -> None:
        """Closes the connections."""
        await asyncio.gather(*(line.close() for line in self._lines))

    async def _send_set_to_its_end(self) -> bool:
        """A cancelled set sends no further mail, but what was sent is recorded, or it would be sent again."""
        work = asyncio.create_task(self.send_set())
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            self._stopping = True
            await asyncio.gather(work, return_exceptions=True)
            raise

    async def send_set(self) -> bool:
        """Sends the next set and returns whether there was one."""
        claim_id = uuid4()
        stop_at_s = time.monotonic() + self._working_s
        claimed = await deliveries.claim(self._pool, self._mails_per_set, claim_id, self._claim_s)
        if not claimed:
            return False
        waiting = deque(claimed)
        sent: list[tuple[ClaimedDelivery, Attempt]] = []
        async with asyncio.TaskGroup() as group:
            for line in self._lines[: len(claimed)]:
                group.create_task(self._send_through(line, waiting, sent, stop_at_s))
        results = [Result(d, attempt, judge(attempt, d.elapsed_s, self._policy)) for d, attempt in sent]
        async with self._pool.acquire() as connection, connection.transaction():
            attempts = await deliveries.record(connection, claim_id, results)
            now = self._clock.now()
            ended = [r for r in results if r.verdict.status in RESULTS and r.delivery.delivery_id in attempts]
            await enqueue(connection, [ended_message(r, attempts[r.delivery.delivery_id], now) for r in ended])
        self._wake_outbox()
        self._report(results)
        return True

    async def _send_through(
        self,
        line: Line,
        waiting: deque[ClaimedDelivery],
        done: list[tuple[ClaimedDelivery, Attempt]],
        stop_at_s: float,
    ) -> None:
        """Sends what waits, with the other connections; when the server is away, the whole set shares that result."""
        while waiting and not self._stopping and time.monotonic() < stop_at_s:
            delivery = waiting.popleft()
            try:
                done.append((delivery, await self._send(line, delivery)))
            except UnreachableError:
                away = Attempt(AttemptResult.UNREACHABLE)
                done.append((delivery, away))
                done.extend((other, away) for other in waiting)
                waiting.clear()

    async def _send(self, line: Line, delivery: ClaimedDelivery) -> Attempt:
        """A fault of ours with one mail must not keep the others waiting: it is logged, and counts as an attempt."""
        try:
            content = render(delivery, self._mail, datetime.now(UTC).astimezone(AMSTERDAM))
            return await line.send(self._mail.address, delivery.address, content)
        except UnreachableError:
            raise
        except Exception as error:
            log.error("a mail could not be made or offered", error=type(error).__name__, where=where(error))
            line.drop()
            return Attempt(AttemptResult.ERROR)

    def _report(self, results: list[Result]) -> None:
        counted: dict[AttemptResult, int] = {}
        for result in results:
            counted[result.attempt.result] = counted.get(result.attempt.result, 0) + 1
        for kind, count in counted.items():
            MAILS.labels(result=kind.value).inc(count)
            level = log.info if kind is AttemptResult.SENT else log.warning
            level("mails offered", result=kind.value, count=count)
