"""Registrations that are posted one by one: stored, checked, sent to the register, answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from ion_contracts.messages import CommandOutcome, Mode, Person
from ion_cov_gateway.services.waiters import POLL_INTERVAL_S, Waiters
from ion_platform.clock import Clock
from ion_platform.database import Connection, Pool
from ion_platform.queries import load_queries
from ion_platform.subscription import Delivery

QUERIES = load_queries("ion_cov_gateway.storage")
FINISHED = ("accepted", "refused")


class Registrations:
    """Operations in the database, and who waits for them."""

    def __init__(self, pool: Pool, clock: Clock, waiters: Waiters) -> None:
        self._pool = pool
        self._clock = clock
        self._waiters = waiters
        self.posted = asyncio.Event()
        self._touched: set[UUID] = set()

    async def post(
        self,
        party: str,
        agb_code: str,
        mode: Mode,
        person: Person,
        insurer_hint: str | None,
        start_date: date | None,
    ) -> UUID:
        """Stores a request, stamped with the day of its offering, and returns its operation's id."""
        operation_id = uuid4()
        now = self._clock.now()
        await self._pool.execute(
            QUERIES["add_operation"],
            operation_id,
            party,
            agb_code,
            mode,
            person.model_dump(mode="json", by_alias=True),
            insurer_hint,
            start_date,
            self._clock.today(),
            now,
        )
        self.posted.set()
        return operation_id

    async def find(self, operation_id: UUID, party: str) -> dict[str, Any] | None:
        """Returns an operation of this party, or None."""
        row = await self._pool.fetchrow(QUERIES["find_operation"], operation_id, party)
        return None if row is None else dict(row)

    async def wait(self, operation_id: UUID, party: str, at_most_s: float) -> dict[str, Any] | None:
        """Returns the operation when it is finished or deferred, or as it is when the time is over."""
        deadline_s = asyncio.get_running_loop().time() + at_most_s
        with self._waiters.interest(operation_id) as changed:
            while True:
                changed.clear()
                operation = await self.find(operation_id, party)
                left_s = deadline_s - asyncio.get_running_loop().time()
                if operation is None or operation["status"] != "processing" or left_s <= 0:
                    return operation
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), min(left_s, POLL_INTERVAL_S))

    async def take_outcomes(self, connection: Connection, batch: Sequence[Delivery]) -> None:
        """Writes what the register answered; the last word per operation, and never over a final one."""
        outcomes: dict[UUID, CommandOutcome] = {}
        for delivery in batch:
            outcome = delivery.message.body
            assert isinstance(outcome, CommandOutcome)
            with contextlib.suppress(ValueError):
                operation_id = UUID(outcome.command_id)
                if operation_id not in outcomes or outcomes[operation_id].status == "deferred":
                    outcomes[operation_id] = outcome
        await connection.execute(
            QUERIES["apply_outcomes"],
            list(outcomes),
            [o.status for o in outcomes.values()],
            [o.code for o in outcomes.values()],
            [o.registration and o.registration.model_dump(mode="json", by_alias=True) for o in outcomes.values()],
            [o.process_on for o in outcomes.values()],
            self._clock.now(),
        )
        self._touched = set(outcomes)

    def wake_waiters(self, _partitions: object) -> None:
        """After the commit: who waits reads the database again."""
        self._waiters.wake(self._touched)
