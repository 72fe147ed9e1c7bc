"""When the register knew something: never back in time within a partition, never on a day that was closed."""

from __future__ import annotations

from datetime import date, datetime

from ion_platform.clock import amsterdam_day
from ion_registry.domain.calendar import ONE_DAY
from ion_registry.storage.partitions import PartitionState


def stamp(state: PartitionState, now: datetime) -> tuple[datetime, date]:
    """Returns (recorded_at, recorded_on) for what is recorded next in a partition, and moves its time on.

    What comes after a day was closed is recorded on the day after it, also when the clock of this process is behind.
    """
    recorded_at = now if state.recorded_at is None else max(now, state.recorded_at)
    recorded_on = amsterdam_day(recorded_at)
    if state.closed_through is not None:
        recorded_on = max(recorded_on, state.closed_through + ONE_DAY)
    state.recorded_at = recorded_at
    return recorded_at, recorded_on


def close(state: PartitionState, day: date) -> bool:
    """Closes a day and all before it; returns False when that was done already."""
    if state.closed_through is not None and day <= state.closed_through:
        return False
    state.closed_through = day
    return True
