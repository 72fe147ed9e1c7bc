"""Operations on lists: commands start and steer them; their own commands leave in portions, one for each patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from asyncpg import Record

from ion_contracts.catalogue import COMMANDS
from ion_contracts.envelope import Envelope
from ion_contracts.messages import MoveList, MovePatient, Status, SteerList, Subject, Withdraw, WithdrawBatch
from ion_platform.clock import Clock
from ion_platform.database import Connection, Pool
from ion_platform.outbox import Outgoing, enqueue
from ion_registry.domain.list_operation import ListCode, ListOperation, steer, why_not_started
from ion_registry.domain.reference import Reference
from ion_registry.services.deciding.rows import Place, list_row
from ion_registry.services.publishing.render import SOURCE
from ion_registry.storage import list_operations as storage
from ion_registry.storage.journal import JournalRow

PORTION_ROWS_MAX = 500
"""So many patients of one operation at a time: what else comes is not held up behind a long list."""
_ACCEPTED = frozenset({ListCode.STARTED, ListCode.STOPPED, ListCode.RESUMED})

ListMessage = MoveList | WithdrawBatch | SteerList


@dataclass(slots=True)
class ListOperations:
    """The operations that a batch of commands starts, stops or resumes."""

    reference: Reference
    known: dict[UUID, ListOperation] = field(default_factory=dict)
    started: list[tuple[str, ListOperation]] = field(default_factory=list)
    steered: dict[UUID, ListOperation] = field(default_factory=dict)

    def take(self, place: Place, command_id: str, correlation_id: str, body: ListMessage) -> JournalRow:
        """Does in memory what one command asks for, and returns what the journal says of it."""
        code = self._steer(body) if isinstance(body, SteerList) else self._start(correlation_id, body)
        return list_row(
            place,
            command_id,
            correlation_id,
            Status.ACCEPTED if code in _ACCEPTED else Status.REFUSED,
            code,
            agb_code=getattr(body, "agb_code", None),
            party=body.party,
            offered_on=body.offered_on,
            operation_id=body.operation_id,
        )

    async def save(self, connection: Connection, now: datetime) -> None:
        """Writes what was started or steered, in the caller's transaction."""
        await storage.add(connection, self.started, now)
        if self.steered:
            await storage.save_status(connection, list(self.steered.values()))

    def _start(self, correlation_id: str, body: MoveList | WithdrawBatch) -> str:
        operation = ListOperation(
            body.operation_id,
            body.party,
            body.office,
            body.agb_code,
            body.from_agb_code if isinstance(body, MoveList) else None,
            body.withdrawn_batch_id if isinstance(body, WithdrawBatch) else None,
        )
        known = self.known.get(operation.operation_id)
        refusal = why_not_started(operation, known, body.offered_on, self.reference)
        if refusal is None and known is None:
            self.known[operation.operation_id] = operation
            self.started.append((correlation_id, operation))
        return refusal or ListCode.STARTED

    def _steer(self, body: SteerList) -> str:
        operation, code = steer(self.known.get(body.operation_id), body.steering, body.party, body.office)
        if operation is not None and code in _ACCEPTED:
            self.known[operation.operation_id] = self.steered[operation.operation_id] = operation
        return code


async def send_next_portion(pool: Pool, clock: Clock) -> bool:
    """Puts the next commands of an operation that runs in the outbox; returns whether there may be more.

    How far it came and the commands commit together: after a crash it goes on where it was.
    """
    async with pool.acquire() as connection, connection.transaction():
        claimed = await storage.claim(connection)
        if claimed is None:
            return False
        operation_id = claimed.operation.operation_id
        rows = await _next_rows(connection, claimed)
        if not rows:
            await storage.finish(connection, operation_id, clock.now())
            return True
        await enqueue(connection, [_command(claimed, row, clock) for row in rows])
        await storage.advance(connection, operation_id, rows[-1]["patient_id"], len(rows))
        return True


async def _next_rows(connection: Connection, claimed: storage.Claimed) -> Sequence[Record]:
    if claimed.operation.from_agb_code is not None:
        return await storage.patients_to_move(connection, claimed, PORTION_ROWS_MAX)
    return await storage.commands_to_withdraw(connection, claimed, PORTION_ROWS_MAX)


def _command(claimed: storage.Claimed, row: Record, clock: Clock) -> Outgoing:
    operation, now = claimed.operation, clock.now()
    common = {
        "offered_on": clock.today(),
        "offered_at": now,
        "party": operation.party,
        "office": operation.office,
        "batch_id": operation.operation_id,
        "agb_code": operation.agb_code,
    }
    body: MovePatient | Withdraw
    if operation.from_agb_code is not None:
        body = MovePatient(patient_id=row["patient_id"], from_agb_code=operation.from_agb_code, **common)
    else:
        body = Withdraw(subject=Subject(patient_id=row["patient_id"]), withdrawn_id=row["command_id"], **common)
    envelope = Envelope(
        id=str(uuid5(operation.operation_id, f"{body.TYPE}/{row['patient_id']}")),
        source=SOURCE,
        type=body.TYPE,
        time=now,
        correlation_id=claimed.correlation_id,
        causation_id=str(operation.operation_id),
    )
    return Outgoing(COMMANDS.name, row["routing_key"], envelope, body)
