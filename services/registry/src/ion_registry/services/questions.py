"""Answers from the register: lists of the present from `current`, everything of the past from the journal (rule 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ion_platform.database import Connection
from ion_platform.queries import load_queries

QUERIES = load_queries("ion_registry.storage", "questions.sql")


@dataclass(frozen=True, slots=True)
class FoundRegistrations:
    """One page of rows by their column names, and how many there are on all pages."""

    total: int
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Counts:
    """Patients per AGB code, and the last day that every partition has closed (None: not one yet)."""

    patients: Mapping[str, int]
    closed_through: date | None


async def list_registrations(
    connection: Connection, *, agb_code: str, bsn: str | None, on_date: date | None, limit: int, offset: int
) -> FoundRegistrations:
    """Returns who is registered with this AGB code, by family name and initials; on a day, as known now."""
    if on_date is None:
        rows = await connection.fetch(QUERIES["list_now"], agb_code, bsn, limit, offset)
    else:
        rows = await connection.fetch(QUERIES["list_on_day"], agb_code, bsn, limit, offset, on_date)
    total = rows[0]["total"]
    columns = [dict(row.items()) for row in rows if row["patient_id"] is not None]
    for row in columns:
        del row["total"]
    return FoundRegistrations(total, columns)


async def count_patients(connection: Connection, on_date: date, known_on: date) -> Counts:
    """Returns with whom how many patients were on a day, as the register knew it by the end of another."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await connection.fetch(QUERIES["count_patients"], on_date, known_on)
        closed_through = await connection.fetchval(QUERIES["closed_through"])
    return Counts({row["agb_code"]: row["patients"] for row in rows}, closed_through)
