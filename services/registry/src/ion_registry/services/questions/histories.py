"""The changes of persons as they were known at a moment, and the registrations that they come to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ion_platform.database import Connection
from ion_platform.queries import load_queries
from ion_registry.domain.entry import Change, Event
from ion_registry.domain.spans import Span
from ion_registry.domain.state import Done, registrations

QUERIES = load_queries("ion_registry.storage", "questions_patients.sql")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one person: the registrations, the earliest first, and why a change came on its first day."""

    spans: tuple[Span, ...]
    reasons: Mapping[date, str]

    def span_on(self, day: date) -> Span | None:
        """Returns the registration on a day, or None."""
        return next((span for span in self.spans if span.covers(day)), None)


NOTHING = Known((), {})


async def read_known(
    connection: Connection, patient_ids: Collection[UUID], known_at: datetime | None = None
) -> dict[UUID, Known]:
    """Returns what was known of these persons at a moment (None: now); who had no change yet is not in it."""
    changes: dict[UUID, list[Done]] = {}
    reasons: dict[UUID, dict[date, str]] = {}
    for row in await connection.fetch(QUERIES["histories"], list(patient_ids), known_at):
        change = Change(row["holder"], row["valid_from"], row["valid_until"], row["since"])
        done = Done(change, Event(row["event"]), row["command_id"], row["party"] or "", row["offered_on"])
        changes.setdefault(row["patient_id"], []).append(done)
        reasons.setdefault(row["patient_id"], {})[row["valid_from"]] = row["reason"] or row["code"]
    return {patient_id: Known(registrations(done), reasons[patient_id]) for patient_id, done in changes.items()}


async def read_persons(connection: Connection, patient_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Returns who these are, by the names of the columns."""
    rows = await connection.fetch(QUERIES["persons"], list(patient_ids))
    return {row["patient_id"]: dict(row.items()) for row in rows}
