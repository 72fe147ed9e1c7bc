"""Coverage checks as durable jobs: of registrations one by one, and of the lines of files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any, TypeVar

import asyncpg

from ion_contracts.messages import Mode, Person
from ion_cov_gateway.domain.coverage import Coverage
from ion_cov_gateway.services.commands import Request, register_command
from ion_cov_gateway.services.insurers import Insurers
from ion_cov_gateway.services.registrations import QUERIES
from ion_cov_gateway.services.waiters import Waiters
from ion_platform.clock import Clock
from ion_platform.database import Pool
from ion_platform.outbox import enqueue

COVERED = "100"
LINES_AT_ONCE = 500
ResultT = TypeVar("ResultT")


class Checks:
    """Takes checks set by set, asks the insurers, and writes the answers set by set."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        insurers: Insurers,
        waiters: Waiters,
        secret: bytes,
        claim_s: float,
        concurrent_max: int,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._insurers = insurers
        self._waiters = waiters
        self._secret = secret
        self._claim_s = claim_s
        self._concurrent_max = concurrent_max

    async def check(self, person_bsn: str, mode: Mode, insurer_hint: str | None) -> Coverage:
        """Asks all insurers about one person."""
        return await self._insurers.check(
            bsn=person_bsn,
            on_date=self._clock.today(),
            mode=mode,
            insurer_hint=insurer_hint,
            checked_at=self._clock.now(),
        )

    async def check_operations(self) -> bool:
        """Checks what was posted; returns whether there was anything to do.

        A positive answer and the command to the register commit together; anything else ends the operation.
        """
        rows = await self._pool.fetch(QUERIES["claim_operation_checks"], self._concurrent_max, self._claim_s)
        if not rows:
            return False
        requests = [_request(row) for row in rows]
        found = await self._all(self.check(r.person.bsn, r.mode, r.insurer_hint) for r in requests)
        async with self._pool.acquire() as connection, connection.transaction():
            mine = await connection.fetch(
                QUERIES["finish_operation_checks"],
                [r.operation_id for r in requests],
                [coverage_json(c) for c in found],
                [c.code for c in found],
                [c.code == COVERED for c in found],
                self._clock.now(),
            )
            ours = {row["operation_id"] for row in mine}
            await enqueue(
                connection,
                [
                    register_command(request, coverage.uzovi, self._secret)
                    for request, coverage in zip(requests, found, strict=True)
                    if coverage.code == COVERED and request.operation_id in ours
                ],
            )
        self._waiters.wake(ours)
        return True

    async def check_lines(self) -> bool:
        """Checks lines of files; returns whether there was anything to do."""
        rows = await self._pool.fetch(QUERIES["claim_line_checks"], LINES_AT_ONCE, self._claim_s)
        if not rows:
            return False
        found = await self._all(self.check(row["person"]["bsn"], Mode.AUTOMATIC, row["insurer_hint"]) for row in rows)
        await self._pool.execute(
            QUERIES["finish_line_checks"],
            [row["batch_id"] for row in rows],
            [row["line"] for row in rows],
            ["accepted" if c.code == COVERED else "rejected" for c in found],
            [c.code for c in found],
            [coverage_json(c) for c in found],
        )
        return True

    async def _all(self, checks: Iterable[Awaitable[ResultT]]) -> list[ResultT]:
        """Runs them together, at most so many at once."""
        room = asyncio.Semaphore(self._concurrent_max)

        async def run(check: Awaitable[ResultT]) -> ResultT:
            async with room:
                return await check

        return await asyncio.gather(*(run(check) for check in checks))


def coverage_json(coverage: Coverage) -> dict[str, Any]:
    """Returns a coverage as the API shows it."""
    shown: dict[str, Any] = {"code": coverage.code}
    if coverage.uzovi is not None:
        shown["uzovi"] = coverage.uzovi
    shown["consulted"] = list(coverage.consulted)
    shown["notConsulted"] = [{"uzovi": n.uzovi, "reason": n.reason} for n in coverage.not_consulted]
    shown["checkedAt"] = coverage.checked_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return shown


def _request(row: asyncpg.Record) -> Request:
    return Request(
        operation_id=row["operation_id"],
        party=row["party"],
        agb_code=row["agb_code"],
        mode=Mode(row["mode"]),
        person=Person.model_validate(row["person"]),
        offered_on=row["offered_on"],
        offered_at=row["offered_at"],
        start_date=row["start_date"],
        insurer_hint=row["insurer_hint"],
    )
