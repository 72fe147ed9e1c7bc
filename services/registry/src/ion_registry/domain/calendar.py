"""On which days changes wait, and until when (rule 6); months as the terms of rule 34 count them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from ion_registry.domain.policy import ClosedDays, Policy

ONE_DAY = timedelta(days=1)


def process_on(day: date, policy: Policy) -> date | None:
    """Returns the day on which a change offered on `day` is processed, when `day` is closed; None on an open day.

    That is always the second day of a quarter, which is never closed (rule 6).
    """
    if _begins_quarter(day):
        return day + ONE_DAY
    next_day = day + ONE_DAY
    if _begins_quarter(next_day) and policy.row_on(day).closed_days is ClosedDays.LAST_AND_FIRST_DAY:
        return next_day + ONE_DAY
    return None


def open_day(day: date, policy: Policy) -> date:
    """Returns `day`, or the next day on which changes are processed."""
    return process_on(day, policy) or day


def months_later(day: date, months: int) -> date:
    """Returns the same day some months later; the last of the month when it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _begins_quarter(day: date) -> bool:
    return day.day == 1 and day.month in (1, 4, 7, 10)
