"""What the board has decided, as rows with validity: journal rows name the version they were judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ClosedDays(StrEnum):
    """Which days of a quarter are closed to changes. Later texts close the last day as well as the first."""

    FIRST_DAY = "first-day"
    LAST_AND_FIRST_DAY = "last-and-first-day"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """What holds from a day on, until the next row.

    The sources name no threshold for ping-pong and no term for withdrawing: the defaults are ours.
    """

    version: int
    valid_from: date
    closed_days: ClosedDays = ClosedDays.FIRST_DAY
    practice_codes_only: bool = False
    ping_pong_transfers: int = 3
    ping_pong_days: int = 30
    temporary_ask_months: int = 2
    temporary_end_months: int = 3
    withdraw_days: int = 14


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


DEFAULT_POLICY = Policy(
    (
        PolicyRow(version=1, valid_from=date(2006, 1, 1)),
        PolicyRow(version=2, valid_from=date(2023, 1, 1), practice_codes_only=True),
    )
)
"""The register began in 2006; only the first day of a quarter is closed (rule 6); practice codes only since 2023
(rule 28)."""
