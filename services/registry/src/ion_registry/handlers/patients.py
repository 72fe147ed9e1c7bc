"""Questions about one person: the GP on a day, everything that was done, and a claim."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, field_validator

from ion_contracts.identifiers import AgbCode, Bsn
from ion_contracts.times import Moment
from ion_registry.domain.asker import Action
from ion_registry.domain.spans import Span
from ion_registry.handlers.answering import Answering, Who
from ion_registry.handlers.models import Model, OwnCodes, Period, QuestionDay, SubjectQuestion
from ion_registry.services.questions.patients import PatientHistory, Subject, check_claim, history_of, holder_on

QUARTER_MONTHS = (1, 4, 7, 10)


class HolderQuestion(SubjectQuestion):
    """Who was the GP of this person on a day, as known at a moment or now (rule 7)."""

    on_date: QuestionDay
    known_at: Moment | None = None


class HolderAnswer(Model):
    """Without `agbCode` nobody was. `recordedAt` is when the register came to know it."""

    patient_id: UUID
    agb_code: str | None = None
    since: date | None = None
    recorded_at: Moment | None = None


class HistoryQuestion(SubjectQuestion):
    """Everything that was done for this person; with `knownAt` also the registrations as known then."""

    known_at: Moment | None = None


class JournalEntry(Model):
    """One thing that was done or refused: who, what, when it held, when the register knew, under which policy."""

    recorded_at: datetime
    offered_on: date | None = None
    kind: str
    status: str | None = None
    code: str
    event: str | None = None
    sequence: int | None = None
    command_id: str
    correlation_id: str
    batch_id: UUID | None = None
    party: str | None = None
    mode: str | None = None
    agb_code: str | None = None
    holder: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    since: date | None = None
    replaced: Annotated[list[Period], Field(default_factory=list)]
    process_on: date | None = None
    policy_version: int | None = None
    provider_version: int | None = None


class HistoryAnswer(Model):
    """The newest entry first; `truncated` when there were more than 1,000. Registrations: the earliest first."""

    patient_id: UUID
    merged_into: UUID | None = None
    entries: list[JournalEntry]
    truncated: bool
    registrations: list[Period]
    registrations_then: list[Period] | None = None


class ClaimQuestion(Model):
    """Is this GP paid for the quarter that begins on the reference date (rules 46 to 48)."""

    bsn: Bsn
    agb_code: AgbCode
    reference_date: QuestionDay
    known_at: Moment | None = None
    own_codes: OwnCodes

    @field_validator("reference_date")
    @classmethod
    def _begins_a_quarter(cls, day: date) -> date:
        if day.day != 1 or day.month not in QUARTER_MONTHS:
            raise ValueError("a reference date is the first day of a quarter")
        return day


class ClaimAnswer(Model):
    """`registered`: this GP is paid. Else `code` 366 when another GP has the patient, and none when nobody has."""

    registered: bool
    code: Annotated[str | None, Field(description="366: registered with another GP")] = None
    agb_code: Annotated[str | None, Field(description="Who was the GP on the reference date")] = None


def add_routes(router: APIRouter, answering: Answering) -> None:
    """Adds the questions about one person."""

    @router.post(
        "/holders/_search",
        tags=["patients"],
        summary="Who was the GP on a day, as known at a moment",
        response_model_exclude_none=True,
    )
    async def search_holder(question: HolderQuestion, who: Who) -> HolderAnswer:
        found = await answering.answer(
            who,
            "holder",
            Action.READ,
            lambda c: holder_on(
                c, who.asker, _subject(question), question.own_codes, question.on_date, question.known_at
            ),
        )
        return HolderAnswer.model_validate(found)

    @router.post(
        "/histories/_search",
        tags=["patients"],
        summary="Everything that was done for one person",
        response_model_exclude_none=True,
    )
    async def search_history(question: HistoryQuestion, who: Who) -> HistoryAnswer:
        found = await answering.answer(
            who,
            "history",
            Action.READ,
            lambda c: history_of(c, who.asker, _subject(question), question.own_codes, question.known_at),
        )
        return _history_answer(found)

    @router.post(
        "/claims/_check",
        tags=["patients"],
        summary="Who is paid for a quarter (code 366, rule 46)",
        response_model_exclude_none=True,
    )
    async def check(question: ClaimQuestion, who: Who) -> ClaimAnswer:
        found = await answering.answer(
            who,
            "claim",
            Action.READ,
            lambda c: check_claim(
                c,
                who.asker,
                question.bsn,
                question.own_codes,
                question.agb_code,
                question.reference_date,
                question.known_at,
            ),
        )
        return ClaimAnswer(registered=found.registered, code=found.code, agb_code=found.agb_code)


def _subject(question: SubjectQuestion) -> Subject:
    return Subject(bsn=question.bsn, patient_id=question.patient_id)


def _history_answer(found: PatientHistory) -> HistoryAnswer:
    then = found.registrations_then
    return HistoryAnswer(
        patient_id=found.patient_id,
        merged_into=found.merged_into,
        entries=[_entry(dict(row)) for row in found.rows],
        truncated=found.truncated,
        registrations=[_period(span) for span in found.registrations],
        registrations_then=None if then is None else [_period(span) for span in then],
    )


def _period(span: Span) -> Period:
    return Period(agb_code=span.code, since=span.since, until=span.until)


def _entry(row: dict[str, Any]) -> JournalEntry:
    agb_code, since, until = (row.pop(f"previous_{name}") for name in ("agb_code", "since", "until"))
    replaced = [(agb_code, since, until)] if agb_code else row["replaced"] or []
    row["replaced"] = [Period(agb_code=code, since=first, until=last) for code, first, last in replaced]
    return JournalEntry.model_validate(row)
