"""Operations on lists, the preview of withdrawing a batch, and the ombudsman's cases of a party."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from ion_contracts.identifiers import AgbCode
from ion_contracts.messages.commands import Party
from ion_registry.domain.asker import Action
from ion_registry.domain.case import Case
from ion_registry.handlers.answering import Answering, Who
from ion_registry.handlers.models import Codes, Model
from ion_registry.services.questions.cases import cases_of
from ion_registry.services.questions.operations import find_operation, preview_withdrawal


class OperationQuestion(Model):
    """An operation of one's own, by its id."""

    operation_id: UUID


class OperationAnswer(Model):
    """How far it is: `sent` of `total` patients; what became of their commands so far."""

    operation_id: UUID
    kind: str
    party: str
    agb_code: str
    from_agb_code: str | None = None
    batch_id: UUID | None = None
    status: str
    total: int
    sent: int
    accepted: int
    refused: int
    deferred: int
    started_at: datetime
    ended_at: datetime | None = None


class PreviewQuestion(Model):
    """A file, or an operation on a list, that this code would withdraw today."""

    agb_code: AgbCode
    batch_id: UUID
    party: Annotated[Party | None, Field(min_length=1, description="Whose batch; only the office names another")] = None


class PreviewAnswer(Model):
    """For how many patients something was done, and what would become of each: the numbers add up to `patients`."""

    patients: int
    withdrawn: int
    waiting: Annotated[int, Field(description="Forgotten before they are processed")]
    built_upon: int
    term_over: int
    blocked: int
    nothing: Annotated[int, Field(description="Nothing was changed that could be withdrawn")]


class CasesQuestion(Model):
    """The cases in which one of these codes is a party."""

    agb_codes: Codes
    only_open: bool = False


class ShownCase(Model):
    """One case without its texts; `state` is open, ruled, published or withdrawn."""

    case_id: UUID
    patient_id: UUID | None = None
    on_date: date
    requester_agb_code: str
    other_agb_code: str
    state: str
    opened_on: date
    contact_due: date
    ruling_due: date
    contacted_on: date | None = None
    extended_on: date | None = None
    heard: list[str]
    ruled_agb_code: str | None = None
    ruled_on: date | None = None


class CasesAnswer(Model):
    """The newest first, at most 200."""

    cases: list[ShownCase]


def add_routes(router: APIRouter, answering: Answering) -> None:
    """Adds the questions about operations and cases."""

    @router.post(
        "/list-operations/_search",
        tags=["operations"],
        summary="How far an operation on a list is",
        response_model_exclude_none=True,
    )
    async def search_operation(question: OperationQuestion, who: Who) -> OperationAnswer:
        found = await answering.answer(
            who, "list-operation", Action.READ, lambda c: find_operation(c, who.asker, question.operation_id)
        )
        return OperationAnswer.model_validate(found)

    @router.post(
        "/withdrawals/_preview",
        tags=["operations"],
        summary="What withdrawing a batch would do (rule 27)",
        response_model_exclude_none=True,
    )
    async def preview(question: PreviewQuestion, who: Who) -> PreviewAnswer:
        party = question.party or who.asker.party
        found = await answering.answer(
            who,
            "withdrawal-preview",
            Action.COMPARE,
            lambda c: preview_withdrawal(c, who.asker, question.agb_code, question.batch_id, party, answering.today),
        )
        return PreviewAnswer.model_validate(found)

    @router.post(
        "/cases/_search",
        tags=["operations"],
        summary="The ombudsman's cases of a party (rule 40)",
        response_model_exclude_none=True,
    )
    async def search_cases(question: CasesQuestion, who: Who) -> CasesAnswer:
        found = await answering.answer(
            who,
            "cases",
            Action.LIST,
            lambda c: cases_of(c, who.asker, question.agb_codes, only_open=question.only_open),
        )
        return CasesAnswer(cases=[_shown(case) for case in found])


def _shown(case: Case) -> ShownCase:
    return ShownCase(
        case_id=case.case_id,
        patient_id=case.patient_id,
        on_date=case.on_date,
        requester_agb_code=case.requester,
        other_agb_code=case.other,
        state=case.state,
        opened_on=case.opened_on,
        contact_due=case.contact_due,
        ruling_due=case.ruling_due,
        contacted_on=case.contacted_on,
        extended_on=case.extended_on,
        heard=sorted(case.heard),
        ruled_agb_code=case.ruled,
        ruled_on=case.ruled_on,
    )
