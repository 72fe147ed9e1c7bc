"""Whatever a file of care providers holds, and in whatever order: importing it again changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ion_platform.database import Pool
from tests.integration.registry.importing import import_into, sent
from tests.unit.registry.made_providers import LINDE

pytestmark = pytest.mark.usefixtures("no_providers")

CODES = [f"01{number:06}" for number in range(12)]
KINDS = dict.fromkeys(CODES[:6], "practice") | dict.fromkeys(CODES[6:], "person")
DAYS = st.integers(0, 4000).map(lambda number: str(date(2016, 1, 1) + timedelta(days=number)))


@st.composite
def associations(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Periods in practices, without overlaps for one practice, in any order."""
    found = []
    for practice in draw(st.lists(st.sampled_from(CODES[:6]), unique=True, max_size=3)):
        days = sorted(draw(st.lists(DAYS, unique=True, min_size=2, max_size=6)))
        periods = list(zip(days[::2], days[1::2], strict=False))
        found += [{"agbCode": practice, "since": since, "until": until} for since, until in periods]
        if draw(st.booleans()):
            del found[-1]["until"]
    return draw(st.permutations(found))


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A provider of each code; who stopped may have a later code as successor, so that there is no circle."""
    made = []
    for number, code in enumerate(CODES):
        row: dict[str, Any] = {**LINDE, "agbCode": code, "kind": KINDS[code], "city": draw(st.sampled_from("ABC"))}
        if KINDS[code] == "person":
            row["associations"] = draw(associations())
        if draw(st.booleans()):
            row["activeUntil"] = draw(DAYS)
            row["successor"] = draw(st.sampled_from([None, *CODES[number + 1 :]]))
        made.append(row)
    return draw(st.permutations(made))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=rows(), after=rows(), data=st.data())
async def test_importing_again_in_any_order_changes_and_sends_nothing(
    pool: Pool, before: list[dict[str, Any]], after: list[dict[str, Any]], data: st.DataObject
) -> None:
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await import_into(connection, *before)
            report = await import_into(connection, *after)
            first = await _tables(connection)
            messages = await sent(connection)
            assert len(messages) == len(CODES) + len(report.changes)
            shuffled = data.draw(st.permutations(after))
            half = data.draw(st.integers(0, len(shuffled)))
            again = await import_into(connection, *shuffled, whole=True)
            parts = [await import_into(connection, *part) for part in (shuffled[:half], shuffled[half:]) if part]
            assert [one.changes for one in (again, *parts)] == [[] for _ in (again, *parts)]
            assert await _tables(connection) == first
            assert await sent(connection) == messages
        finally:
            await transaction.rollback()


async def _tables(connection: Any) -> list[list[tuple[Any, ...]]]:
    queries = (
        "select * from provider order by agb_code",
        "select * from provider_association order by person, practice, since",
        "select * from provider_history order by agb_code, version",
    )
    return [[tuple(row) for row in await connection.fetch(query)] for query in queries]
