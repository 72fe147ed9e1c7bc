"""On which days changes wait, and until when (rule 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)


class ClosedDays(StrEnum):
    """Which days of a quarter are closed to changes. Later texts close the last day as well as the first."""

    FIRST_DAY = "first-day"
    LAST_AND_FIRST_DAY = "last-and-first-day"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """What holds from a day on, until the next row; journal rows name the version they were judged by."""

    version: int
    valid_from: date
    closed_days: ClosedDays


@dataclass(frozen=True, slots=True)
class Policy:
    """All policy rows, the earliest first; at least one."""

    rows: tuple[PolicyRow, ...]

    def row_on(self, day: date) -> PolicyRow:
        """Returns the row that holds on `day`; what is older than every row is judged by the first."""
        for row in reversed(self.rows):
            if row.valid_from <= day:
                return row
        return self.rows[0]


DEFAULT_POLICY = Policy((PolicyRow(version=1, valid_from=date(2006, 1, 1), closed_days=ClosedDays.FIRST_DAY),))
"""The register began in 2006; only the first day of a quarter is closed (rule 6)."""


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


def _begins_quarter(day: date) -> bool:
    return day.day == 1 and day.month in (1, 4, 7, 10)
