"""A GP who does not comply with a ruling is excluded for a time (rule 41)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ion_registry.domain.calendar import ONE_DAY
from ion_registry.domain.case_code import CaseCode
from ion_registry.domain.exclusion import Exclusion
from tests.unit.registry.made_cases import KNOWN, OPENED_ON, OTHER, REQUESTER, excluded, lifted, ruled_case, take

LATER = OPENED_ON + 7 * ONE_DAY


def test_a_gp_is_excluded_for_a_time_that_begins_today_or_later() -> None:
    decision = take(ruled_case(), excluded(LATER, LATER + 30 * ONE_DAY), LATER)
    assert decision.accepted
    assert decision.excluded == Exclusion(OTHER, LATER, LATER + 30 * ONE_DAY)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (LATER - ONE_DAY, LATER),  # into the past
        (LATER + ONE_DAY, LATER),  # ends before it begins
        (LATER, LATER + 366 * ONE_DAY),  # a day more than the longest
        (LATER, date.max),
    ],
)
def test_an_exclusion_with_an_impossible_period_is_refused(since: date, until: date) -> None:
    assert take(ruled_case(), excluded(since, until), LATER).code is CaseCode.EXCLUSION_PERIOD_WRONG


def test_the_longest_exclusion_has_366_days() -> None:
    assert take(ruled_case(), excluded(LATER, LATER + 365 * ONE_DAY), LATER).accepted


@pytest.mark.parametrize(("since", "until"), [(-3, 0), (0, 0), (5, 5), (5, 9), (-3, 9), (2, 3)])
def test_an_exclusion_on_a_day_that_is_excluded_already_is_refused(since: int, until: int) -> None:
    known = replace(KNOWN, exclusions=[Exclusion(OTHER, LATER, LATER + 5 * ONE_DAY)])
    step = excluded(LATER + since * ONE_DAY, LATER + until * ONE_DAY)
    assert take(ruled_case(), step, known=known).code is CaseCode.EXCLUSION_OVERLAPS


def test_an_exclusion_beside_another_or_of_another_gp_is_taken() -> None:
    known = replace(KNOWN, exclusions=[Exclusion(OTHER, LATER, LATER), Exclusion(REQUESTER, OPENED_ON, date.max)])
    for day in (LATER - ONE_DAY, LATER + ONE_DAY):
        assert take(ruled_case(), excluded(day, day), known=known).accepted


def test_an_exclusion_excludes_from_its_first_to_its_last_day() -> None:
    exclusion = Exclusion(OTHER, LATER, LATER + 2 * ONE_DAY)
    days = [LATER + number * ONE_DAY for number in range(-1, 4)]
    assert [exclusion.excludes(day) for day in days] == [False, True, True, True, False]


def test_lifting_ends_what_holds_and_what_is_to_come_and_not_what_is_over() -> None:
    over = Exclusion(OTHER, OPENED_ON, LATER - ONE_DAY)
    holds = Exclusion(OTHER, LATER, LATER + 3 * ONE_DAY)
    comes = Exclusion(OTHER, LATER + 10 * ONE_DAY, LATER + 20 * ONE_DAY)
    known = replace(KNOWN, exclusions=[over, holds, comes, Exclusion(REQUESTER, LATER, LATER)])
    day = LATER + ONE_DAY
    decision = take(ruled_case(), lifted(), day, known=known)
    assert decision.accepted
    assert decision.lifted == (holds, comes)
    assert holds.lifted_on(day) == Exclusion(OTHER, LATER, LATER)
    assert comes.lifted_on(day) is None


def test_lifting_what_does_not_hold_is_refused() -> None:
    known = replace(KNOWN, exclusions=[Exclusion(OTHER, OPENED_ON, LATER - ONE_DAY)])
    assert take(ruled_case(), lifted(), LATER, known=known).code is CaseCode.NOT_EXCLUDED
