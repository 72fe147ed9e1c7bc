"""Counts, which are about no person: patients per AGB code, and inhabitants without a GP."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from ion_contracts.identifiers import PRINTABLE_PATTERN
from ion_registry.handlers.answering import Answering, Who
from ion_registry.handlers.models import Model, QuestionDay
from ion_registry.services.questions.counts import Region, count_patients, count_without_gp

REGIONS_MAX = 500
CITIES_MAX = 1_000
Text = Annotated[str, Field(pattern=PRINTABLE_PATTERN, min_length=1, max_length=200)]


class CountQuestion(Model):
    """How many patients has each AGB code on a day, as known by the end of another day."""

    on_date: QuestionDay
    known_on: QuestionDay


class Count(Model):
    """One AGB code that has patients."""

    agb_code: str
    patients: int


class CountAnswer(Model):
    """The counts are final when the day of knowing is not later than `closedThrough`."""

    counts: list[Count]
    closed_through: date | None


class RegionQuestion(Model):
    """Its inhabitants, and the cities whose practices serve it; without cities it is the whole country."""

    name: Text
    population: Annotated[int, Field(ge=0, le=100_000_000)]
    cities: Annotated[list[Text], Field(default_factory=list, max_length=CITIES_MAX)]


class WithoutGpQuestion(Model):
    """Population figures, and what a GP is paid for a patient in euros, on a day (today when it is not named)."""

    on_date: QuestionDay | None = None
    fee_per_patient: Annotated[Decimal, Field(ge=0, le=100_000, decimal_places=4)]
    regions: Annotated[list[RegionQuestion], Field(min_length=1, max_length=REGIONS_MAX)]


class ShownRegion(Model):
    """Patients count where their practice is; `withoutGp` is never below nought."""

    name: str
    population: int
    registered: int
    without_gp: int
    fees_missed: Decimal


class WithoutGpAnswer(Model):
    """In the order of the question."""

    on_date: date
    regions: list[ShownRegion]


def add_routes(router: APIRouter, answering: Answering) -> None:
    """Adds the questions that count."""

    @router.post("/counts", tags=["counts"], summary="Patients per AGB code on a day, as known by another")
    async def count(question: CountQuestion) -> CountAnswer:
        async with answering.pool().acquire() as connection:
            found = await count_patients(connection, question.on_date, question.known_on)
        counts = [Count(agb_code=agb_code, patients=patients) for agb_code, patients in found.patients.items()]
        return CountAnswer(counts=counts, closed_through=found.closed_through)

    @router.post(
        "/inhabitants-without-gp",
        tags=["counts"],
        summary="Inhabitants without a GP (rule 13)",
        response_model_exclude_none=True,
    )
    async def count_inhabitants(question: WithoutGpQuestion, _who: Who) -> WithoutGpAnswer:
        day = question.on_date or answering.today
        regions = [Region(one.name, one.population, one.cities) for one in question.regions]
        async with answering.pool().acquire() as connection:
            found = await count_without_gp(connection, day, answering.today, regions, question.fee_per_patient)
        return WithoutGpAnswer(on_date=day, regions=[ShownRegion.model_validate(one) for one in found])
