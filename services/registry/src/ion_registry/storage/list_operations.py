"""Operations on lists: kept from their start to their end, and taken portion by portion."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from ion_platform.database import Connection
from ion_platform.queries import load_queries
from ion_registry.domain.list_operation import ListOperation, ListStatus

QUERIES = load_queries("ion_registry.storage", "list_operations.sql")


@dataclass(frozen=True, slots=True)
class Claimed:
    """An operation that a process has in hand, with how far it is."""

    operation: ListOperation
    reached: UUID | None
    correlation_id: str


async def lock(connection: Connection, operation_ids: Collection[UUID]) -> dict[UUID, ListOperation]:
    """Returns these operations, locked; what is not known is not in it."""
    if not operation_ids:
        return {}
    rows = await connection.fetch(QUERIES["lock_operations"], list(operation_ids))
    return {row["operation_id"]: _operation(row) for row in rows}


async def add(connection: Connection, operations: Sequence[tuple[str, ListOperation]], now: datetime) -> None:
    """Adds operations, each with its correlation id and the number of patients that there are to do."""
    for correlation_id, o in operations:
        await connection.execute(
            QUERIES["add_operation"],
            o.operation_id,
            "move" if o.from_agb_code else "withdraw",
            o.party,
            o.office,
            o.agb_code,
            o.from_agb_code,
            o.batch_id,
            o.status,
            correlation_id,
            now,
        )


async def save_status(connection: Connection, operations: Sequence[ListOperation]) -> None:
    """Saves whether operations run."""
    await connection.execute(
        QUERIES["save_operation_status"],
        [operation.operation_id for operation in operations],
        [operation.status for operation in operations],
    )


async def claim(connection: Connection) -> Claimed | None:
    """Returns an operation that runs, locked until the end of the transaction; None when there is none to do."""
    row = await connection.fetchrow(QUERIES["claim_operation"])
    return None if row is None else Claimed(_operation(row), row["reached"], row["correlation_id"])


async def patients_to_move(connection: Connection, claimed: Claimed, limit: int) -> list[Record]:
    """Returns (patient_id, routing_key) of the next patients of the list."""
    return await connection.fetch(
        QUERIES["next_patients_of_list"], claimed.operation.from_agb_code, claimed.reached, limit
    )


async def commands_to_withdraw(connection: Connection, claimed: Claimed, limit: int) -> list[Record]:
    """Returns (patient_id, routing_key, command_id) of the next that the batch did or that waits."""
    operation = claimed.operation
    return await connection.fetch(
        QUERIES["next_commands_of_batch"], operation.batch_id, operation.party, claimed.reached, limit
    )


async def advance(connection: Connection, operation_id: UUID, reached: UUID, sent: int) -> None:
    """Says how far the commands of an operation have left."""
    await connection.execute(QUERIES["advance_operation"], operation_id, reached, sent)


async def finish(connection: Connection, operation_id: UUID, now: datetime) -> None:
    """Ends an operation that has nothing left to send."""
    await connection.execute(QUERIES["finish_operation"], operation_id, now)


async def find(connection: Connection, operation_id: UUID) -> Record | None:
    """Returns an operation with how far it is and what became of its commands; None when it is not known."""
    return await connection.fetchrow(QUERIES["find_operation"], operation_id)


def _operation(row: Record) -> ListOperation:
    return ListOperation(
        row["operation_id"],
        row["party"],
        row["office"],
        row["agb_code"],
        row["from_agb_code"],
        row["batch_id"],
        ListStatus(row["status"]),
    )
