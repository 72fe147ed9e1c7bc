"""A clock that stands where a test puts it, also in the past."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ion_platform.clock import Clock


class SetClock(Clock):
    """Noon in UTC on one day."""

    def __init__(self, day: date) -> None:
        self._day = day
        super().__init__()

    def now(self) -> datetime:
        return datetime(self._day.year, self._day.month, self._day.day, 12, tzinfo=UTC)
