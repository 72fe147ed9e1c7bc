"""What is kept beside the journal is computed from it anew."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from click.testing import CliRunner, Result

from ion_platform.database import Pool
from ion_registry.main import cli
from ion_registry.services.evidence import rebuild_projections as service
from tests.integration.registry.handling import assert_whole, patient_of, registered, take
from tests.integration.registry.made_changes import deregister
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, Partition, register

BEGAN, MOVED = date(2027, 1, 10), date(2027, 3, 10)
PATIENTS = 7


@pytest.fixture
async def kept(pool: Pool, monkeypatch: pytest.MonkeyPatch, register_database: str) -> list[tuple[object, ...]]:
    """Seven patients of A, of whom one moved to B and one was deregistered; compared three at a time."""
    monkeypatch.setenv("ION_DATABASE_URL", register_database)
    monkeypatch.setattr(service, "PORTION_ROWS_MAX", 3)
    partition = Partition()
    await take(pool, partition, [register(number, PRACTICE_A, BEGAN) for number in range(PATIENTS)], BEGAN)
    await take(pool, partition, [register(0, PRACTICE_B, MOVED), deregister(1, PRACTICE_A, MOVED)], MOVED)
    return await everything(pool)


async def everything(pool: Pool) -> list[tuple[object, ...]]:
    counts = "select agb_code, sum(patients) from list_count group by 1 having sum(patients) <> 0 order by 1"
    rows = [*await pool.fetch("select * from current order by patient_id"), *await pool.fetch(counts)]
    return [tuple(row) for row in rows]


async def rebuild(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, cli, ["rebuild-projections", *arguments])


async def test_a_register_that_is_whole_stays_as_it_is(pool: Pool, kept: list[tuple[object, ...]]) -> None:
    for arguments in (["--dry-run"], []):
        done = await rebuild(*arguments)
        assert (done.exit_code, done.stdout.split(":")[1].split()[0]) == (0, "0")
    assert done.stdout == "7 patients compared: 0 registrations and 0 lists repaired\n"
    assert await everything(pool) == kept


async def test_what_differs_from_the_journal_is_repaired_and_a_dry_run_only_says_so(
    pool: Pool, kept: list[tuple[object, ...]]
) -> None:
    lost, wrong, ended = [await patient_of(pool, number) for number in (2, 0, 3)]
    await pool.execute("delete from current where patient_id = $1", lost)
    await pool.execute("update current set agb_code = $2, party = 'x' where patient_id = $1", wrong, PRACTICE_A)
    await pool.execute("update current set agb_code = null, since = null, sequence = 9 where patient_id = $1", ended)
    broken = await everything(pool)
    said = await rebuild("--dry-run")
    assert (said.exit_code, said.stdout) == (1, "7 patients compared: 3 registrations and 2 lists differ\n")
    assert await everything(pool) == broken
    done = await rebuild()
    assert (done.exit_code, done.stdout) == (0, "7 patients compared: 3 registrations and 0 lists repaired\n")
    assert await registered(pool, wrong) == (PRACTICE_B, MOVED)
    await assert_whole(pool)


async def test_a_wrong_length_of_a_list_is_counted_anew(pool: Pool, kept: list[tuple[object, ...]]) -> None:
    await pool.execute("update list_count set patients = patients + 5 where agb_code = $1", PRACTICE_A)
    assert (await rebuild()).stdout == "7 patients compared: 0 registrations and 1 lists repaired\n"
    assert await everything(pool) == kept
