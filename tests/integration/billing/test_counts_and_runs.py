"""From the register's facts to invoices, on a real database: counted once, reconciled, issued once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ion_billing.config import BillingSettings
from ion_billing.factory import create_runs
from ion_billing.services.counting import QUERIES, take_events, take_providers
from ion_billing.services.runs import Runs
from ion_contracts.codec import Received
from ion_contracts.envelope import Envelope
from ion_contracts.messages import (
    CareProvider,
    DayClosed,
    EndedPeriod,
    Message,
    ProviderKind,
    RegistrationStarted,
    RegistrationTransferred,
)
from ion_platform.clock import Clock
from ion_platform.database import Pool, open_pool
from ion_platform.migrations import migrate
from ion_platform.subscription import Delivery

HERE, ELSEWHERE = "01000001", "01000002"
REFERENCE_DATE, DAY_AFTER = date(2027, 4, 1), date(2027, 4, 2)
AT = datetime(2027, 4, 1, 8, tzinfo=UTC)
RunsBeside = Callable[[dict[str, int]], Runs]
PATIENT = UUID("3b0f9a58-6d0d-4a55-9a25-0f6f0f7e2f11")


@pytest.fixture
def settings(empty_database: str) -> BillingSettings:
    return BillingSettings(
        environment="test",
        database_url=empty_database,
        kafka_bootstrap="none:1",
        registry_url="http://127.0.0.1:1",
        event_partitions=2,
    )


@pytest.fixture
async def pool(settings: BillingSettings) -> AsyncIterator[Pool]:
    """Connections to a database with a rate."""
    await migrate(settings.database_url.get_secret_value(), "ion_billing")
    pool = await open_pool(settings)
    await pool.execute(
        "insert into rate (year, reference_date, rate, vat_included, vat_rate, minimum) "
        "values (2027, $1, 0.036, true, 21, 1)",
        REFERENCE_DATE,
    )
    yield pool
    await pool.close()


def delivery(body: Message, identifier: str | None = None) -> Delivery:
    envelope = Envelope(identifier or str(uuid4()), "urn:nld:ion:registry", body.TYPE, AT, "made")
    return Delivery("made", 0, 0, None, Received(envelope, body))


def started(agb_code: str = HERE, recorded_on: date = REFERENCE_DATE) -> RegistrationStarted:
    return RegistrationStarted(
        patient_id=PATIENT, agb_code=agb_code, since=date(2027, 1, 5), recorded_on=recorded_on, recorded_at=AT
    )


def moved(since: date) -> RegistrationTransferred:
    previous = EndedPeriod(agb_code=HERE, since=date(2027, 1, 5), until=date.fromordinal(since.toordinal() - 1))
    return RegistrationTransferred(
        patient_id=PATIENT, agb_code=ELSEWHERE, since=since, previous=previous, recorded_on=since, recorded_at=AT
    )


async def take(pool: Pool, *deliveries: Delivery) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await take_events(connection, deliveries)


async def close_reference_date(pool: Pool, partitions: int = 2) -> None:
    await take(pool, *(delivery(DayClosed(day=REFERENCE_DATE, partition=p)) for p in range(partitions)))


@pytest.fixture
def runs(pool: Pool, settings: BillingSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunsBeside:
    """Makes the runs of the day after the reference date, beside a register that counted so many."""
    file = tmp_path / "clock.json"
    offset_s = (datetime(2027, 4, 2, 6, tzinfo=UTC) - datetime.now(UTC)).total_seconds()
    file.write_text(f'{{"offset_s": {offset_s}}}')

    def beside(register: dict[str, int]) -> Runs:
        async def ask(_url: str, _day: date) -> dict[str, int]:
            return register

        monkeypatch.setattr("ion_billing.factory.ask_register", ask)
        return create_runs(pool, Clock(file), settings)

    return beside


async def counts(pool: Pool) -> dict[str, int]:
    return {row["agb_code"]: row["patients"] for row in await pool.fetch(QUERIES["count_patients"], REFERENCE_DATE)}


async def test_an_event_that_comes_again_counts_once(pool: Pool) -> None:
    once = delivery(started(), "one")
    await take(pool, once, once)
    await take(pool, once)
    assert await counts(pool) == {HERE: 1}


async def test_who_moves_on_the_reference_date_counts_where_they_went_and_a_day_later_where_they_were(
    pool: Pool,
) -> None:
    await take(pool, delivery(started()), delivery(moved(DAY_AFTER)))
    assert await counts(pool) == {HERE: 1}
    await take(pool, delivery(started(ELSEWHERE)), delivery(moved(REFERENCE_DATE)))
    assert await counts(pool) == {ELSEWHERE: 2}


async def test_what_the_register_learned_later_does_not_count(pool: Pool) -> None:
    await take(pool, delivery(started(recorded_on=DAY_AFTER)))
    assert await counts(pool) == {}


async def test_a_run_waits_for_every_partition_and_is_issued_once(pool: Pool, runs: RunsBeside) -> None:
    await take(pool, *(delivery(started()) for _ in range(3)))
    await close_reference_date(pool, partitions=1)
    year = runs({HERE: 3})
    assert (await year.run_year(2027)).status == "waiting"
    await close_reference_date(pool)
    assert (await year.run_year(2027, dry_run=True)).status == "waiting"
    assert await pool.fetchval("select count(*) from invoice") == 0
    assert [(await year.run_year(2027)).status for _ in range(2)] == ["issued", "issued"]
    assert [(r["number"], r["total_cents"]) for r in await pool.fetch("select * from invoice")] == [
        ("2027-000001", 121)
    ]
    assert await pool.fetchval("select count(*) from outbox") == 1


async def test_a_difference_with_the_register_issues_nothing_and_the_next_run_may(pool: Pool, runs: RunsBeside) -> None:
    await take(pool, delivery(started()))
    await close_reference_date(pool)
    stopped = await runs({HERE: 1, ELSEWHERE: 1}).run_year(2027)
    assert stopped.status == "stopped"
    assert ELSEWHERE in stopped.words
    assert await pool.fetchval("select count(*) from invoice") == 0
    assert (await runs({HERE: 1}).run_year(2027)).status == "issued"


async def test_an_older_address_that_comes_late_does_not_replace_the_newer_one(pool: Pool) -> None:
    def provider(street: str, hour: int) -> Delivery:
        return delivery(
            CareProvider(
                agb_code=HERE,
                kind=ProviderKind.PRACTICE,
                name="Made",
                street=street,
                house_number="1",
                postcode="1234 AB",
                city="Made",
                recorded_at=AT.replace(hour=hour),
            )
        )

    async with pool.acquire() as connection:
        await take_providers(connection, [provider("New", 9), provider("Old", 7)])
        await take_providers(connection, [provider("Old", 7)])
        assert await connection.fetchval("select street from provider") == "New"
        await take_providers(connection, [provider("Newer", 10)])
        assert await connection.fetchval("select street from provider") == "Newer"
