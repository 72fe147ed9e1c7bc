"""All own AGB codes in one overview, what waits for them, and who left and came."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, field_validator, model_validator

from ion_contracts.identifiers import AgbCode
from ion_contracts.messages import ProviderKind
from ion_registry.domain.asker import Action
from ion_registry.handlers.answering import Answering, Who
from ion_registry.handlers.models import (
    PAGE_SIZE,
    WAITING_CURSOR,
    Codes,
    Cursor,
    Model,
    PageSize,
    QuestionDay,
    ShownPerson,
    cursor_of,
    patient_after,
    row_of,
    waiting_after,
    waiting_cursor_of,
)
from ion_registry.services.questions.codes import overview, waiting_of
from ion_registry.services.questions.movements import MovementPage, arrivals, departures

PERIOD_DAYS_MAX = 366
COMMAND_TYPE_PREFIX = "nl.huisartsinschrijvingen."


class CodesQuestion(Model):
    """All own codes, or some of them."""

    agb_codes: Codes


class ShownCode(Model):
    """One code; `unusable` is the outcome code that a registration on it would get today: move its patients."""

    agb_code: str
    name: str | None = None
    kind: ProviderKind | None = None
    total: int
    temporary: int
    waiting: int
    unusable: str | None = None


class OverviewAnswer(Model):
    """In the order of the question."""

    codes: list[ShownCode]


class WaitingQuestion(CodesQuestion):
    """What waits for these codes until the second day of the quarter (rule 6)."""

    page_size: PageSize = PAGE_SIZE
    cursor: Annotated[str | None, Field(pattern=WAITING_CURSOR, max_length=150)] = None

    @field_validator("cursor")
    @classmethod
    def _is_of_a_day(cls, cursor: str | None) -> str | None:
        waiting_after(cursor)
        return cursor


class WaitingCommand(Model):
    """A command that waits; `withdraw` it by its id for as long as it does."""

    command_id: str
    type: str
    agb_code: str
    from_agb_code: str | None = None
    offered_on: date
    process_on: date
    patient: ShownPerson


class WaitingAnswer(Model):
    """The first to be processed first."""

    waiting: list[WaitingCommand]
    next_cursor: str | None = None


class MovementQuestion(Model):
    """Who left, or came, from a first to a last day (at most a year)."""

    agb_code: AgbCode
    from_date: QuestionDay
    until_date: QuestionDay
    page_size: PageSize = PAGE_SIZE
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _is_a_period(self) -> MovementQuestion:
        if not 0 <= (self.until_date - self.from_date).days < PERIOD_DAYS_MAX:
            raise ValueError("untilDate is not before fromDate, and at most a year after it")
        return self

    @property
    def period(self) -> tuple[date, date]:
        """The first and the last day."""
        return self.from_date, self.until_date


class OtherGp(Model):
    """Where the other GP is found, as the care provider register states it now; without a name it is not known."""

    agb_code: str
    name: str | None = None
    street: str | None = None
    house_number: str | None = None
    postcode: str | None = None
    city: str | None = None


class ShownMovement(Model):
    """Who left or came, and the GP after or before; none: nobody. `reason` is that of the change."""

    patient: ShownPerson
    since: date
    until: date | None = None
    reason: str | None = None
    other_gp: OtherGp | None = None


class MovementAnswer(Model):
    """One page; it can be short, or empty, while there is a next one."""

    movements: list[ShownMovement]
    next_cursor: str | None = None


def add_routes(router: APIRouter, answering: Answering) -> None:
    """Adds the questions about codes."""

    @router.post(
        "/codes/_search",
        tags=["codes"],
        summary="All own codes in one overview (rule 15)",
        response_model_exclude_none=True,
    )
    async def search_codes(question: CodesQuestion, who: Who) -> OverviewAnswer:
        found = await answering.answer(
            who, "codes", Action.LIST, lambda c: overview(c, who.asker, question.agb_codes, answering.today)
        )
        return OverviewAnswer(codes=[ShownCode.model_validate(one) for one in found])

    @router.post(
        "/waiting/_search",
        tags=["codes"],
        summary="What waits for the end of a closed day (rule 6)",
        response_model_exclude_none=True,
    )
    async def search_waiting(question: WaitingQuestion, who: Who) -> WaitingAnswer:
        after = waiting_after(question.cursor)
        found = await answering.answer(
            who,
            "waiting",
            Action.LIST,
            lambda c: waiting_of(c, who.asker, question.agb_codes, after, question.page_size),
        )
        return WaitingAnswer(
            waiting=[
                WaitingCommand(
                    **{name: row[name] for name in ("command_id", "agb_code", "from_agb_code", "process_on")},
                    type=row["type"].removeprefix(COMMAND_TYPE_PREFIX),
                    offered_on=date.fromisoformat(row["offered_on"]),
                    patient=ShownPerson(**row_of(row)),
                )
                for row in found.rows
            ],
            next_cursor=waiting_cursor_of(found.next_after),
        )

    @router.post(
        "/departures/_search",
        tags=["codes"],
        summary="Who left in a period, with the new GP (rule 35)",
        response_model_exclude_none=True,
    )
    async def search_departures(question: MovementQuestion, who: Who) -> MovementAnswer:
        after = patient_after(question.cursor)
        page = await answering.answer(
            who,
            "departures",
            Action.LIST,
            lambda c: departures(c, who.asker, question.agb_code, question.period, after, question.page_size),
        )
        return _movement_answer(page)

    @router.post(
        "/arrivals/_search",
        tags=["codes"],
        summary="Who came in a period, and from whom",
        response_model_exclude_none=True,
    )
    async def search_arrivals(question: MovementQuestion, who: Who) -> MovementAnswer:
        after = patient_after(question.cursor)
        page = await answering.answer(
            who,
            "arrivals",
            Action.LIST,
            lambda c: arrivals(c, who.asker, question.agb_code, question.period, after, question.page_size),
        )
        return _movement_answer(page)


def _movement_answer(page: MovementPage) -> MovementAnswer:
    movements = [
        ShownMovement(
            patient=ShownPerson(**row_of(one.person)),
            since=one.here.since,
            until=one.here.until,
            reason=one.reason,
            other_gp=_other_gp(one.other, one.contact),
        )
        for one in page.movements
    ]
    return MovementAnswer(movements=movements, next_cursor=cursor_of(page.next_after))


def _other_gp(agb_code: str | None, contact: object) -> OtherGp | None:
    if agb_code is None:
        return None
    if contact is None:
        return OtherGp(agb_code=agb_code)
    return OtherGp(**{name: getattr(contact, name) for name in OtherGp.model_fields})
