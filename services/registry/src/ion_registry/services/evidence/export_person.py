"""Everything that the register has about one person, with who looked: for the person who asks (GDPR, article 15)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ion_platform.database import Connection
from ion_registry.domain.asker import Action, Asker, Result
from ion_registry.domain.personal_data import sources_of
from ion_registry.services.evidence.access_log import log_access
from ion_registry.services.evidence.person_tables import PERSON_TABLES, PersonTable
from ion_registry.storage.patients import find_all_ids, find_patient_id

QUESTION = "export-person"
ROWS_MAX = 100_000
"""Of one table. A person is looked at some times a day at most."""


class ExportTooLargeError(Exception):
    """A table has more rows about this person than one export takes."""


async def export_bsn(connection: Connection, bsn: str, asker: Asker, request_id: str) -> dict[str, Any] | None:
    """The same as `export_person` for who has this BSN."""
    return await export_person(connection, await find_patient_id(connection, bsn), asker, request_id)


async def export_person(
    connection: Connection, patient_id: UUID | None, asker: Asker, request_id: str
) -> dict[str, Any] | None:
    """Returns all rows about a person by table, each with its columns by name; None when there are none.

    Those of the temporary patients that the person was are among them.

    The export is logged in the same transaction, the caller's (`read committed`), so that the next one shows it.
    Raises ExportTooLargeError.
    """
    tables = {}
    if patient_id is not None:
        ids = await find_all_ids(connection, patient_id)
        tables = {table.name: await _read(connection, table, ids) for table in PERSON_TABLES}
    known = any(table["rows"] for table in tables.values())
    subjects, result = ([patient_id], Result.FOUND) if patient_id and known else ([], Result.NOT_FOUND)
    await log_access(connection, asker, QUESTION, Action.EXPORT, subjects, result, request_id)
    return {"patientId": patient_id, "exportedAt": datetime.now(UTC), "tables": tables} if known else None


async def _read(connection: Connection, table: PersonTable, patient_ids: Collection[UUID]) -> dict[str, Any]:
    rows = await connection.fetch(table.query, list(patient_ids), ROWS_MAX + 1)
    if len(rows) > ROWS_MAX:
        raise ExportTooLargeError(f"{table.name} has more than {ROWS_MAX} rows about this person")
    return {"about": table.about, "sources": sources_of(table.name), "rows": [dict(row.items()) for row in rows]}
