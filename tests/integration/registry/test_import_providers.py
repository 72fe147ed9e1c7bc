"""Care providers come from a file, and go to everybody who needs them in the same transaction."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from ion_registry.services.providers import publish_all_again

LINDE = {
    "agbCode": "01023456",
    "kind": "practice",
    "name": "Huisartsenpraktijk De Linde",
    "street": "Lindelaan",
    "houseNumber": "12",
    "postcode": "1234 AB",
    "city": "Voorbeeldstad",
    "changeMessageAddress": "post@praktijk-a.example",
}
EIK = {**LINDE, "agbCode": "01034567", "name": "Huisartsenpraktijk De Eik"}


def run_import(database_url: str, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs `ion-registry import-providers` as an operator does."""
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
    return tmp_path / "providers.jsonl"


def write(file: Path, *providers: dict[str, object]) -> None:
    file.write_text("".join(json.dumps(provider) + "\n" for provider in providers), encoding="utf-8")


async def count(database_url: str, table: str) -> int:
    connection = await asyncpg.connect(database_url)
    found = await connection.fetchval(f"select count(*) from {table}")  # noqa: S608 - the table is a constant here
    await connection.close()
    return int(found)


async def test_an_import_saves_and_sends_only_what_changed(register_database: str, file: Path) -> None:
    write(file, dict(LINDE), dict(EIK))
    first = run_import(register_database, file)
    assert (first.returncode, first.stdout.splitlines()[-1]) == (0, "2 providers read, 2 changed")
    again = run_import(register_database, file)
    assert again.stdout.splitlines() == ["2 providers read, 0 changed"]
    write(file, {**LINDE, "city": "Anderstad"}, dict(EIK))
    changed = run_import(register_database, file)
    assert changed.stdout.splitlines() == [
        "01023456  Huisartsenpraktijk De Linde  changed: city",
        "2 providers read, 1 changed",
    ]
    assert await count(register_database, "provider") == 2
    assert await count(register_database, "outbox") == 3


async def test_a_dry_run_says_what_would_change_and_changes_nothing(register_database: str, file: Path) -> None:
    write(file, dict(LINDE))
    done = run_import(register_database, file, "--dry-run")
    assert done.stdout.splitlines()[-1] == "1 providers read, 1 would change"
    assert await count(register_database, "provider") == 0
    assert await count(register_database, "outbox") == 0


async def test_one_wrong_line_stops_the_import_and_every_error_is_told(register_database: str, file: Path) -> None:
    write(file, dict(LINDE), {**EIK, "postcode": "1"}, {"agbCode": "0103"})
    done = run_import(register_database, file)
    assert done.returncode == 1
    assert "line 2: postcode" in done.stderr
    assert "line 3: agbCode" in done.stderr
    assert await count(register_database, "provider") == 0


async def test_after_a_takeover_every_provider_is_sent_again_as_it_was(register_database: str, file: Path) -> None:
    write(file, dict(LINDE), dict(EIK))
    run_import(register_database, file)
    connection = await asyncpg.connect(register_database)
    async with connection.transaction():
        assert await publish_all_again(connection, datetime(2027, 3, 1, tzinfo=UTC)) == 2
    values = [row["value"] for row in await connection.fetch("select value from outbox order by transaction_id, id")]
    await connection.close()
    assert sorted(values[:2]) == sorted(values[2:])
