"""Lists of AGB codes: the own one, that of a GP who stopped, and what differs from a practice's own."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self

from fastapi import APIRouter
from pydantic import Field, model_validator

from ion_contracts.identifiers import AgbCode, BirthDate, Bsn
from ion_contracts.times import Moment
from ion_registry.domain.asker import Action
from ion_registry.handlers.answering import Answering, Who
from ion_registry.handlers.models import (
    PAGE_SIZE,
    Cursor,
    Model,
    NamePrefix,
    PageSize,
    QuestionDay,
    ShownPerson,
    cursor_of,
    patient_after,
)
from ion_registry.services.questions.lists import ListPage, ListSearch, own_list, stopped_list
from ion_registry.services.questions.reconcile import Reconciliation, reconcile

BSNS_MAX = 15_000


class ListQuestion(Model):
    """Who is on the list of this AGB code, now or on a day (as known at a moment); all, or who matches everything."""

    agb_code: AgbCode
    on_date: QuestionDay | None = None
    known_at: Annotated[Moment | None, Field(description="Only with onDate; without it, as known now")] = None
    name: Annotated[NamePrefix | None, Field(description="How the family name begins; case and accents are alike")] = (
        None
    )
    birth_date: BirthDate | None = None
    bsn: Bsn | None = None
    page: Annotated[int, Field(ge=1, le=1_000_000, description="For small numbers; deep pages go by cursor")] = 1
    page_size: PageSize = PAGE_SIZE
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _known_at_of_a_day(self) -> Self:
        if self.known_at is not None and self.on_date is None:
            raise ValueError("knownAt needs onDate: the list of now is as known now")
        return self

    def search(self) -> ListSearch:
        """Returns what is searched for; a cursor goes before a page number."""
        return ListSearch(
            agb_code=self.agb_code,
            name=self.name,
            birth_date=self.birth_date,
            bsn=self.bsn,
            on_date=self.on_date,
            known_at=self.known_at,
            after=patient_after(self.cursor),
            offset=0 if self.cursor else (self.page - 1) * self.page_size,
            limit=self.page_size,
        )


class ListedRegistration(ShownPerson):
    """One patient on a list; `until` only when the period has ended since. `temporary` and `waiting` of now only."""

    sex: str
    agb_code: str
    since: date
    until: date | None = None
    temporary_until: Annotated[
        date | None, Field(description="Of a temporary registration: its first day without, if nothing is done")
    ] = None
    waiting: Annotated[bool | None, Field(description="True when something of this code waits for the patient")] = None


class ListAnswer(Model):
    """One page, the total of all pages, and the cursor of the next one when there is more."""

    total: int
    page: int
    page_size: int
    registrations: list[ListedRegistration]
    next_cursor: str | None = None


class ReconcileQuestion(Model):
    """The BSNs that a practice has on its list. What is no BSN is named by its position, and does not stop the rest."""

    agb_code: AgbCode
    bsns: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=BSNS_MAX)]


class NotOnTheList(Model):
    """A BSN of the question, by its position from 0, and with whom that person is registered instead."""

    position: int
    with_agb_code: str | None = None
    blocked: bool


class OnlyInRegister(ShownPerson):
    """A patient on the register's list who was not named."""

    since: date


class Duplicate(Model):
    """A BSN that was named before."""

    position: int
    first_position: int


class ReconcileAnswer(Model):
    """What differs; `withoutBsn` are temporary patients, whom no BSN can name. Positions count from 0."""

    same: int
    to_register: list[NotOnTheList]
    to_deregister: list[OnlyInRegister]
    without_bsn: list[OnlyInRegister]
    invalid: list[int]
    duplicates: list[Duplicate]


def add_routes(router: APIRouter, answering: Answering) -> None:
    """Adds the questions about lists."""

    @router.post(
        "/registrations/_search",
        tags=["lists"],
        summary="The own list of one AGB code (rules 7 and 14)",
        response_model_exclude_none=True,
    )
    async def search_registrations(question: ListQuestion, who: Who) -> ListAnswer:
        action = Action.SEARCH if question.bsn or question.name or question.birth_date else Action.LIST
        page = await answering.answer(who, "own-list", action, lambda c: own_list(c, who.asker, question.search()))
        return _list_answer(question, page)

    @router.post(
        "/stopped-lists/_search",
        tags=["lists"],
        summary="Who is still on the code of a GP who stopped",
        response_model_exclude_none=True,
    )
    async def search_stopped(question: ListQuestion, who: Who) -> ListAnswer:
        page = await answering.answer(
            who,
            "stopped-list",
            Action.LIST,
            lambda c: stopped_list(c, who.asker, question.search(), answering.today),
        )
        return _list_answer(question, page)

    @router.post(
        "/reconciliations",
        tags=["lists"],
        summary="A practice's BSNs against its list (rule 26)",
        response_model_exclude_none=True,
    )
    async def reconcile_list(question: ReconcileQuestion, who: Who) -> ReconcileAnswer:
        found = await answering.answer(
            who,
            "reconcile",
            Action.COMPARE,
            lambda c: reconcile(c, who.asker, question.agb_code, question.bsns),
        )
        return _reconcile_answer(found)


def _list_answer(question: ListQuestion, page: ListPage) -> ListAnswer:
    return ListAnswer(
        total=page.total,
        page=question.page,
        page_size=question.page_size,
        registrations=[_listed(dict(row)) for row in page.rows],
        next_cursor=cursor_of(page.next_after),
    )


_SHOWN = ("patient_id", "bsn", "initials", "prefix", "family_name", "birth_date", "sex", "agb_code", "since")


def _listed(row: dict[str, Any]) -> ListedRegistration:
    return ListedRegistration.model_construct(
        **{name: row[name] for name in _SHOWN},
        until=row.get("until"),
        temporary_until=row.get("end_on"),
        waiting=row.get("waiting") or None,
    )


def _reconcile_answer(found: Reconciliation) -> ReconcileAnswer:
    return ReconcileAnswer(
        same=found.same,
        to_register=[NotOnTheList.model_validate(one) for one in found.to_register],
        to_deregister=[OnlyInRegister.model_validate(row) for row in found.to_deregister],
        without_bsn=[OnlyInRegister.model_validate(row) for row in found.without_bsn],
        invalid=found.invalid,
        duplicates=[Duplicate(position=position, first_position=first) for position, first in found.duplicates],
    )
