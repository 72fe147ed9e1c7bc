"""Everything about one person, for the person who asks: complete, and only about that person."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result

from ion_platform.database import Pool
from ion_registry.domain.asker import Action, Asker, Role
from ion_registry.domain.asker import Result as Ended
from ion_registry.main import cli
from ion_registry.services.deciding.handle_commands import CommandHandler
from ion_registry.services.evidence import export_person
from ion_registry.services.evidence.access_log import log_access
from ion_registry.services.evidence.person_tables import PERSON_TABLES
from ion_registry.storage.patients import remove
from tests.integration.registry.handling import newborn, random_key, take
from tests.integration.registry.made_changes import complete
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, Partition, person, register
from tests.integration.registry.set_clock import SetClock

BEGAN = date(2027, 1, 10)
FIRST_DAY_OF_QUARTER = date(2027, 4, 1)
ABOUT, SOMEBODY_ELSE, UNKNOWN = person(0), person(1), person(2)
Run = Callable[..., Result]


@pytest.fixture
def run(register_database: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs export-person on the test's database."""
    monkeypatch.setenv("ION_DATABASE_URL", register_database)

    def invoke(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(cli, ["export-person", *arguments], input=stdin)

    return invoke


@pytest.fixture
async def patient_id(pool: Pool) -> str:
    """Two patients with a GP; the first one's transfer waits, and a practice has looked at both."""
    partition = Partition()
    async with pool.acquire() as connection, connection.transaction():
        made = [register(number, PRACTICE_A, BEGAN) for number in (0, 1)]
        await CommandHandler(SetClock(BEGAN)).handle(connection, partition.deliver(made))
    async with pool.acquire() as connection, connection.transaction():
        waits = [register(0, PRACTICE_B, FIRST_DAY_OF_QUARTER)]
        await CommandHandler(SetClock(FIRST_DAY_OF_QUARTER)).handle(connection, partition.deliver(waits))
    async with pool.acquire() as connection, connection.transaction():
        both = [row["patient_id"] for row in await connection.fetch("select patient_id from patient")]
        asker = Asker("made practice", Role.PROVIDER, PRACTICE_A, "j.jansen")
        await log_access(connection, asker, "own-list", Action.LIST, both, Ended.FOUND, "request-1")
    return str(await pool.fetchval("select patient_id from patient where bsn = $1", ABOUT.bsn))


async def export(run: Run, *arguments: str, stdin: str | None = None) -> Any:
    """The command line has an event loop of its own."""
    result = await asyncio.to_thread(run, "--user", "office.1", *arguments, stdin=stdin)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


async def test_an_export_has_all_rows_of_the_person_with_their_source_and_nobody_elses(
    run: Run, patient_id: str
) -> None:
    exported = await export(run, stdin=f"{ABOUT.bsn}\n")
    tables = exported["tables"]
    assert exported["patientId"] == patient_id
    assert set(tables) == {table.name for table in PERSON_TABLES}
    assert [row["family_name"] for row in tables["patient"]["rows"]] == [ABOUT.family_name]
    assert tables["patient"]["sources"]["bsn"].startswith("The GP system")
    assert [row["agb_code"] for row in tables["current"]["rows"]] == [PRACTICE_A]
    assert [(row["code"], row["party"]) for row in tables["journal"]["rows"]] == [
        ("registered", f"made party of {PRACTICE_A}"),
        ("deferred-closed-day", f"made party of {PRACTICE_B}"),
    ]
    assert [row["body"]["agbCode"] for row in tables["waiting"]["rows"]] == [PRACTICE_B]
    assert [(row["party"], row["user_id"], row["question"]) for row in tables["access_log"]["rows"]] == [
        ("made practice", "j.jansen", "own-list")
    ]
    text = json.dumps(exported)
    assert SOMEBODY_ELSE.bsn not in text
    assert SOMEBODY_ELSE.family_name not in text


async def test_an_export_by_the_registers_own_number_is_the_same(run: Run, patient_id: str) -> None:
    by_bsn = await export(run, stdin=ABOUT.bsn)
    by_number = await export(run, "--patient-id", patient_id)
    for name in ("patient", "current", "waiting", "journal"):
        assert by_number["tables"][name] == by_bsn["tables"][name]


async def test_an_export_is_logged_and_the_next_one_shows_it(run: Run, patient_id: str) -> None:
    await export(run, stdin=ABOUT.bsn)
    looks = (await export(run, "--patient-id", patient_id))["tables"]["access_log"]["rows"]
    assert [(row["party"], row["role"], row["user_id"], row["action"], row["result"]) for row in looks][-1] == (
        "office", "office", "office.1", "export", "found",
    )  # fmt: skip


@pytest.mark.usefixtures("patient_id")
@pytest.mark.parametrize(("arguments", "stdin"), [((), UNKNOWN.bsn), (("--patient-id", str(uuid4())), None)])
async def test_an_export_of_nobody_is_told_and_logged_too(
    run: Run, pool: Pool, arguments: tuple[str, ...], stdin: str | None
) -> None:
    result = await asyncio.to_thread(run, "--user", "office.1", *arguments, stdin=stdin)
    assert result.exit_code == 1
    assert "the register knows nobody by this number" in result.output
    logged = await pool.fetch("select patient_id, result from access_log where action = 'export'")
    assert [tuple(row) for row in logged] == [(None, "not-found")]


async def test_a_person_who_was_removed_still_has_a_journal_by_number(run: Run, pool: Pool, patient_id: str) -> None:
    async with pool.acquire() as connection:
        await remove(connection, [UUID(patient_id)], datetime.now(UTC))
    tables = (await export(run, "--patient-id", patient_id))["tables"]
    (left,) = tables["patient"]["rows"]
    assert (left["bsn"], left["family_name"], left["birth_date"]) == (None, "", None)
    assert (len(tables["insurance"]["rows"]), len(tables["journal"]["rows"])) == (0, 2)


async def test_an_export_has_the_rows_of_the_temporary_patient_that_the_person_was(
    run: Run, pool: Pool, patient_id: str
) -> None:
    temporary = await newborn(pool, random_key(), date(2027, 2, 1))
    await take(pool, Partition(3), [complete(0, temporary, PRACTICE_A, date(2027, 3, 1))], date(2027, 3, 1))
    tables = (await export(run, "--patient-id", patient_id))["tables"]
    assert {row["patient_id"] for row in tables["patient"]["rows"]} == {patient_id, str(temporary)}
    assert {row["patient_id"] for row in tables["journal"]["rows"]} == {patient_id, str(temporary)}


@pytest.mark.parametrize("wrong", ["", "12345678a", "999999999"])
def test_what_is_no_bsn_is_refused_and_not_repeated(run: Run, wrong: str) -> None:
    result = run("--user", "office.1", stdin=wrong)
    assert result.exit_code == 1
    assert "on stdin:" in result.output
    assert not wrong or wrong not in result.output


@pytest.mark.parametrize("user", ["two words", ABOUT.bsn])
def test_a_user_that_is_no_code_is_refused(run: Run, user: str) -> None:
    result = run("--user", user, stdin=ABOUT.bsn)
    assert result.exit_code == 2
    assert "--user is a code" in result.output


async def test_more_rows_than_one_export_takes_are_refused(
    run: Run, patient_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_person, "ROWS_MAX", 1)
    result = await asyncio.to_thread(run, "--user", "office.1", "--patient-id", patient_id)
    assert result.exit_code == 1
    assert "journal has more than 1 rows about this person" in result.output
