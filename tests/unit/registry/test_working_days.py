"""Dutch public holidays count (rule 41)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_registry.domain.calendar import ONE_DAY
from ion_registry.domain.case import contact_due, ruling_due
from ion_registry.domain.working_days import after_working_days, end_of_term, is_working_day

days = st.dates(date(2006, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 1, 1),  # New Year's Day
        date(2027, 3, 26),  # Good Friday
        date(2027, 3, 29),  # Easter Monday
        date(2027, 4, 27),  # King's Day
        date(2025, 4, 26),  # King's Day, when the 27th is a Sunday
        date(2013, 4, 30),  # Queen's Day, before 2014
        date(2027, 5, 5),  # Liberation Day, no lustrum
        date(2025, 5, 5),  # Liberation Day, a lustrum
        date(2027, 5, 6),  # Ascension Day
        date(2027, 5, 17),  # Whit Monday
        date(2026, 12, 25),  # Christmas
        date(2024, 12, 26),  # the second day of Christmas
        date(2027, 2, 6),  # a Saturday
        date(2027, 2, 7),  # a Sunday
    ],
)
def test_the_office_does_not_work_on_weekends_and_the_days_of_the_general_terms_act(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 2, 1),  # a Monday
        date(2025, 4, 28),  # the Monday after a King's Day on Saturday
        date(2027, 4, 30),  # Queen's Day no more
        date(2027, 12, 27),  # the Monday after Christmas on Saturday and Sunday: no day is given back
        date(2026, 12, 24),
        date(2026, 12, 31),
    ],
)
def test_the_office_works_on_every_other_day(day: date) -> None:
    assert is_working_day(day)


@pytest.mark.parametrize(
    ("opened_on", "due"),
    [
        (date(2027, 2, 1), date(2027, 2, 8)),  # Monday: the next Monday
        (date(2027, 2, 6), date(2027, 2, 12)),  # Saturday: the fifth working day of the week that follows
        (date(2026, 12, 23), date(2026, 12, 31)),  # over Christmas on Friday and Saturday
        (date(2026, 12, 24), date(2027, 1, 4)),  # over Christmas and New Year
        (date(2027, 3, 24), date(2027, 4, 2)),  # over Good Friday and Easter Monday
        (date(2027, 4, 26), date(2027, 5, 4)),  # over King's Day
        (date(2027, 4, 29), date(2027, 5, 10)),  # over Liberation Day and Ascension Day
        (date(2030, 4, 29), date(2030, 5, 6)),  # Liberation Day of a lustrum, on a Sunday: nothing more is free
    ],
)
def test_contact_is_due_on_the_fifth_working_day_after_opening(opened_on: date, due: date) -> None:
    assert contact_due(opened_on) == due


@pytest.mark.parametrize(
    ("opened_on", "due", "extended_due"),
    [
        (date(2027, 2, 1), date(2027, 2, 15), date(2027, 3, 1)),
        (date(2026, 12, 11), date(2026, 12, 28), date(2027, 1, 8)),  # Christmas Day is a Friday: the Monday after
        (date(2026, 12, 4), date(2026, 12, 18), date(2027, 1, 4)),  # four weeks end on New Year's Day, a Friday
        (date(2027, 3, 12), date(2027, 3, 30), date(2027, 4, 9)),  # Good Friday: the Tuesday after Easter
        (date(2027, 4, 13), date(2027, 4, 28), date(2027, 5, 11)),  # King's Day: the day after
        (date(2027, 4, 21), date(2027, 5, 7), date(2027, 5, 19)),  # Liberation Day, then Ascension Day
        (date(2027, 1, 30), date(2027, 2, 15), date(2027, 3, 1)),  # a Saturday
    ],
)
def test_a_ruling_is_due_after_two_weeks_or_four_and_on_a_working_day(
    opened_on: date, due: date, extended_due: date
) -> None:
    assert ruling_due(opened_on, extended=False) == due
    assert ruling_due(opened_on, extended=True) == extended_due


@given(days, st.integers(1, 20))
def test_a_term_of_working_days_has_so_many_of_them_and_ends_on_one(day: date, count: int) -> None:
    end = after_working_days(day, count)
    between = [day + number * ONE_DAY for number in range(1, (end - day).days + 1)]
    assert sum(map(is_working_day, between)) == count
    assert is_working_day(end)


@given(days, st.integers(1, 4))
def test_a_term_of_weeks_ends_on_the_first_working_day_that_is_not_before_its_end(day: date, weeks: int) -> None:
    end = end_of_term(day, weeks)
    assert is_working_day(end)
    passed = (end - day).days - 7 * weeks
    assert 0 <= passed <= 5
    assert not any(is_working_day(end - number * ONE_DAY) for number in range(1, passed + 1))
