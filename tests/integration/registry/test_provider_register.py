"""What an import does to the care provider register, and that the former facts stay readable."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from ion_contracts.messages import ProviderKind
from ion_platform.database import Pool
from ion_registry.domain.provider import Provider
from ion_registry.domain.provider_changes import ChangeKind
from ion_registry.domain.provider_faults import InvalidProvidersError
from ion_registry.services.importing.providers import TooManyEndsError, publish_all_again
from ion_registry.services.questions.care_providers import provider_as_of
from ion_registry.storage.providers import read_providers
from tests.integration.registry.importing import MORNING, import_rows, sent, told
from tests.unit.registry.made_providers import ARTS, EIK, LINDE, codes_of

pytestmark = pytest.mark.usefixtures("no_providers")

LATER = MORNING + timedelta(days=30)
EVERYTHING: tuple[Mapping[str, Any], ...] = (ARTS, LINDE, EIK)


def stopped(row: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {**row, "activeUntil": "2027-03-14", **fields}


async def test_an_import_saves_and_sends_exactly_what_is_new_or_different(pool: Pool) -> None:
    first = await import_rows(pool, *EVERYTHING)
    assert told(first) == [("new", "01045678", []), ("new", "01023456", []), ("new", "01034567", [])]
    assert [message["agbCode"] for message in await sent(pool)] == ["01045678", "01023456", "01034567"]
    assert (await sent(pool))[0]["associations"] == ARTS["associations"]
    again = await import_rows(pool, *EVERYTHING)
    assert (told(again), again.unchanged, len(await sent(pool))) == ([], 3, 3)

    moved = {**LINDE, "city": "Anderstad", "invoiceAddress": "nota@praktijk-a.example"}
    ended = stopped(EIK, successor="01023456")
    changed = await import_rows(pool, moved, ended, ARTS, now=LATER)
    assert told(changed) == [
        ("changed", "01023456", ["city", "invoiceAddress"]),
        ("ended", "01034567", ["activeUntil", "successor"]),
    ]
    new = (await sent(pool))[3:]
    assert [(m["agbCode"], m["city"], m.get("successor")) for m in new] == [
        ("01023456", "Anderstad", None),
        ("01034567", "Voorbeeldstad", "01023456"),
    ]
    assert {message["recordedAt"] for message in new} == {"2027-04-14T09:30:00.000000Z"}


async def test_each_import_is_kept_with_who_did_it_and_what_it_did(pool: Pool) -> None:
    await import_rows(pool, *EVERYTHING)
    await import_rows(pool, {**LINDE, "city": "Anderstad"}, ARTS, whole=True, ends_max=1)
    rows = await pool.fetch(
        "select number, imported_by, whole, rows, added, changed, ended, disappeared, unchanged from provider_import"
        " order by number"
    )
    assert [tuple(row) for row in rows] == [
        (1, "made operator", False, 3, 3, 0, 0, 0, 0),
        (2, "made operator", True, 2, 0, 1, 0, 1, 1),
    ]


async def test_the_rules_read_facts_with_the_version_that_last_changed_them(pool: Pool) -> None:
    await import_rows(pool, *EVERYTHING)
    await import_rows(pool, stopped(EIK, activeFrom="2020-01-01", successor="01023456"))
    async with pool.acquire() as connection:
        found = await read_providers(connection, ["01034567", "01045678", "01099999"])
    assert found == {
        "01034567": Provider(
            "01034567", ProviderKind.PRACTICE, date(2020, 1, 1), date(2027, 3, 14), "01023456", version=2
        ),
        "01045678": Provider("01045678", ProviderKind.PERSON, None, None, None, version=1),
    }


async def test_what_was_known_at_each_version_stays_readable(pool: Pool) -> None:
    ended = {"agbCode": "01023456", "since": "2016-01-01", "until": "2027-03-14"}
    await import_rows(pool, LINDE)
    await import_rows(pool, ARTS)
    await import_rows(pool, {**ARTS, "name": "J. Voorbeeldarts-Gemaakt"}, now=LATER)
    await import_rows(pool, EIK, now=LATER)
    await import_rows(pool, {**ARTS, "associations": [ended]}, now=LATER)
    async with pool.acquire() as connection:
        known = [await provider_as_of(connection, "01045678", version) for version in range(1, 7)]
    assert known[0] is None
    assert [provider.name for provider in known if provider] == [
        "J. Voorbeeldarts",
        "J. Voorbeeldarts-Gemaakt",
        "J. Voorbeeldarts-Gemaakt",
        "J. Voorbeeldarts",
        "J. Voorbeeldarts",
    ]
    lasts = [provider.associations[0].until for provider in known if provider]
    assert lasts == [None, None, None, date(2027, 3, 14), date(2027, 3, 14)]
    assert [provider.recorded_at for provider in known if provider] == [MORNING, *[LATER] * 4]


async def test_history_cannot_be_changed(pool: Pool) -> None:
    await import_rows(pool, LINDE)
    await import_rows(pool, {**LINDE, "city": "Anderstad"})
    for statement in ("update provider_history set city = ''", "delete from provider_history"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)


async def test_a_whole_register_ends_who_is_not_in_it_and_removes_nobody(pool: Pool) -> None:
    await import_rows(pool, *EVERYTHING)
    report = await import_rows(pool, ARTS, LINDE, whole=True, ends_max=1, now=LATER)
    assert told(report) == [("disappeared", "01034567", ["activeUntil"])]
    async with pool.acquire() as connection:
        eik = (await read_providers(connection, ["01034567"]))["01034567"]
    assert eik.active_until == date(2027, 4, 13)
    assert (await sent(pool))[-1]["activeUntil"] == "2027-04-13"
    again = await import_rows(pool, ARTS, LINDE, whole=True, now=LATER + timedelta(days=1))
    assert told(again) == []
    back = await import_rows(pool, *EVERYTHING, whole=True, now=LATER + timedelta(days=2))
    assert told(back) == [("changed", "01034567", ["activeUntil"])]


async def test_a_whole_register_that_lacks_more_than_one_in_twenty_is_not_believed(pool: Pool) -> None:
    practices = [{**LINDE, "agbCode": f"01{number:06}"} for number in range(40)]
    await import_rows(pool, *practices)
    with pytest.raises(TooManyEndsError, match="at most 2 is believed"):
        await import_rows(pool, *practices[3:], whole=True)
    with pytest.raises(TooManyEndsError, match="--allow-ends 3"):
        await import_rows(pool, *practices[3:], whole=True, ends_max=2)
    assert await pool.fetchval("select count(*) from provider where active_until is not null") == 0
    assert (await import_rows(pool, *practices[2:], whole=True)).count(ChangeKind.DISAPPEARED) == 2
    assert (await import_rows(pool, *practices[5:], whole=True, ends_max=3)).count(ChangeKind.DISAPPEARED) == 3


async def test_a_file_with_an_error_changes_nothing_and_all_its_errors_are_told(pool: Pool) -> None:
    await import_rows(pool, LINDE, stopped(EIK, successor="01023456"))
    wrong = [
        {**ARTS, "associations": [{"agbCode": "01099999", "since": "2016-01-01"}]},
        {**ARTS, "agbCode": "01060000", "postcode": "1"},
        stopped(LINDE, successor="01034567"),
        {**ARTS, "agbCode": "01070000", "associations": [{"agbCode": "01060000", "since": "2016-01-01"}]},
    ]
    with pytest.raises(InvalidProvidersError) as refused:
        await import_rows(pool, *wrong)
    assert codes_of(refused.value.faults) == [
        (1, "associations 1, agbCode", "association-unknown"),
        (2, "postcode", "invalid-value"),
        (3, "successor", "successor-cycle"),
    ]
    assert await pool.fetchval("select count(*) from provider") == 2
    assert await pool.fetchval("select count(*) from provider_import") == 1
    assert len(await sent(pool)) == 2


async def test_two_imports_at_once_follow_each_other(pool: Pool) -> None:
    files = [[{**LINDE, "city": f"Stad {number}"}, {**EIK, "agbCode": f"0104000{number}"}, ARTS] for number in range(4)]
    reports = await asyncio.gather(*(import_rows(pool, *rows) for rows in files))
    assert sorted(report.version for report in reports) == [1, 2, 3, 4]
    assert sum(report.count(ChangeKind.NEW) for report in reports) == 6
    cities = await pool.fetch("select city from provider_history where agb_code = '01023456' order by version")
    last = await pool.fetchval("select city from provider where agb_code = '01023456'")
    assert {row["city"] for row in cities} | {last} == {f"Stad {number}" for number in range(4)}
    assert await pool.fetchval("select count(*) from provider_association") == 1


async def test_reading_goes_on_while_an_import_runs(pool: Pool) -> None:
    await import_rows(pool, LINDE)
    async with pool.acquire() as importing, importing.transaction(), pool.acquire() as reading:
        await importing.execute("lock table provider in share row exclusive mode")
        await importing.execute("update provider set city = 'Anderstad'")
        assert len(await read_providers(reading, ["01023456"])) == 1


async def test_practice_and_person_may_swap_their_kinds_in_one_file(pool: Pool) -> None:
    await import_rows(pool, *EVERYTHING)
    person = {**LINDE, "kind": "person", "associations": [{"agbCode": "01045678", "since": "2027-01-01"}]}
    swapped = await import_rows(pool, person, {**ARTS, "kind": "practice", "associations": []})
    assert swapped.count(ChangeKind.CHANGED) == 2
    rows = await pool.fetch("select person, practice from provider_association")
    assert [tuple(row) for row in rows] == [("01023456", "01045678")]


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("update provider set successor = '01099999', active_until = '2027-01-01'", "provider_successor_known"),
        ("update provider set successor = agb_code, active_until = '2027-01-01'", "provider_is_not_its_own_successor"),
        ("update provider set successor = '01034567'", "provider_successor_of_one_that_ended"),
        ("update provider set active_from = '2027-01-02', active_until = '2027-01-01'", "provider_ends_after_it_began"),
        ("update provider set version = 99", "provider_version_is_an_import"),
        ("update provider set kind = 'person'", "provider_association_with_a_practice"),
        ("update provider_association set practice = '01045678'", "provider_association_with_a_practice"),
        ("update provider_association set person = '01034567'", "provider_association_of_a_person"),
        ("update provider_association set until = '2015-12-31'", "provider_association_ends_after_it_began"),
        (
            "insert into provider_association (person, practice, since) values ('01045678', '01023456', '2020-01-01')",
            "provider_association_without_overlap",
        ),
    ],
)
async def test_the_database_refuses_what_an_import_refuses(pool: Pool, statement: str, constraint: str) -> None:
    await import_rows(pool, *EVERYTHING)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await pool.execute(statement)
    assert refused.value.constraint_name == constraint  # type: ignore[attr-defined]


async def test_after_a_takeover_every_provider_is_sent_again_as_it_was(pool: Pool) -> None:
    await import_rows(pool, *EVERYTHING)
    async with pool.acquire() as connection, connection.transaction():
        assert await publish_all_again(connection, LATER) == 3
    messages = [str(message) for message in await sent(pool)]
    assert sorted(messages[:3]) == sorted(messages[3:])
