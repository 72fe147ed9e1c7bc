"""The benchmarks run: a small register is loaded, written and read. No time is asserted, and nothing is published."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import asyncpg
import pytest

from tests.benchmarks import load, people, server, writing

PATIENTS = 5_000


@pytest.fixture
async def loaded(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a register with five thousand patients, as the benchmarks load it."""
    monkeypatch.setattr(server, "cpu_s", lambda: 0.0)
    return await load.ensure_loaded(postgres_url, PATIENTS)


async def test_a_loaded_register_has_its_keys_and_its_counts(loaded: str) -> None:
    connection = await asyncpg.connect(loaded)
    try:
        patients = await connection.fetchval("select count(*) from patient")
        counted = await connection.fetchval("select sum(patients) from list_count")
        without_key = await connection.fetchval(
            "select count(*) from unnest(array['patient', 'current', 'insurance', 'journal']) as loaded"
            " where not exists (select from pg_constraint where conrelid = loaded::regclass and contype = 'p')"
        )
    finally:
        await connection.close()
    assert (patients, counted, without_key) == (pytest.approx(PATIENTS, rel=0.01), patients, 0)


async def test_writers_take_the_mix_that_targets_are_set_for(loaded: str) -> None:
    written = await writing.write(loaded, writers=2, batches=1)
    total = sum(written.codes.values())
    assert total == 2 * writing.BATCH
    assert written.codes["transferred"] > total * 0.4
    assert written.codes["registered"] > total * 0.2
    assert not written.codes.keys() & Counter(malformed=1).keys()


def test_numbers_of_benchmarks_are_nobodys() -> None:
    from stdnum.nl import bsn as elfproef

    made = [people.bsn_of(number) for number in range(people.FIRST_NUMBER, people.FIRST_NUMBER + 1000)]
    assert {elfproef.checksum(bsn) for bsn in made if bsn is not None} == {5}


def test_the_program_of_the_yardstick_is_there() -> None:
    assert Path(server.program("pgbench")).exists()
