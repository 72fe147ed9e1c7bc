"""Working days in the Netherlands, and the terms that are counted by them (rule 41).

Free are Saturdays, Sundays and the days of the Algemene termijnenwet, article 3: New Year's Day, Good Friday, Easter
Monday, King's Day, 5 May in EVERY year, Ascension Day, Whit Monday and both days of Christmas. That law is about
terms; that 5 May is a paid day off only once in five years belongs to labour agreements.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from holidays import country_holidays

from ion_registry.domain.calendar import ONE_DAY

SATURDAY = 5


@cache
def free_days(year: int) -> frozenset[date]:
    """Returns the public holidays of a year. "Optional" in the library is 5 May outside the years of a lustrum."""
    return frozenset(country_holidays("NL", years=year, categories=("public", "optional")))


def is_working_day(day: date) -> bool:
    """Tells whether the office works on this day."""
    return day.weekday() < SATURDAY and day not in free_days(day.year)


def after_working_days(day: date, count: int) -> date:
    """Returns the `count`th working day after `day`; the day itself is not counted."""
    while count > 0:
        day += ONE_DAY
        count -= is_working_day(day)
    return day


def end_of_term(day: date, weeks: int) -> date:
    """Returns the last day of a term of weeks that begins after `day`.

    A term that would end on a free day ends on the next working day (Algemene termijnenwet, article 1).
    """
    end = day + timedelta(weeks=weeks)
    while not is_working_day(end):
        end += ONE_DAY
    return end
