"""Which codes belong together, who took over from whom, and where a provider is found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from ion_platform.database import Connection, Pool
from ion_registry.services.provider_questions import Contact, codes_together, read_contacts, successor_chain
from tests.integration.registry.importing import import_rows
from tests.unit.registry.made_providers import ARTS, EIK, LINDE

pytestmark = pytest.mark.usefixtures("no_providers")

MOVED: Mapping[str, Any] = {
    **ARTS,
    "associations": [
        {"agbCode": "01023456", "since": "2016-01-01", "until": "2020-12-31"},
        {"agbCode": "01034567", "since": "2020-07-01"},
    ],
}
COLLEAGUE: Mapping[str, Any] = {
    **ARTS,
    "agbCode": "01050000",
    "activeUntil": "2019-12-31",
    "associations": [{"agbCode": "01023456", "since": "2010-01-01"}],
}


async def together(connection: Connection, agb_code: str, day: date) -> list[str]:
    return [one.provider.agb_code for one in await codes_together(connection, agb_code, day)]


@pytest.mark.parametrize(
    ("agb_code", "day", "expected"),
    [
        ("01023456", date(2015, 12, 31), ["01023456", "01050000"]),
        ("01023456", date(2016, 1, 1), ["01023456", "01045678", "01050000"]),
        ("01023456", date(2020, 12, 31), ["01023456", "01045678", "01050000"]),
        ("01023456", date(2021, 1, 1), ["01023456", "01050000"]),
        ("01045678", date(2020, 8, 1), ["01045678", "01023456", "01034567"]),
        ("01045678", date(2021, 1, 1), ["01045678", "01034567"]),
        ("01099999", date(2021, 1, 1), []),
    ],
)
async def test_rule_15_codes_belong_together_on_the_days_of_their_association(
    pool: Pool, agb_code: str, day: date, expected: list[str]
) -> None:
    await import_rows(pool, LINDE, EIK, MOVED, COLLEAGUE)
    async with pool.acquire() as connection:
        assert await together(connection, agb_code, day) == expected


async def test_a_code_out_of_use_still_belongs_and_says_so(pool: Pool) -> None:
    await import_rows(pool, LINDE, EIK, COLLEAGUE)
    async with pool.acquire() as connection:
        (_, colleague) = await codes_together(connection, "01023456", date(2021, 1, 1))
    assert not colleague.provider.active_on(date(2021, 1, 1))
    assert (colleague.since, colleague.until) == (date(2010, 1, 1), None)


async def test_rule_31_successors_are_followed_for_as_long_as_they_had_stopped(pool: Pool) -> None:
    first = {**LINDE, "agbCode": "01010000", "activeUntil": "2019-12-31", "successor": "01020000"}
    second = {**LINDE, "agbCode": "01020000", "activeUntil": "2024-12-31", "successor": "01034567"}
    await import_rows(pool, first, second, EIK)
    async with pool.acquire() as connection:
        chains = [
            [provider.agb_code for provider in await successor_chain(connection, "01010000", day)]
            for day in (date(2019, 12, 31), date(2020, 1, 1), date(2024, 12, 31), date(2025, 1, 1))
        ]
        assert await successor_chain(connection, "01099999", date(2025, 1, 1)) == []
    assert chains == [
        ["01010000"],
        ["01010000", "01020000"],
        ["01010000", "01020000"],
        ["01010000", "01020000", "01034567"],
    ]


async def test_contacts_are_names_and_addresses_and_no_mail_addresses(pool: Pool) -> None:
    await import_rows(pool, LINDE, ARTS)
    async with pool.acquire() as connection:
        found = await read_contacts(connection, ["01023456", "01099999"])
    assert found == {
        "01023456": Contact(
            agb_code="01023456",
            kind=found["01023456"].kind,
            name="Huisartsenpraktijk De Linde",
            street="Lindelaan",
            house_number="12",
            postcode="1234 AB",
            city="Voorbeeldstad",
        )
    }
