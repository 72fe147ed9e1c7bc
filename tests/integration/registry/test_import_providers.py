"""`ion-registry import-providers` as an operator runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from ion_platform.migrations import find_migrations, migrate
from tests.unit.registry.made_providers import ARTS, EIK, LINDE, json_lines

pytestmark = pytest.mark.usefixtures("no_providers")

CSV = "\r\n".join(
    [
        "agbCode;kind;name;street;houseNumber;postcode;city;changeMessageAddress;associations",
        "01023456;practice;Huisartsenpraktijk De Linde;Lindelaan;12;1234 AB;Voorbeeldstad;post@praktijk-a.example;",
        "01045678;person;J. Voorbeeldarts;Lindelaan;12;1234 AB;Voorbeeldstad;post@praktijk-a.example;01023456 1-1-2016",
    ]
)


def run_import(database_url: str, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "ION_ENVIRONMENT": "test",
        "ION_DATABASE_URL": database_url,
        "ION_KAFKA_BOOTSTRAP": "127.0.0.1:1",
    }
    command = [str(Path(sys.executable).with_name("ion-registry")), "import-providers", str(file), *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "providers.jsonl"
    write(file, LINDE, EIK, ARTS)
    return file


def write(file: Path, *rows: Mapping[str, Any]) -> None:
    file.write_bytes(json_lines(*rows))


async def count(database_url: str, table: str) -> int:
    connection = await asyncpg.connect(database_url)
    found = await connection.fetchval(f"select count(*) from {table}")  # noqa: S608 - the table is a constant here
    await connection.close()
    return int(found)


async def test_the_report_tells_what_is_new_changed_ended_and_unchanged(register_database: str, file: Path) -> None:
    first = run_import(register_database, file)
    assert first.returncode == 0
    assert first.stdout.splitlines() == [
        "new          01023456  Huisartsenpraktijk De Linde",
        "new          01034567  Huisartsenpraktijk De Eik",
        "new          01045678  J. Voorbeeldarts",
        "3 read: 3 new, 0 changed, 0 ended, 0 disappeared, 0 unchanged",
        "this is import 1 of the care provider register",
    ]
    eik = {**EIK, "activeUntil": "2027-03-14", "successor": "01023456"}
    write(file, {**LINDE, "city": "Anderstad"}, eik, {**ARTS, "associations": []})
    assert run_import(register_database, file).stdout.splitlines() == [
        "changed      01023456  Huisartsenpraktijk De Linde; city: Voorbeeldstad -> Anderstad",
        f"ended        01034567  {EIK['name']}; activeUntil: nothing -> 2027-03-14; successor: nothing -> 01023456",
        "changed      01045678  J. Voorbeeldarts; associations: 01023456 2016-01-01 -> nothing",
        "3 read: 0 new, 2 changed, 1 ended, 0 disappeared, 0 unchanged",
        "this is import 2 of the care provider register",
    ]
    assert run_import(register_database, file).stdout.splitlines()[0].endswith("3 unchanged")


async def test_a_csv_file_says_the_same_as_json_lines(register_database: str, file: Path, tmp_path: Path) -> None:
    run_import(register_database, file)
    spreadsheet = tmp_path / "providers.csv"
    spreadsheet.write_text(CSV, encoding="utf-8-sig")
    done = run_import(register_database, spreadsheet)
    assert done.stdout.splitlines()[0] == "2 read: 0 new, 0 changed, 0 ended, 0 disappeared, 2 unchanged"
    other = spreadsheet.rename(tmp_path / "providers.txt")
    refused = run_import(register_database, other)
    assert refused.returncode == 2
    assert "--format" in refused.stderr
    assert run_import(register_database, other, "--format", "csv").returncode == 0


async def test_a_dry_run_says_what_would_change_and_changes_nothing(register_database: str, file: Path) -> None:
    done = run_import(register_database, file, "--dry-run")
    assert done.stdout.splitlines()[-2:] == [
        "3 read: 3 new, 0 changed, 0 ended, 0 disappeared, 0 unchanged",
        "this would be import 1 of the care provider register",
    ]
    for table in ("provider", "provider_association", "provider_import", "outbox"):
        assert await count(register_database, table) == 0


async def test_one_wrong_line_stops_the_import_and_every_error_is_told(register_database: str, file: Path) -> None:
    write(file, LINDE, {**EIK, "postcode": "1"}, {"agbCode": "0103"}, ARTS)
    done = run_import(register_database, file)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[:3] == [
        "Error: nothing was imported, 8 errors:",
        "line 2, postcode: must be 4 digits and 2 capitals, as 1234 AB (invalid-value)",
        "line 3, agbCode: must be 8 digits that begin with 01 (invalid-value)",
    ]
    assert await count(register_database, "provider") == 0


async def test_a_whole_register_that_lacks_too_many_is_refused_until_they_are_allowed(
    register_database: str, file: Path
) -> None:
    run_import(register_database, file)
    write(file, LINDE, ARTS)
    refused = run_import(register_database, file, "--full")
    assert refused.returncode == 1
    assert "--allow-ends 1" in refused.stderr
    assert "--full" in run_import(register_database, file, "--allow-ends", "1").stderr
    done = run_import(register_database, file, "--full", "--allow-ends", "1")
    assert done.stdout.startswith("disappeared  01034567  Huisartsenpraktijk De Eik; activeUntil: nothing -> ")
    assert "1 disappeared, 2 unchanged" in done.stdout


async def test_who_imported_is_kept(register_database: str, file: Path) -> None:
    run_import(register_database, file, "--by", "made operator")
    connection = await asyncpg.connect(register_database)
    assert await connection.fetchval("select imported_by from provider_import") == "made operator"
    await connection.close()


async def test_a_database_that_is_not_ready_is_told_in_words(empty_database: str, file: Path) -> None:
    done = run_import(empty_database, file)
    assert done.returncode == 1
    assert "run the `migrate` command" in done.stderr
    unreachable = run_import("postgresql://nobody@127.0.0.1:1/nothing", file)
    assert unreachable.returncode == 1
    assert "nothing was imported: the database cannot be used" in unreachable.stderr
    assert "Traceback" not in done.stderr + unreachable.stderr


async def test_what_was_imported_before_imports_had_numbers_becomes_the_first_version(empty_database: str) -> None:
    await migrate(empty_database, "ion_registry", phases=())
    connection = await asyncpg.connect(empty_database)
    migrations = [m for m in find_migrations("ion_registry") if m.package == "ion_platform" or m.version < 4]
    for migration in migrations:
        await connection.execute(migration.sql)
        await connection.execute(
            "insert into schema_migration (package, version, phase, name, checksum) values ($1, $2, $3, $4, $5)",
            migration.package,
            migration.version,
            migration.phase,
            migration.name,
            migration.checksum,
        )
    await connection.execute(
        "insert into provider (agb_code, kind, name, street, house_number, postcode, city, recorded_at)"
        " values ('01023456', 'practice', 'De Linde', 'Lindelaan', '12', '1234 AB', 'Voorbeeldstad', '2027-01-01Z')"
    )
    await migrate(empty_database, "ion_registry")
    assert await connection.fetchval("select version from provider") == 1
    assert await connection.fetchval("select number from provider_import where rows = 1") == 1
    await connection.close()
