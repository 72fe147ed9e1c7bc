"""Files of GP systems: read, checked line by line, two lists, and "register all accepted" (rules 22 to 25)."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any
from uuid import UUID, uuid4

from ion_contracts.messages import Mode, Person
from ion_cov_gateway.domain.vz31 import InsuredLine, ReadResult, RejectedLine, read_file
from ion_cov_gateway.services.commands import Request, register_command
from ion_cov_gateway.services.registrations import QUERIES
from ion_platform.clock import Clock
from ion_platform.database import Connection, Pool
from ion_platform.outbox import enqueue


class BatchNotCheckedError(Exception):
    """Some lines still wait for their coverage check. Try again when the batch's status is `checked`."""


class Batches:
    """Batches in the database."""

    def __init__(self, pool: Pool, clock: Clock, secret: bytes, lines_max: int) -> None:
        self._pool = pool
        self._clock = clock
        self._secret = secret
        self._lines_max = lines_max
        self.posted = asyncio.Event()

    async def read(self, content: bytes) -> ReadResult:
        """Reads a file beside the event loop: a large one takes a second."""
        return await asyncio.to_thread(read_file, content, today=self._clock.today(), lines_max=self._lines_max)

    async def post(self, party: str, agb_code: str, content: bytes, result: ReadResult) -> UUID:
        """Stores a file that was read, and returns its batch's id."""
        batch_id = uuid4()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                QUERIES["add_batch"],
                batch_id,
                party,
                agb_code,
                hashlib.sha256(content).digest(),
                len(result.lines) + len({r.line for r in result.rejected}),
                self._clock.now(),
            )
            await _add_lines(connection, batch_id, result)
        self.posted.set()
        return batch_id

    async def find(self, batch_id: UUID, party: str) -> dict[str, Any] | None:
        """Returns a batch of this party with its counts, or None."""
        row = await self._pool.fetchrow(QUERIES["find_batch"], batch_id, party)
        if row is None:
            return None
        operations = await self._pool.fetch(QUERIES["count_batch_operations"], batch_id)
        return {**dict(row), "operations": {o["status"]: o["operations"] for o in operations}}

    async def list_lines(self, batch_id: UUID, state: str, page: int, page_size: int) -> list[dict[str, Any]]:
        """Returns one page of the accepted or rejected lines."""
        rows = await self._pool.fetch(QUERIES["list_batch_lines"], batch_id, state, page_size, (page - 1) * page_size)
        return [dict(row) for row in rows]

    async def register_accepted(self, batch_id: UUID, party: str) -> int:
        """Sends a command for every accepted line that has none yet, and returns how many.

        Raises BatchNotCheckedError while lines still wait for their check.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            batch = await connection.fetchrow(QUERIES["lock_batch"], batch_id, party)
            if batch is None or not await connection.fetchval(QUERIES["batch_is_checked"], batch_id):
                raise BatchNotCheckedError
            rows = await connection.fetch(QUERIES["accepted_lines_to_register"], batch_id)
            now, today = self._clock.now(), self._clock.today()
            requests = [
                Request(
                    uuid4(), party, batch["agb_code"], Mode.AUTOMATIC, Person.model_validate(row["person"]), today, now
                )
                for row in rows
            ]
            identifiers = [r.operation_id for r in requests]
            coverages = [row["coverage"] for row in rows]
            await connection.execute(
                QUERIES["add_batch_operations"],
                identifiers,
                [row["person"] for row in rows],
                coverages,
                party,
                batch["agb_code"],
                today,
                now,
                batch_id,
            )
            await connection.execute(QUERIES["link_lines"], batch_id, [row["line"] for row in rows], identifiers)
            await enqueue(
                connection,
                [
                    register_command(request, coverage.get("uzovi"), self._secret)
                    for request, coverage in zip(requests, coverages, strict=True)
                ],
            )
            await connection.execute(QUERIES["mark_batch_registered"], batch_id, now)
        return len(requests)


async def _add_lines(connection: Connection, batch_id: UUID, result: ReadResult) -> None:
    """Stores every line of the file: what can be checked, and what is rejected already."""
    faults: dict[int, list[RejectedLine]] = {}
    for fault in result.rejected:
        faults.setdefault(fault.line, []).append(fault)
    records = [_to_check(batch_id, line) for line in result.lines]
    records += [_rejected(batch_id, of_line) for of_line in faults.values()]
    await connection.executemany(QUERIES["add_batch_line"], records)


def _to_check(batch_id: UUID, line: InsuredLine) -> tuple[Any, ...]:
    person = Person(
        bsn=line.bsn,
        initials=line.initials,
        prefix=line.prefix,
        family_name=line.family_name,
        birth_date=line.birth_date,
        sex=line.sex,
    )
    shown = person.model_dump(mode="json", by_alias=True)
    return (batch_id, line.line, line.number, "to-check", shown, line.uzovi, None, None, None, None)


def _rejected(batch_id: UUID, faults: list[RejectedLine]) -> tuple[Any, ...]:
    """The first fault gives the code; the detail tells all of the line."""
    first = faults[0]
    detail = "; ".join(f"{fault.code}: {fault.message}" for fault in faults)
    position = None if first.first is None else f"{first.first}-{first.last}"
    return (batch_id, first.line, first.number, "rejected", None, None, first.code, detail, first.field, position)
