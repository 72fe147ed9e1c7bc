"""Counts of patients per AGB code (rules 13 and 50), from kept lengths of lists: no list is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ion_platform.database import Connection
from ion_platform.queries import load_queries

QUERIES = load_queries("ion_registry.storage", "questions_counts.sql")
LATEST_EFFECT = timedelta(days=2)
"""So much later than it was recorded a change can begin or end, and no more."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Patients per AGB code, and the last day that every partition has closed (None: not one yet)."""

    patients: Mapping[str, int]
    closed_through: date | None


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the country: its inhabitants and the cities whose practices serve it; without cities, the country."""

    name: str
    population: int
    cities: Sequence[str]


@dataclass(frozen=True, slots=True)
class RegionCount:
    """How many are registered with practices there, how many inhabitants have no GP, and the fees missed (euros)."""

    name: str
    population: int
    registered: int
    without_gp: int
    fees_missed: Decimal


async def count_patients(connection: Connection, on_date: date, known_on: date) -> Counts:
    """Returns with whom how many patients were on a day, as the register knew it by the end of another."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        since = min(on_date, known_on) - LATEST_EFFECT
        rows = await connection.fetch(QUERIES["count_patients"], on_date, known_on, since)
        closed_through = await connection.fetchval(QUERIES["closed_through"])
    return Counts({row["agb_code"]: row["patients"] for row in rows}, closed_through)


async def count_without_gp(
    connection: Connection, on_date: date, known_on: date, regions: Sequence[Region], fee: Decimal
) -> list[RegionCount]:
    """Returns the inhabitants without a GP and the fees that GPs miss by that (rule 13), region by region.

    A patient counts where the practice is, for the register keeps no address of patients: a region to which more
    people come for their GP than live there has none without.
    """
    counts = await count_patients(connection, on_date, known_on)
    cities = {city.lower() for region in regions for city in region.cities}
    rows = await connection.fetch(QUERIES["codes_of_cities"], list(cities)) if cities else []
    registered_in: dict[str, int] = {}
    for row in rows:
        registered_in[row["city"]] = registered_in.get(row["city"], 0) + counts.patients.get(row["agb_code"], 0)
    country = sum(counts.patients.values())
    return [_count_region(region, registered_in, country, fee) for region in regions]


def _count_region(region: Region, registered_in: Mapping[str, int], country: int, fee: Decimal) -> RegionCount:
    own = {city.lower() for city in region.cities}
    registered = sum(registered_in.get(city, 0) for city in own) if own else country
    without = max(0, region.population - registered)
    return RegionCount(region.name, region.population, registered, without, without * fee)
