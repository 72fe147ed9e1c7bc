"""Rules 40 and 41: what a step does to a case of the ombudsman, and every refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ion_contracts.messages import cases as steps
from ion_registry.domain.calendar import ONE_DAY
from ion_registry.domain.case import CaseState, Ruling
from ion_registry.domain.case_code import CaseCode
from ion_registry.domain.take_step import LAST_DAY, CaseDecision, Known
from tests.unit.registry.made_cases import (
    CASE,
    COMPLETE,
    OPENED_ON,
    OTHER,
    PATIENT,
    REQUESTER,
    STRANGER,
    case_after,
    contacted,
    excluded,
    extended,
    heard,
    lifted,
    opened,
    published,
    ruled,
    ruled_case,
    statement,
    take,
    wish,
    withdrawn,
)

LATER = OPENED_ON + 7 * ONE_DAY
AFTER_OPENING: tuple[steps.AfterOpening, ...] = (
    contacted(),
    statement(),
    heard(OTHER),
    wish(),
    extended(),
    ruled(),
    published(),
    withdrawn(),
    excluded(LATER, LATER),
    lifted(),
)
each_later_step = pytest.mark.parametrize("step", AFTER_OPENING, ids=lambda step: step.kind)


def refused(decision: CaseDecision, code: CaseCode) -> bool:
    """Tells whether a decision is this refusal, and does nothing."""
    return not decision.accepted and decision.code is code and not (decision.ruling or decision.excluded)


def test_a_provider_opens_a_case_with_its_terms() -> None:
    decision = take(None, opened(), office=False)
    assert decision.code is CaseCode.CASE_OPENED
    case = decision.case
    assert case is not None
    assert (case.case_id, case.patient_id, case.on_date) == (CASE, PATIENT.patient_id, date(2027, 1, 1))
    assert case.parties == (REQUESTER, OTHER)
    assert (case.contact_due, case.ruling_due) == (date(2027, 2, 8), date(2027, 2, 15))
    assert (case.state, case.steps) == (CaseState.OPEN, 1)


def test_the_office_opens_a_case_for_a_provider_who_wrote_a_letter() -> None:
    assert take(None, opened(), office=True).accepted


@pytest.mark.parametrize(
    "missing",
    [
        {"consulted_orally": False},
        {"consulted_in_writing": False},
        {"copies": ()},
        {"bsn_mix_up_excluded": False},
        {"identity_checked": False},
        {"patient_statement": None},
    ],
    ids=lambda missing: next(iter(missing)),
)
def test_a_case_without_one_of_the_preconditions_is_refused(missing: dict[str, object]) -> None:
    request = opened(preconditions=COMPLETE.model_copy(update=missing))
    assert refused(take(None, request), CaseCode.PRECONDITIONS_MISSING)


def test_a_case_about_somebody_whom_the_register_does_not_know_is_refused() -> None:
    assert refused(take(None, opened(), known=Known()), CaseCode.PATIENT_UNKNOWN)


def test_a_case_between_a_gp_and_himself_is_refused() -> None:
    assert refused(take(None, opened(other=REQUESTER)), CaseCode.SAME_PARTIES)


@pytest.mark.parametrize("on_date", [OPENED_ON + ONE_DAY, date(2005, 12, 31)])
def test_a_reference_date_in_the_future_or_before_the_register_is_refused(on_date: date) -> None:
    assert refused(take(None, opened(on_date=on_date)), CaseCode.CASE_DATE_WRONG)


def test_a_case_that_is_opened_twice_is_refused_and_stays_as_it_was() -> None:
    case = case_after(contacted())
    decision = take(case, opened(on_date=date(2026, 10, 1)))
    assert refused(decision, CaseCode.CASE_EXISTS)
    assert decision.case is case


@each_later_step
def test_a_step_in_a_case_that_nobody_opened_is_refused(step: steps.AfterOpening) -> None:
    assert refused(take(None, step), CaseCode.CASE_UNKNOWN)


@each_later_step
def test_only_the_office_takes_steps_after_the_opening(step: steps.AfterOpening) -> None:
    assert refused(take(case_after(), step, LATER, office=False), CaseCode.NOT_AUTHORISED)
    assert refused(take(None, step, LATER, office=False), CaseCode.NOT_AUTHORISED)


@each_later_step
def test_no_step_follows_a_withdrawal(step: steps.AfterOpening) -> None:
    assert refused(take(case_after(withdrawn()), step, LATER), CaseCode.CASE_CLOSED)


@each_later_step
def test_after_a_ruling_only_publication_and_exclusion_follow(step: steps.AfterOpening) -> None:
    decision = take(ruled_case(), step, LATER)
    if step.kind in ("published", "excluded"):
        assert decision.accepted
    else:
        expected = CaseCode.NOT_EXCLUDED if step.kind == "exclusion-lifted" else CaseCode.CASE_CLOSED
        assert refused(decision, expected)


@each_later_step
def test_a_step_before_the_opening_is_refused(step: steps.AfterOpening) -> None:
    assert refused(take(case_after(), step, OPENED_ON - ONE_DAY), CaseCode.CASE_DATE_WRONG)


@pytest.mark.parametrize("day", [date(2005, 12, 31), LAST_DAY + ONE_DAY, date.max])
def test_a_step_on_a_day_that_must_be_a_mistake_is_refused(day: date) -> None:
    assert refused(take(None, opened(), day), CaseCode.CASE_DATE_WRONG)
    assert refused(take(case_after(), contacted(), day), CaseCode.CASE_DATE_WRONG)


@pytest.mark.parametrize(
    "step", [statement(STRANGER), heard(STRANGER), wish(STRANGER), ruled(STRANGER)], ids=lambda step: step.kind
)
def test_a_step_about_a_gp_who_is_no_party_is_refused(step: steps.AfterOpening) -> None:
    assert refused(take(case_after(), step), CaseCode.NOT_A_PARTY)


@pytest.mark.parametrize("step", [excluded(LATER, LATER, STRANGER), lifted(STRANGER)], ids=lambda step: step.kind)
def test_an_exclusion_of_a_gp_who_is_no_party_is_refused(step: steps.AfterOpening) -> None:
    assert refused(take(ruled_case(), step), CaseCode.NOT_A_PARTY)


def test_the_first_contact_is_told_once() -> None:
    case = case_after(contacted())
    assert case.contacted_on == OPENED_ON
    assert refused(take(case, contacted(), LATER), CaseCode.ALREADY_CONTACTED)


def test_contact_is_overdue_from_the_day_after_its_term_until_it_is_made() -> None:
    case = case_after()
    assert not case.contact_overdue(case.contact_due)
    assert case.contact_overdue(case.contact_due + ONE_DAY)
    late = take(case, contacted(), case.contact_due + ONE_DAY).case
    assert late is not None
    assert not late.contact_overdue(case.contact_due + 2 * ONE_DAY)


def test_a_ruling_is_overdue_from_the_day_after_its_term_until_the_case_ends() -> None:
    case = case_after(heard(REQUESTER), heard(OTHER), wish())
    after = case.ruling_due + ONE_DAY
    assert (case.ruling_overdue(case.ruling_due), case.ruling_overdue(after)) == (False, True)
    for end in (ruled(), withdrawn()):
        ended = take(case, end, after).case
        assert ended is not None
        assert not ended.ruling_overdue(after)
        assert not ended.contact_overdue(after)


def test_the_term_is_extended_once_by_two_weeks() -> None:
    case = case_after(extended())
    assert (case.extended_on, case.ruling_due) == (OPENED_ON, date(2027, 3, 1))
    assert refused(take(case, extended(), LATER), CaseCode.TERM_ALREADY_EXTENDED)


def test_the_term_is_extended_on_its_last_day_but_not_after_it() -> None:
    case = case_after()
    assert take(case, extended(), case.ruling_due).accepted
    assert refused(take(case, extended(), case.ruling_due + ONE_DAY), CaseCode.TERM_ALREADY_PASSED)


@pytest.mark.parametrize("day", [OPENED_ON - ONE_DAY, LATER + ONE_DAY])
def test_both_were_told_of_the_extension_after_the_opening_and_before_the_step(day: date) -> None:
    assert refused(take(case_after(), extended(told_on=day), LATER), CaseCode.CASE_DATE_WRONG)


@pytest.mark.parametrize("day", [OPENED_ON - ONE_DAY, LATER + ONE_DAY])
def test_a_party_is_heard_after_the_opening_and_before_the_step(day: date) -> None:
    assert refused(take(case_after(), heard(OTHER, day), LATER), CaseCode.CASE_DATE_WRONG)


@pytest.mark.parametrize("only", [(), (REQUESTER,), (OTHER,)])
def test_a_ruling_before_both_were_heard_is_refused(only: tuple[str, ...]) -> None:
    case = case_after(wish(), *(heard(agb_code) for agb_code in only))
    assert refused(take(case, ruled()), CaseCode.BOTH_NOT_HEARD)


def test_a_party_who_declines_to_be_heard_does_not_hold_up_the_ruling() -> None:
    assert take(case_after(heard(REQUESTER), heard(OTHER, declined=True), wish()), ruled()).accepted


def test_a_ruling_without_the_patients_wish_is_refused() -> None:
    assert refused(take(case_after(heard(REQUESTER), heard(OTHER)), ruled()), CaseCode.PATIENT_WISH_MISSING)


def test_a_ruling_that_differs_from_the_patients_wish_is_refused() -> None:
    case = case_after(heard(REQUESTER), heard(OTHER), wish(OTHER))
    assert refused(take(case, ruled(REQUESTER)), CaseCode.DIFFERS_FROM_PATIENT_WISH)


def test_the_patients_last_word_counts() -> None:
    case = case_after(heard(REQUESTER), heard(OTHER), wish(OTHER), wish(REQUESTER))
    assert take(case, ruled(REQUESTER)).accepted


def test_a_ruling_says_what_the_register_has_to_carry_out() -> None:
    decision = take(case_after(heard(REQUESTER), heard(OTHER), wish(OTHER)), ruled(OTHER), LATER)
    assert decision.code is CaseCode.RULING_GIVEN
    assert decision.ruling == Ruling(CASE, PATIENT.patient_id, date(2027, 1, 1), OTHER, (REQUESTER, OTHER))
    assert decision.case is not None
    assert (decision.case.state, decision.case.ruled, decision.case.ruled_on) == (CaseState.RULED, OTHER, LATER)


def test_a_late_ruling_is_a_ruling() -> None:
    case = case_after(heard(REQUESTER), heard(OTHER), wish())
    assert take(case, ruled(), case.ruling_due + timedelta(days=100)).accepted


def test_a_ruling_about_somebody_who_was_removed_from_the_register_is_refused() -> None:
    case = replace(case_after(heard(REQUESTER), heard(OTHER), wish()), patient_id=None)
    assert refused(take(case, ruled()), CaseCode.PATIENT_UNKNOWN)


@pytest.mark.parametrize("step", [published(), excluded(LATER, LATER), lifted()], ids=lambda step: step.kind)
def test_publication_and_exclusion_before_a_ruling_are_refused(step: steps.AfterOpening) -> None:
    assert refused(take(case_after(), step), CaseCode.RULING_MISSING)


def test_a_ruling_is_published_once() -> None:
    first = take(ruled_case(), published(), LATER)
    assert first.case is not None
    assert (first.case.state, first.case.published_on) == (CaseState.PUBLISHED, LATER)
    assert refused(take(first.case, published(), LATER), CaseCode.ALREADY_PUBLISHED)


@pytest.mark.parametrize("text", ["BSN 999990019", "The patient Voorbeeldstra wishes otherwise."])
def test_a_publication_that_says_who_the_patient_is_is_refused(text: str) -> None:
    assert refused(take(ruled_case(), published(text)), CaseCode.PUBLICATION_NAMES_THE_PATIENT)


def test_each_step_that_is_taken_is_counted_and_a_refused_one_is_not() -> None:
    case = case_after(statement(), statement(REQUESTER))
    assert case.steps == 3
    assert take(case, ruled()).case is case
