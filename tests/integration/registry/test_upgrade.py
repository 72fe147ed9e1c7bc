"""A register that was filled by the first version goes on with what it has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import asyncpg

from ion_platform.migrations import _RECORD, _TABLE, find_migrations, migrate
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B

FIRST_REGISTER = Path("tests/data/made-first-register.sql").read_text(encoding="utf-8")


async def test_what_the_first_version_wrote_is_history_insurance_and_count(empty_database: str) -> None:
    connection = await asyncpg.connect(empty_database)
    await connection.execute(_TABLE)
    for migration in (m for m in find_migrations("ion_registry") if m.version == 1):
        await connection.execute(migration.sql)
        recorded = (migration.package, migration.version, migration.phase, migration.name, migration.checksum)
        await connection.execute(_RECORD, *recorded)
    await connection.execute(FIRST_REGISTER)
    await migrate(empty_database, "ion_registry")
    changes = await connection.fetch(
        "select event, holder, valid_from from journal where sequence is not null order by sequence"
    )
    assert [tuple(row) for row in changes] == [
        ("started", PRACTICE_A, date(2027, 1, 5)),
        ("transferred", PRACTICE_B, date(2027, 3, 10)),
    ]
    assert await connection.fetchval("select list_name from current") == "ornek j."
    assert await connection.fetchval("select sum(patients) from list_count where agb_code = $1", PRACTICE_B) == 1
    insured = await connection.fetchrow("select uzovi, since, until from insurance")
    assert insured is not None
    assert tuple(insured) == ("3311", date(2027, 3, 10), None)
    await connection.close()
