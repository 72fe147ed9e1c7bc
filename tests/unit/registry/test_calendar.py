"""Closed days, policy rows and months."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_registry.domain.calendar import months_later, open_day, process_on
from ion_registry.domain.policy import DEFAULT_POLICY, ClosedDays, Policy, PolicyRow
from tests.unit.registry.made_commands import LAST_AND_FIRST

days = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize("month", [1, 4, 7, 10])
def test_rule_6_the_first_day_of_a_quarter_is_closed_until_the_second(month: int) -> None:
    assert process_on(date(2027, month, 1), DEFAULT_POLICY) == date(2027, month, 2)


@pytest.mark.parametrize("day", [date(2027, 3, 31), date(2027, 4, 2), date(2027, 5, 1), date(2027, 12, 31)])
def test_rule_6_every_other_day_is_open(day: date) -> None:
    assert process_on(day, DEFAULT_POLICY) is None
    assert open_day(day, DEFAULT_POLICY) == day


@pytest.mark.parametrize("day", [date(2027, 3, 31), date(2027, 4, 1)])
def test_rule_6_with_the_later_policy_the_last_day_waits_for_the_second_day_too(day: date) -> None:
    assert process_on(day, LAST_AND_FIRST) == date(2027, 4, 2)
    assert open_day(day, LAST_AND_FIRST) == date(2027, 4, 2)


def test_rule_6_the_last_day_of_a_year_waits_for_the_second_of_january() -> None:
    assert process_on(date(2027, 12, 31), LAST_AND_FIRST) == date(2028, 1, 2)


def test_a_policy_row_holds_from_its_own_day_on() -> None:
    first = PolicyRow(1, date(2006, 1, 1), ClosedDays.FIRST_DAY)
    second = PolicyRow(2, date(2027, 3, 31), ClosedDays.LAST_AND_FIRST_DAY)
    policy = Policy((first, second))
    assert policy.row_on(date(2027, 3, 30)) is first
    assert policy.row_on(date(2027, 3, 31)) is second
    assert policy.row_on(date(1999, 1, 1)) is first
    assert process_on(date(2026, 12, 31), policy) is None
    assert process_on(date(2027, 3, 31), policy) == date(2027, 4, 2)


@given(days, st.sampled_from([DEFAULT_POLICY, LAST_AND_FIRST]))
def test_rule_6_what_waits_is_processed_on_an_open_day_within_two_days(day: date, policy: Policy) -> None:
    due_on = process_on(day, policy)
    if due_on is not None:
        assert 1 <= (due_on - day).days <= 2
        assert due_on.day == 2
        assert process_on(due_on, policy) is None


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2027, 1, 5), 2, date(2027, 3, 5)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 1), 1, date(2028, 1, 1)),
    ],
)
def test_rule_34_a_month_without_such_a_day_ends_on_its_last(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@given(days, st.integers(0, 36))
def test_months_later_is_never_earlier_and_at_most_thirty_one_days_a_month(day: date, months: int) -> None:
    assert 0 <= (months_later(day, months) - day).days <= 31 * months
