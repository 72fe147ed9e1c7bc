"""Cases of the ombudsman. The only module that reads and writes their texts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from asyncpg import Record

from ion_platform.database import Connection
from ion_platform.queries import load_queries
from ion_registry.domain.case import Case
from ion_registry.domain.take_step import KnownPatient

QUERIES = load_queries("ion_registry.storage", "cases.sql")


class StepRow(NamedTuple):
    """A step that was taken, in the order of its columns; `body` is its JSON, None once the person was removed."""

    command_id: str
    case_id: UUID
    n: int
    kind: str
    code: str
    offered_on: date
    offered_at: datetime
    recorded_on: date
    party: str
    office: bool
    body: dict[str, Any] | None


async def read_cases(connection: Connection, case_ids: Collection[UUID]) -> dict[UUID, Case]:
    """Returns these cases, locked until the end of the transaction. One that nobody opened is not in it."""
    rows = await connection.fetch(QUERIES["read_cases"], list(case_ids))
    return {row["case_id"]: case_of(row) for row in rows}


async def save_cases(connection: Connection, cases: Sequence[Case]) -> None:
    """Saves cases as they became. What was settled by opening one never changes."""
    if not cases:
        return
    columns = zip(*(_values(case) for case in cases), strict=True)
    await connection.execute(QUERIES["save_cases"], *(list(column) for column in columns))


async def taken_steps(connection: Connection, command_ids: Collection[str]) -> dict[str, str]:
    """Returns the code of each of these commands that was taken before."""
    rows = await connection.fetch(QUERIES["taken_steps"], list(command_ids))
    return {row["command_id"]: row["code"] for row in rows}


async def add_steps(connection: Connection, rows: Sequence[StepRow]) -> None:
    """Adds steps to the history; their cases are saved before."""
    if rows:
        await connection.execute(QUERIES["add_steps"], *(list(column) for column in zip(*rows, strict=True)))


async def read_case_patients(
    connection: Connection, bsns: Collection[str], patient_ids: Collection[UUID]
) -> list[KnownPatient]:
    """Returns who of these the register knows."""
    if not bsns and not patient_ids:
        return []
    rows = await connection.fetch(QUERIES["read_case_patients"], list(bsns), list(patient_ids))
    return [KnownPatient(row["patient_id"], row["bsn"], row["family_name"]) for row in rows]


async def list_cases(connection: Connection, *, overdue_on: date | None, limit: int) -> list[Case]:
    """Returns the newest cases first; with a day, only those with a term that has passed by then."""
    return [case_of(row) for row in await connection.fetch(QUERIES["list_cases"], overdue_on, limit)]


async def list_open_cases(connection: Connection, limit: int) -> list[Case]:
    """Returns the cases without an end, the earliest term first."""
    return [case_of(row) for row in await connection.fetch(QUERIES["list_open_cases"], limit)]


async def find_case(connection: Connection, case_id: UUID) -> Case | None:
    """Returns one case, not locked."""
    row = await connection.fetchrow(QUERIES["find_case"], case_id)
    return None if row is None else case_of(row)


async def read_steps(connection: Connection, case_id: UUID) -> list[StepRow]:
    """Returns the history of a case, in order."""
    return [StepRow(*row) for row in await connection.fetch(QUERIES["read_steps"], case_id)]


def case_of(row: Record) -> Case:
    """Returns the case in a row of a query that selects all its columns."""
    return Case(
        case_id=row["case_id"],
        patient_id=row["patient_id"],
        on_date=row["on_date"],
        requester=row["requester_agb_code"],
        other=row["other_agb_code"],
        opened_on=row["opened_on"],
        contact_due=row["contact_due"],
        ruling_due=row["ruling_due"],
        steps=row["steps"],
        contacted_on=row["contacted_on"],
        extended_on=row["extended_on"],
        heard=frozenset(row["heard"]),
        wish=row["wish_agb_code"],
        ruled=row["ruled_agb_code"],
        ruled_on=row["ruled_on"],
        published_on=row["published_on"],
        withdrawn_on=row["withdrawn_on"],
    )


def _values(case: Case) -> tuple[object, ...]:
    """Returns the columns in the order of `save_cases`."""
    return (
        case.case_id,
        case.patient_id,
        case.on_date,
        case.requester,
        case.other,
        case.opened_on,
        case.contact_due,
        case.ruling_due,
        case.steps,
        case.contacted_on,
        case.extended_on,
        ",".join(sorted(case.heard)),
        case.wish,
        case.ruled,
        case.ruled_on,
        case.published_on,
        case.withdrawn_on,
    )
