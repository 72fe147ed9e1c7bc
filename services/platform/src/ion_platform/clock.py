"""Business time: real time, or later by the offset in the simulated clock's file.

Time-outs, leases and record timestamps of infrastructure never use it: they take `time.monotonic` or the
database's `now()`. The registry stamps what it records by it, because its rules judge by days.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
"""The register's days begin and end here."""
OFFSET_MAX_S = 100 * 366 * 24 * 3600
"""A century ahead is a mistake in the file."""


class ClockError(Exception):
    """The simulated clock's file cannot be taken; the clock stays as it was."""


class ClockWentBackError(ClockError):
    """The offset became smaller. Business time only goes forward: put a larger one in the file."""


def amsterdam_day(moment: datetime) -> date:
    """Returns the day in the Netherlands of an aware moment."""
    return moment.astimezone(AMSTERDAM).date()


class Clock:
    """Tells business time. Raises ClockError when the file is there but cannot be read."""

    def __init__(self, simulated_clock_file: Path | None = None) -> None:
        self._file = simulated_clock_file
        self._offset = timedelta()
        self.refresh()

    @property
    def simulated(self) -> bool:
        """Whether a file can set this clock."""
        return self._file is not None

    def now(self) -> datetime:
        """Returns the moment, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def today(self) -> date:
        """Returns the day in the Netherlands."""
        return amsterdam_day(self.now())

    def refresh(self) -> datetime:
        """Reads the file again and returns the moment; an absent file is no offset.

        Raises ClockError when the file makes no sense, ClockWentBackError when time would go back.
        """
        offset = timedelta() if self._file is None else _read_offset(self._file)
        if offset < self._offset:
            raise ClockWentBackError(
                f"the offset in {self._file} went from {self._offset.total_seconds()} s to "
                f"{offset.total_seconds()} s; it can only grow"
            )
        self._offset = offset
        return self.now()


def _read_offset(file: Path) -> timedelta:
    try:
        content = json.loads(file.read_bytes())
    except FileNotFoundError:
        return timedelta()
    except (OSError, ValueError) as error:
        raise ClockError(f"{file} cannot be read as JSON ({type(error).__name__})") from error
    offset_s = content.get("offset_s") if isinstance(content, dict) else None
    if isinstance(offset_s, bool) or not isinstance(offset_s, int | float) or not math.isfinite(offset_s):
        raise ClockError(f'{file} must hold {{"offset_s": number}}')
    if not 0 <= offset_s <= OFFSET_MAX_S:
        raise ClockError(f"{file}: offset_s must lie between 0 and {OFFSET_MAX_S}")
    return timedelta(seconds=offset_s)
