"""Who left the list of a code in a period and to whom, and who came and from whom (rule 35)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ion_platform.database import Connection
from ion_registry.domain.asker import Asker
from ion_registry.domain.calendar import ONE_DAY
from ion_registry.domain.spans import Span
from ion_registry.services.questions.asking import Answer, require_own_codes
from ion_registry.services.questions.care_providers import Contact, read_contacts
from ion_registry.services.questions.histories import QUERIES, Known, read_known, read_persons
from ion_registry.services.questions.lists import BEFORE_ALL


@dataclass(frozen=True, slots=True)
class Movement:
    """Who left or came: the registration here, why it changed, and the GP after or before it (None: nobody)."""

    person: Mapping[str, Any]
    here: Span
    reason: str | None
    other: str | None
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class MovementPage:
    """Movements of one page of persons; it can be empty while there is a next one, so go by `next_after`."""

    movements: Sequence[Movement]
    next_after: UUID | None


async def departures(
    connection: Connection, asker: Asker, agb_code: str, period: tuple[date, date], after: UUID | None, limit: int
) -> Answer[MovementPage]:
    """Returns who left with a last day within the period, both days included. Raises RefusedError."""
    return await _movements(connection, asker, agb_code, period, after, limit, left=True)


async def arrivals(
    connection: Connection, asker: Asker, agb_code: str, period: tuple[date, date], after: UUID | None, limit: int
) -> Answer[MovementPage]:
    """Returns who came with a first day within the period, both days included. Raises RefusedError."""
    return await _movements(connection, asker, agb_code, period, after, limit, left=False)


async def _movements(
    connection: Connection,
    asker: Asker,
    agb_code: str,
    period: tuple[date, date],
    after: UUID | None,
    limit: int,
    *,
    left: bool,
) -> Answer[MovementPage]:
    require_own_codes(asker, [agb_code])
    rows = await connection.fetch(QUERIES["moved_patients"], agb_code, *period, after or BEFORE_ALL, limit + 1)
    patient_ids = [row["patient_id"] for row in rows[:limit]]
    known = await read_known(connection, patient_ids)
    find = _left if left else _came
    found = {
        patient_id: list(find(known[patient_id], agb_code, period)) for patient_id in patient_ids if patient_id in known
    }
    moved = [patient_id for patient_id, of_patient in found.items() if of_patient]
    persons = await read_persons(connection, moved)
    contacts = await read_contacts(connection, {other for p in moved for _, _, other in found[p] if other})
    movements = [
        Movement(persons[patient_id], here, reason, other, contacts.get(other) if other else None)
        for patient_id in moved
        for here, reason, other in found[patient_id]
    ]
    return Answer(MovementPage(movements, patient_ids[-1] if len(rows) > limit else None), moved)


_Found = Iterator[tuple[Span, str | None, str | None]]


def _left(known: Known, agb_code: str, period: tuple[date, date]) -> _Found:
    for span in known.spans:
        if span.code == agb_code and span.until is not None and period[0] <= span.until <= period[1]:
            following = known.span_on(span.until + ONE_DAY)
            if following is None or following.code != agb_code:
                yield span, known.reasons.get(span.until + ONE_DAY), following.code if following else None


def _came(known: Known, agb_code: str, period: tuple[date, date]) -> _Found:
    for span in known.spans:
        if span.code == agb_code and period[0] <= span.since <= period[1]:
            before = known.span_on(span.since - ONE_DAY)
            if before is None or before.code != agb_code:
                yield span, known.reasons.get(span.since), before.code if before else None
