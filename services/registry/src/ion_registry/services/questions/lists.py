"""The list of an AGB code (rules 7, 14 and 16): a page of now from one index, of a day in the past from the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ion_platform.database import Connection
from ion_platform.queries import load_queries
from ion_registry.domain.asker import Asker, Role
from ion_registry.services.questions.asking import Answer, Refusal, RefusedError, require_own_codes
from ion_registry.services.questions.care_providers import successor_chain
from ion_registry.services.questions.histories import NOTHING, read_known

QUERIES = load_queries("ion_registry.storage", "questions_lists.sql")
OFFSET_MAX = 20_000
"""Longer than the longest list; skipping rows costs time, a cursor does not."""
BEFORE_ALL = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSearch:
    """One page of the list of a code: after a patient, or so many rows on; on a day as known at a moment, or now."""

    agb_code: str
    name: str | None = None
    birth_date: date | None = None
    bsn: str | None = None
    on_date: date | None = None
    known_at: datetime | None = None
    after: UUID | None = None
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, slots=True)
class ListPage:
    """Rows by their column names, how many there are on all pages, and after whom the next page begins."""

    total: int
    rows: Sequence[Mapping[str, Any]]
    next_after: UUID | None


async def own_list(connection: Connection, asker: Asker, search: ListSearch) -> Answer[ListPage]:
    """Returns a page of the own list of a code. Raises RefusedError."""
    require_own_codes(asker, [search.agb_code])
    return await _page(connection, search)


async def stopped_list(connection: Connection, asker: Asker, search: ListSearch, today: date) -> Answer[ListPage]:
    """Returns a page of the list of a code that is out of use, for the office or the successor (rule 16).

    Raises RefusedError.
    """
    chain = await successor_chain(connection, search.agb_code, today)
    is_stopped = bool(chain) and not chain[0].active_on(today)
    if asker.role not in (Role.PROVIDER, Role.OFFICE):
        raise RefusedError(Refusal.NOT_FOR_THIS_ROLE)
    successors = {provider.agb_code for provider in chain[1:]}
    if not is_stopped or (asker.role is Role.PROVIDER and asker.on_behalf_of not in successors):
        raise RefusedError(Refusal.NOT_THE_SUCCESSOR)
    return await _page(connection, search)


async def _page(connection: Connection, search: ListSearch) -> Answer[ListPage]:
    if search.offset > OFFSET_MAX:
        raise RefusedError(Refusal.PAGE_TOO_DEEP)
    # One more than is shown tells whether there is a next page.
    place = [search.agb_code, *await _start(connection, search.after), search.offset, search.limit + 1]
    filters = [search.name, search.birth_date, search.bsn]
    if search.on_date is not None:
        found = await connection.fetch(QUERIES["list_on_day"], *place, *filters, search.on_date, search.known_at)
    elif any(value is not None for value in filters):
        found = await connection.fetch(QUERIES["list_found"], *place, *filters)
    else:
        await connection.execute(QUERIES["plan_once"])
        found = await connection.fetch(QUERIES["list_now"], *place)
    rows = [dict(row.items()) for row in found if row["patient_id"] is not None]
    shown = rows[: search.limit]
    if search.on_date is not None:
        await _add_periods(connection, shown, search.on_date, search.known_at)
    for row in shown:
        row["agb_code"] = search.agb_code
    next_after = shown[-1]["patient_id"] if len(rows) > len(shown) else None
    return Answer(ListPage(found[0]["total"], shown, next_after), [row["patient_id"] for row in shown])


async def _start(connection: Connection, after: UUID | None) -> tuple[str, UUID]:
    if after is None:
        return "", BEFORE_ALL
    name = await connection.fetchval(QUERIES["list_start"], after)
    if name is None:
        raise RefusedError(Refusal.CURSOR_UNKNOWN)
    return name, after


async def _add_periods(
    connection: Connection, rows: Sequence[dict[str, Any]], day: date, known_at: datetime | None
) -> None:
    """The whole registration that covers the day, as it was known."""
    known = await read_known(connection, [row["patient_id"] for row in rows], known_at)
    for row in rows:
        span = known.get(row["patient_id"], NOTHING).span_on(day)
        assert span is not None, "the list found it by the same changes"
        row |= {"since": span.since, "until": span.until}
