"""`make bench-questions`: the questions that practices and insurers ask most, with and without their access records."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from statistics import quantiles
from typing import Any

import asyncpg

from ion_platform.database import Connection, prepare_connection
from ion_registry.domain.asker import Action, Asker, Result, Role
from ion_registry.services.evidence.access_log import log_access
from ion_registry.services.questions.asking import Answer
from ion_registry.services.questions.counts import count_patients
from ion_registry.services.questions.lists import ListSearch, own_list
from ion_registry.services.questions.patients import Subject, holder_on
from ion_registry.services.questions.reconcile import reconcile
from tests.benchmarks import results, server, yardstick
from tests.benchmarks.load import ensure_loaded, patients_asked
from tests.benchmarks.people import FIRST_NUMBER, agb_code, bsn_of, practices_for
from tests.benchmarks.results import measured

TIMES = 1000
LIST_SIZES = (2_300, 15_000)
REPEATS = 7
ON_DAY, KNOWN_AT = date(2022, 4, 1), datetime(2022, 5, 3, tzinfo=UTC)
LAST_QUARTER = date(2025, 10, 1)

READS = "pgbench -S, ms:"

Ask = Callable[[], Awaitable[Any]]


async def measure(url: str, patients: int) -> list[results.Result]:
    """Returns the figures of each question beside the yardstick that targets.md names for it."""
    database, bench = await ensure_loaded(url, patients), yardstick.prepare(url)
    connection = await asyncpg.connect(database, server_settings={"timezone": "UTC", "jit": "off"})
    await prepare_connection(connection)
    try:
        return [
            *await _driver(connection, bench),
            *await _pages(connection, bench, patients),
            *await _holders(connection, bench, patients),
            *await _reconciling(connection, patients),
            *await _counting(connection, patients),
        ]
    finally:
        await connection.close()


async def _driver(connection: Connection, bench: str) -> list[results.Result]:
    """One read by key through the driver that the service uses: no question can be quicker."""
    patient_id = await connection.fetchval("select patient_id from patient limit 1")

    async def read() -> Any:
        return await connection.fetchrow("select since from current where patient_id = $1", patient_id)

    before, times = yardstick.read_ms(bench), await _times(read, TIMES)
    yards = [(before + yardstick.read_ms(bench)) / 2]
    return [
        measured(
            f"one read by key through the driver, p{part}", [quantiles(times, n=100)[part - 1]], "ms", READS, yards
        )
        for part in (50, 99)
    ]


async def _pages(connection: Connection, bench: str, patients: int) -> list[results.Result]:
    chance = random.Random(1)
    practices = practices_for(patients)

    async def page() -> Answer[Any]:
        code = agb_code(chance.randrange(practices))
        return await own_list(connection, _gp(code), ListSearch(agb_code=code))

    return await _beside_reads(
        connection, bench, f"own list, one page with its total, {patients} patients", page, "<= 4"
    )


async def _holders(connection: Connection, bench: str, patients: int) -> list[results.Result]:
    chance = random.Random(2)
    office = Asker("benchmark", Role.OFFICE)

    async def holder() -> Answer[Any]:
        subject = Subject(bsn=_some_bsn(chance, patients))
        return await holder_on(connection, office, subject, (), ON_DAY, KNOWN_AT)

    name = f"who was the GP on a day as known at a moment, {patients} patients"
    return await _beside_reads(connection, bench, name, holder, "<= 3")


async def _beside_reads(
    connection: Connection, bench: str, name: str, ask: Callable[[], Awaitable[Answer[Any]]], p50: str
) -> list[results.Result]:
    """Beside `pgbench -S`, one client, before and after; p99 of pages may be fifteen times that."""
    found = []
    for named, one in ((name, ask), (f"{name}, with its access records", _logged(connection, ask))):
        before = yardstick.read_ms(bench)
        times = await _times(one, TIMES)
        yard = (before + yardstick.read_ms(bench)) / 2
        logged = one is not ask
        for part, target in ((50, "" if logged else p50), (99, "" if logged else "<= 15")):
            value = quantiles(times, n=100)[part - 1]
            found.append(measured(f"{named}, p{part}", [value], "ms", READS, [yard], target))
    return found


async def _reconciling(connection: Connection, patients: int) -> list[results.Result]:
    """A practice's own list with a hundredth of strangers, beside one read of the same keys."""
    found = []
    chance = random.Random(3)
    for size in LIST_SIZES:
        code = await connection.fetchval(
            "select agb_code from list_count group by agb_code order by abs(sum(patients) - $1) limit 1", size
        )
        rows = await connection.fetch(
            "select bsn from current join patient using (patient_id) where agb_code = $1", code
        )
        own = [row["bsn"] for row in rows]
        kept = chance.sample(own, min(len(own), size * 99 // 100))
        bsns = [*kept, *(_some_bsn(chance, patients) for _ in range(size - len(kept)))]

        async def compare(code: str = code, bsns: list[str] = bsns) -> Answer[Any]:
            return await reconcile(connection, _gp(code), code, bsns)

        async def read(bsns: list[str] = bsns) -> Any:
            return await connection.fetch(
                "select p.bsn, p.patient_id, c.agb_code from patient p join current c using (patient_id)"
                " where bsn = any($1::text[])",
                bsns,
            )

        name = f"reconcile {size} patients of a list of {len(own)}, {patients} patients"
        for named, one in ((name, compare), (f"{name}, with its access records", _logged(connection, compare))):
            yards, times = [], []
            for _ in range(REPEATS):
                yards += await _times(read, 1)
                times += await _times(one, 1)
            target = "<= 2" if one is compare else ""
            found.append(measured(named, times, "ms", "one read of the same keys, ms:", yards, target))
    return found


async def _counting(connection: Connection, patients: int) -> list[results.Result]:
    """Counts of a day, from kept counts less what is newer, beside counting the table."""
    today = datetime.now(UTC).date()

    async def scan() -> Any:
        return await connection.fetchval("select count(*) from current")

    found = []
    for name, day in (("yesterday", today - timedelta(days=1)), ("the last quarter day loaded", LAST_QUARTER)):

        async def count(day: date = day) -> Any:
            return await count_patients(connection, day, today)

        yards, times = [], []
        for _ in range(REPEATS):
            yards += await _times(scan, 1)
            times += await _times(count, 1)
        what = f"counts per AGB code on {name}, {patients} patients"
        found.append(measured(what, times, "ms", "count(*) of the table, ms:", yards, "<= 3"))
    return found


def _logged(connection: Connection, ask: Callable[[], Awaitable[Answer[Any]]]) -> Ask:
    """The same question as the service answers it: with its access records, in one transaction."""

    async def asked() -> Any:
        async with connection.transaction():
            answer = await ask()
            await log_access(
                connection,
                Asker("benchmark", Role.OFFICE),
                "benchmark",
                Action.READ,
                answer.subjects or (),
                Result.FOUND if answer.subjects else Result.NOT_FOUND,
                "benchmark",
            )

    return asked


async def _times(ask: Ask, times: int) -> list[float]:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        await ask()
        found.append((time.perf_counter() - began) * 1000)
    return found


def _gp(code: str) -> Asker:
    return Asker("benchmark", Role.PROVIDER, code)


def _some_bsn(chance: random.Random, patients: int) -> str:
    while True:
        bsn = bsn_of(FIRST_NUMBER + chance.randrange(patients))
        if bsn is not None:
            return bsn


def main() -> None:
    """Measures with as many patients as were asked for."""
    patients = patients_asked()
    with server.running() as url:
        results.save(f"questions-{patients}", asyncio.run(measure(url, patients)))


if __name__ == "__main__":
    main()
