"""No table and no column with personal data is forgotten: not in the documentation, and not in an export."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from ion_platform.database import Pool
from ion_registry.domain.personal_data import EVERYTHING_ELSE, PERSONAL_DATA
from ion_registry.services.evidence.person_tables import PERSON_TABLES, PersonTable

SAYS_WHO = re.compile(
    r"(^|_)(bsn|name|initials|prefix|birth|sex|street|postcode|city|address|e?mail|mobile|phone)(_|$)"
)
"""A column with such a name says who somebody is: it is named itself, never by `*`."""


async def _columns(pool: Pool) -> dict[str, set[str]]:
    """Returns the columns of every table."""
    rows = await pool.fetch(
        "select table_name, column_name from information_schema.columns where table_schema = current_schema()"
    )
    columns: dict[str, set[str]] = {}
    for row in rows:
        columns.setdefault(row["table_name"], set()).add(row["column_name"])
    return columns


async def test_every_table_with_a_patient_is_exported(pool: Pool) -> None:
    read = {table.name: table.of_patient for table in PERSON_TABLES}
    for table, columns in (await _columns(pool)).items():
        for column in columns:
            if column.endswith("patient_id"):
                assert column in read.get(table, ""), f"person_tables.py: {table}.{column}"


@pytest.mark.parametrize("table", PERSON_TABLES, ids=lambda table: table.name)
async def test_what_is_read_for_an_export_can_be_read(pool: Pool, table: PersonTable) -> None:
    assert await pool.fetch(table.query, [uuid4()], 1) == []


async def test_every_column_with_personal_data_is_described(pool: Pool) -> None:
    columns = await _columns(pool)
    described: dict[str, set[str]] = {table.name: set() for table in PERSON_TABLES}
    for data in PERSONAL_DATA:
        described.setdefault(data.table, set()).update(data.columns)
    forgotten = {
        f"{table}.{column}"
        for table, known in described.items()
        for column in columns[table] - known
        if EVERYTHING_ELSE not in known or SAYS_WHO.search(column)
    }
    gone = {
        f"{table}.{column}"
        for table, known in described.items()
        for column in known - columns[table] - {EVERYTHING_ELSE}
    }
    assert (forgotten, gone) == (set(), set()), "domain/personal_data.py, and then `make contracts`"
