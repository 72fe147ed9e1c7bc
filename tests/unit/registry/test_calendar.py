from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_registry.domain.calendar import DEFAULT_POLICY, ClosedDays, Policy, PolicyRow, process_on
from tests.unit.registry.made_commands import LAST_AND_FIRST


@pytest.mark.parametrize("month", [1, 4, 7, 10])
def test_the_first_day_of_a_quarter_is_closed_until_the_second(month: int) -> None:
    assert process_on(date(2027, month, 1), DEFAULT_POLICY) == date(2027, month, 2)


@pytest.mark.parametrize("day", [date(2027, 3, 31), date(2027, 4, 2), date(2027, 5, 1), date(2027, 12, 31)])
def test_every_other_day_is_open(day: date) -> None:
    assert process_on(day, DEFAULT_POLICY) is None


@pytest.mark.parametrize("day", [date(2027, 3, 31), date(2027, 4, 1)])
def test_with_the_later_policy_the_last_day_waits_for_the_second_day_too(day: date) -> None:
    assert process_on(day, LAST_AND_FIRST) == date(2027, 4, 2)


def test_the_last_day_of_a_year_waits_for_the_second_of_january() -> None:
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


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from([DEFAULT_POLICY, LAST_AND_FIRST]))
def test_what_waits_is_processed_on_an_open_day_within_two_days(day: date, policy: Policy) -> None:
    due_on = process_on(day, policy)
    if due_on is not None:
        assert 1 <= (due_on - day).days <= 2
        assert due_on.day == 2
        assert process_on(due_on, policy) is None
