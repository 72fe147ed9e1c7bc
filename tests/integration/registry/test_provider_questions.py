"""Who took over from whom, and where a provider is found."""

from __future__ import annotations

from datetime import date

import pytest

from ion_platform.database import Pool
from ion_registry.services.questions.care_providers import Contact, read_contacts, successor_chain
from tests.integration.registry.importing import import_rows
from tests.unit.registry.made_providers import ARTS, EIK, LINDE

pytestmark = pytest.mark.usefixtures("no_providers")


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


async def test_rule_32_contacts_are_names_and_addresses_of_the_care_provider_register_and_no_mail_addresses(
    pool: Pool,
) -> None:
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
