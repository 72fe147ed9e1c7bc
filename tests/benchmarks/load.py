"""`make bench-load`: fills a register with a country, or less of one. COPY first, keys and indexes afterwards."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date

import asyncpg

from ion_platform.migrations import migrate
from ion_platform.queries import load_queries
from tests.benchmarks import server
from tests.benchmarks.people import Somebody, agb_code, numbers_of, people, practices_for, spread
from tests.support.stack import database_url

QUERIES = load_queries("tests.benchmarks", "ddl.sql")
PATIENTS_DEFAULT = 1_000_000
PORTION = 100_000
PARTITIONS = 12
FIRST_DAYS = (date(2012, 1, 9), date(2019, 12, 20))
TRANSFER_DAYS = (date(2020, 1, 9), date(2025, 12, 20))
"""Half of the patients were transferred once: 1.5 registrations each, in the order of time as a journal is."""
_TABLES = {
    "patient": "patient_id routing_key bsn initials prefix family_name birth_date sex updated_at",
    "current": "patient_id agb_code since last_end sequence party list_name",
    "insurance": "patient_id since uzovi",
    "journal": "generation partition offset n kind command_id correlation_id causation_id status code recorded_at"
    " recorded_on patient_id agb_code since previous_agb_code previous_since previous_until sequence uzovi"
    " previous_uzovi mode party offered_on policy_version provider_version event holder valid_from details",
}


def patients_asked() -> int:
    """Returns ION_BENCH_PATIENTS."""
    return int(os.environ.get("ION_BENCH_PATIENTS", PATIENTS_DEFAULT))


async def ensure_loaded(url: str, patients: int) -> str:
    """Returns the URL of a register with so many patients; loads it when there is none."""
    name = f"bench_{patients}"
    connection = await asyncpg.connect(url)
    try:
        known = await connection.fetchval("select count(*) from pg_database where datname = $1", name)
        if known and await _is_whole(database_url(url, name)):
            await migrate(database_url(url, name), "ion_registry")
            return database_url(url, name)
        await connection.execute(f"drop database if exists {name} with (force)")
        await connection.execute(f"create database {name}")
    finally:
        await connection.close()
    await _load(database_url(url, name), patients)
    return database_url(url, name)


async def _is_whole(url: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("select to_regclass('benchmark_load')") is not None
    finally:
        await connection.close()


async def _load(url: str, patients: int) -> None:
    began = time.monotonic()
    practices = practices_for(patients)
    await migrate(url, "ion_registry")
    connection = await asyncpg.connect(url)
    await connection.execute("set synchronous_commit = off")
    await connection.execute(
        "insert into provider_import values (1, '2012-01-01', 'benchmark', sha256(''), false, 0, 0, 0, 0, 0, 0)"
    )
    await connection.execute(QUERIES["providers"], [agb_code(practice) for practice in range(practices)])
    # What is measured comes in a later life of the topic than what was loaded.
    await connection.execute("insert into topic_generation (generation) values (2)")
    again = await _drop_keys(connection)
    await _copy_all(url, patients, practices, began)
    for number, statement in enumerate(again, start=1):
        _say(began, f"index or key {number} of {len(again)}: {statement[:90]}")
        await connection.execute(statement)
    await connection.execute(QUERIES["counts"])
    _say(began, "vacuum and statistics")
    await connection.execute("vacuum analyze")
    await connection.execute(QUERIES["loaded"])
    loaded = await connection.fetchval("select count(*) from patient")
    await connection.execute("insert into benchmark_load values ($1, $2)", loaded, practices)
    await connection.execute("checkpoint")
    _say(began, f"{loaded} patients with {practices} practices")
    await connection.close()


async def _drop_keys(connection: asyncpg.Connection[asyncpg.Record]) -> list[str]:
    """Drops keys, references and indexes of the loaded tables, and returns what makes them anew, in order."""
    tables = [row["table"] for row in await connection.fetch(QUERIES["tables_loaded"])]
    constraints = await connection.fetch(QUERIES["constraints_to_drop"], tables)
    indexes = await connection.fetch(QUERIES["indexes_to_drop"], tables)
    await connection.execute(
        ";".join(
            [f"alter table {row['table']} drop constraint {row['name']}" for row in constraints]
            + [f"drop index {row['name']}" for row in indexes]
        )
    )
    keys, references = (
        [
            f"alter table {row['table']} add constraint {row['name']} {row['definition']}"
            for row in constraints
            if row["refers"] is refers
        ]
        for refers in (False, True)
    )
    return [*keys, *(row["definition"] for row in indexes), *references]


async def _copy_all(url: str, patients: int, practices: int, began: float) -> None:
    """Two processes make and copy portions; all first registrations before the transfers."""
    numbers = numbers_of(patients)
    portions = [numbers[at : at + PORTION] for at in range(0, len(numbers), PORTION)]
    with ProcessPoolExecutor(2) as workers:
        for what, work in (("patients", _copy_patients), ("transfers", _copy_transfers)):
            running = [workers.submit(work, url, portion, numbers, practices) for portion in portions]
            for done, _ in enumerate(as_completed(running), start=1):
                if done % 10 == 0 or done == len(portions):
                    _say(began, f"{what}: {done} of {len(portions)} portions of {PORTION}")
            for one in running:
                one.result()


def _copy_patients(url: str, portion: range, numbers: range, practices: int) -> None:
    tables: dict[str, list[str]] = {"patient": [], "current": [], "insurance": [], "journal": []}
    for number, who in _with_numbers(portion, practices):
        share = (number - numbers.start) / len(numbers)
        first = spread(*FIRST_DAYS, share)
        moved = None if who.earlier is None or who.earlier == who.practice else spread(*TRANSFER_DAYS, share)
        patient_id = who.patient_id.hex()
        began_at = agb_code(who.practice if moved is None else who.earlier or 0)
        tables["patient"].append(
            f"{patient_id}\t\\\\x{who.routing_key.hex()}\t{who.bsn}\t{who.initials}\t\t{who.family_name}"
            f"\t{who.birth_date}\t{who.sex}\t{first} 10:00Z\n"
        )
        since, last_end, sequence = (first, "\\N", 1) if moved is None else (moved, _day_before(moved), 2)
        tables["current"].append(
            f"{patient_id}\t{agb_code(who.practice)}\t{since}\t{last_end}\t{sequence}\tparty of"
            f" {agb_code(who.practice)}\t{who.family_name.lower()} {who.initials.lower()}\n"
        )
        tables["insurance"].append(f"{patient_id}\t{first}\t{who.uzovi}\n")
        command = f"{who.routing_key.hex()}-1"
        tables["journal"].append(
            f"1\t{number % PARTITIONS}\t{number}\t0\tregister\t{command}\t{command}\t{command}\taccepted\tregistered"
            f"\t{first} 10:00Z\t{first}\t{patient_id}\t{began_at}\t{first}\t\\N\t\\N\t\\N\t1\t{who.uzovi}\t\\N"
            f"\tautomatic\tparty of {began_at}\t{first}\t1\t1\tstarted\t{began_at}\t{first}\t\\N\n"
        )
    asyncio.run(_copy(url, tables))


def _copy_transfers(url: str, portion: range, numbers: range, practices: int) -> None:
    rows = []
    for number, who in _with_numbers(portion, practices):
        if who.earlier is None or who.earlier == who.practice:
            continue
        share = (number - numbers.start) / len(numbers)
        first, day = spread(*FIRST_DAYS, share), spread(*TRANSFER_DAYS, share)
        command, holder, place = f"{who.routing_key.hex()}-2", agb_code(who.practice), numbers.stop + number
        rows.append(
            f"1\t{number % PARTITIONS}\t{place}\t0\tregister\t{command}\t{command}\t{command}\taccepted\ttransferred"
            f"\t{day} 10:00Z\t{day}\t{who.patient_id.hex()}\t{holder}\t{day}\t{agb_code(who.earlier)}\t{first}"
            f"\t{_day_before(day)}\t2\t{who.uzovi}\t{who.uzovi}\tautomatic\tparty of {holder}\t{day}\t1\t1"
            f'\ttransferred\t{holder}\t{day}\t{{"reason":"registered-elsewhere"}}\n'
        )
    asyncio.run(_copy(url, {"journal": rows}))


def _with_numbers(portion: range, practices: int) -> Iterator[tuple[int, Somebody]]:
    for who in people(portion, practices):
        yield int(who.bsn[:8]), who


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


async def _copy(url: str, tables: dict[str, list[str]]) -> None:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("set local synchronous_commit = off")
            for table, rows in tables.items():
                source = io.BytesIO("".join(rows).encode())
                await connection.copy_to_table(table, source=source, columns=_TABLES[table].split(), format="text")
    finally:
        await connection.close()


def _say(began: float, what: str) -> None:
    print(f"{time.monotonic() - began:7.1f} s  {what}", flush=True)  # noqa: T201


def main() -> None:
    """Loads as many patients as were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=patients_asked())
    patients = parser.parse_args().patients
    with server.running() as url:
        asyncio.run(ensure_loaded(url, patients))


if __name__ == "__main__":
    main()
