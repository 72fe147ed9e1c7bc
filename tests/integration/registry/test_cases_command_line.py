"""`ion-registry cases` as the office uses it; what it sends is taken from the outbox, as the relay would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from ion_contracts.catalogue import COMMANDS
from ion_contracts.messages import CaseStep
from ion_platform.clock import amsterdam_day
from ion_platform.database import prepare_connection
from ion_registry.services.deciding.case_steps import take_case_steps
from ion_registry.storage.patients import add
from tests.integration.registry.made_messages import person, routing_key
from tests.unit.registry import made_cases as made

BSN = person(7).bsn
TODAY = amsterdam_day(datetime.now(UTC))
CASE = UUID("00000000-0000-4000-8000-0000000000cb")


@pytest.fixture
async def database(register_database: str) -> str:
    """The URL of a register that knows one patient."""
    connection = await asyncpg.connect(register_database)
    await add(connection, {routing_key(BSN): person(7)}, datetime.now(UTC))
    await connection.close()
    return register_database


def run(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `ion-registry cases` as an operator does."""
    environment = {
        **os.environ,
        "ION_ENVIRONMENT": "test",
        "ION_DATABASE_URL": database_url,
        "ION_KAFKA_BOOTSTRAP": "127.0.0.1:1",
    }
    command = [str(Path(sys.executable).with_name("ion-registry")), "cases", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def written(folder: Path, step: object, case_id: UUID | None = CASE) -> str:
    """Returns the path of a file with this step."""
    file = folder / "step.json"
    named = {} if case_id is None else {"caseId": str(case_id)}
    file.write_text(json.dumps({**named, "party": "Ombudsman", "step": step}), encoding="utf-8")
    return str(file)


def opening() -> object:
    return made.opened(bsn=BSN, on_date=TODAY).model_dump(mode="json", by_alias=True)


async def sent(database_url: str) -> list[tuple[str, bytes, CaseStep]]:
    """Returns topic, key and body of what waits in the outbox."""
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch("select topic, key, value from outbox order by transaction_id, id")
    await connection.close()
    return [(row["topic"], row["key"], CaseStep.model_validate_json(row["value"])) for row in rows]


async def take(database_url: str, *messages: CaseStep) -> None:
    connection = await asyncpg.connect(database_url)
    await prepare_connection(connection)
    async with connection.transaction():
        results = await take_case_steps(connection, [(str(uuid4()), message) for message in messages], TODAY)
    assert all(result.accepted for result in results.values())
    await connection.close()


async def test_a_step_is_sent_as_a_command_of_the_office_under_the_key_of_its_case(
    database: str, tmp_path: Path
) -> None:
    done = run(database, "take-step", written(tmp_path, opening()))
    assert done.returncode == 0, done.stderr
    assert f"see: ion-registry cases show {CASE}" in done.stdout
    [(topic, key, body)] = await sent(database)
    assert (topic, key) == (COMMANDS.name, CASE.bytes)
    assert (body.case_id, body.office, body.party, body.offered_on) == (CASE, True, "Ombudsman", TODAY)
    assert body.step == made.opened(bsn=BSN, on_date=TODAY)


async def test_what_was_sent_is_what_the_register_takes_and_shows(database: str, tmp_path: Path) -> None:
    assert run(database, "take-step", written(tmp_path, opening(), None)).returncode == 0
    [(_, _, body)] = await sent(database)
    await take(database, body)
    shown = run(database, "show", str(body.case_id))
    assert f"case         {body.case_id}" in shown.stdout
    assert "state        open" in shown.stdout
    assert "  1  " in shown.stdout
    assert BSN not in shown.stdout
    assert "Voorbeeldarts" not in shown.stdout
    assert BSN in run(database, "show", str(body.case_id), "--with-texts").stdout
    listed = run(database, "list")
    assert str(body.case_id) in listed.stdout
    assert listed.stdout.splitlines()[-1] == "1 cases"
    assert run(database, "list", "--overdue").stdout.splitlines() == ["0 overdue cases"]
    assert [line.split()[1] for line in run(database, "terms").stdout.splitlines()[:-1]] == ["contact", "ruling"]


async def test_an_overdue_case_says_by_how_much(database: str) -> None:
    long_ago = date(2026, 1, 5)
    await take(database, made.message(made.opened(bsn=BSN, on_date=long_ago), long_ago))
    [line, total] = run(database, "list", "--overdue").stdout.splitlines()
    assert line.endswith("OVERDUE: contact was due 2026-01-12, ruling was due 2026-01-19")
    assert total == "1 overdue cases"
    assert "OVERDUE by " in run(database, "terms").stdout


async def test_a_dry_run_says_what_would_become_of_it_and_sends_nothing(database: str, tmp_path: Path) -> None:
    done = run(database, "take-step", written(tmp_path, opening()), "--dry-run")
    assert (done.returncode, done.stdout) == (0, f"would be taken in case {CASE}: nothing was sent\n")
    assert await sent(database) == []
    assert run(database, "list").stdout == "0 cases\n"


async def test_a_step_that_would_be_refused_is_not_sent_and_says_why(database: str, tmp_path: Path) -> None:
    for options in ((), ("--dry-run",)):
        done = run(database, "take-step", written(tmp_path, {"kind": "contacted"}), *options)
        assert done.returncode == 1
        assert "case-unknown: There is no such case." in done.stderr
    assert await sent(database) == []


async def test_a_case_that_does_not_exist_and_a_database_without_tables_are_told_plainly(
    register_database: str, postgres_url: str
) -> None:
    assert "`ion-registry cases list` names them" in run(register_database, "show", str(CASE)).stderr
    old = run(postgres_url, "list")
    assert (old.returncode, "run `ion-registry migrate`" in old.stderr) == (1, True)
    away = run("postgresql://127.0.0.1:1/away", "list")
    assert (away.returncode, "look at ION_DATABASE_URL" in away.stderr) == (1, True)
