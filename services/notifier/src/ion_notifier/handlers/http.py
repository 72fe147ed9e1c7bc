"""Questions of operators about deliveries. No answer names a patient."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from ion_contracts.identifiers import AgbCode
from ion_contracts.messages import Moment
from ion_notifier.domain.delivery import Purpose, Reason, Status
from ion_notifier.storage import deliveries
from ion_platform.database import Pool


class _Shape(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, hide_input_in_errors=True
    )


class SearchInput(_Shape):
    """Deliveries to one AGB code, newest first. Unknown fields are refused: a misspelt one must not pass unseen."""

    model_config = ConfigDict(extra="forbid")

    agb_code: AgbCode
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=200)] = 25


class Summary(_Shape):
    """How many deliveries there are in each status."""

    counts: dict[Status, int]


class DeliveryView(_Shape):
    """One delivery. The times are real time, not business time."""

    delivery_id: UUID
    event_id: str
    purpose: Purpose
    agb_code: AgbCode
    reference: str
    ended_on: date
    lost_until: date | None = None
    new_agb_code: AgbCode | None = None
    reason: Reason
    status: Status
    attempts: int
    message_id: str
    created_at: Moment
    next_attempt_at: Moment | None = None
    ended_at: Moment | None = None


class Page(_Shape):
    """One page, with the total on top."""

    total: int
    page: int
    page_size: int
    deliveries: list[DeliveryView]


def create_router(pool: Callable[[], Pool]) -> APIRouter:
    """Returns the internal routes; the pool exists once the process has started."""
    router = APIRouter(prefix="/internal/v1/deliveries", tags=["deliveries"])

    @router.get("/summary", summary="How many deliveries there are in each status")
    async def summary() -> Summary:
        return Summary(counts=await deliveries.counts(pool()))

    @router.post("/_search", summary="What went to an AGB code", response_model_exclude_none=True)
    async def search(body: SearchInput) -> Page:
        total, rows = await deliveries.find_of_addressee(pool(), body.agb_code, body.page, body.page_size)
        views = [DeliveryView.model_validate(dict(row)) for row in rows]
        return Page(total=total, page=body.page, page_size=body.page_size, deliveries=views)

    return router
