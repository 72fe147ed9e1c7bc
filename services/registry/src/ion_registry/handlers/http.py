"""Internal questions to the register: a practice's own list (rules 7 and 14), and counts to reconcile with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from ion_contracts.identifiers import AgbCode, Bsn
from ion_platform.database import Pool
from ion_registry.domain.asker import Action, Result
from ion_registry.handlers.asker import AskerOfRequest, RequestId
from ion_registry.services import questions
from ion_registry.services.access_log import log_access

PAGE_SIZE_MAX = 200


class _Model(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="forbid", from_attributes=True
    )


class ListQuestion(_Model):
    """Who is on the list of this AGB code, now or on a day; or only the person with this BSN."""

    agb_code: AgbCode
    on_date: date | None = None
    bsn: Bsn | None = None
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=PAGE_SIZE_MAX)] = 25


class ListedRegistration(_Model):
    """One patient on a list; `until` only when the period has ended since."""

    patient_id: UUID
    bsn: str
    initials: str
    prefix: str
    family_name: str
    birth_date: date
    sex: str
    agb_code: str
    since: date
    until: date | None = None


class ListAnswer(_Model):
    """One page, and the total of all pages."""

    total: int
    page: int
    page_size: int
    registrations: list[ListedRegistration]


class CountQuestion(_Model):
    """How many patients has each AGB code on a day, as known by the end of another day."""

    on_date: date
    known_on: date


class Count(_Model):
    """One AGB code that has patients."""

    agb_code: str
    patients: int


class CountAnswer(_Model):
    """The counts are final when the day of knowing is not later than `closedThrough`."""

    counts: list[Count]
    closed_through: date | None


def create_router(pool: Callable[[], Pool]) -> APIRouter:
    """Returns the routes; the pool is asked for with each question, for it exists once the service has started."""
    router = APIRouter(prefix="/internal/v1")

    @router.post("/registrations/_search", response_model_exclude_none=True)
    async def search_registrations(question: ListQuestion, asker: AskerOfRequest, request_id: RequestId) -> ListAnswer:
        async with pool().acquire() as connection, connection.transaction():
            found = await questions.list_registrations(
                connection,
                agb_code=question.agb_code,
                bsn=question.bsn,
                on_date=question.on_date,
                limit=question.page_size,
                offset=(question.page - 1) * question.page_size,
            )
            await log_access(
                connection,
                asker,
                "own-list",
                Action.SEARCH if question.bsn else Action.LIST,
                [row["patient_id"] for row in found.rows],
                Result.FOUND if found.rows else Result.NOT_FOUND,
                request_id,
            )
        registrations = [ListedRegistration.model_validate(row) for row in found.rows]
        return ListAnswer(
            total=found.total, page=question.page, page_size=question.page_size, registrations=registrations
        )

    @router.post("/counts")
    async def count_patients(question: CountQuestion) -> CountAnswer:
        async with pool().acquire() as connection:
            found = await questions.count_patients(connection, question.on_date, question.known_on)
        counts = [Count(agb_code=agb_code, patients=patients) for agb_code, patients in found.patients.items()]
        return CountAnswer(counts=counts, closed_through=found.closed_through)

    return router
