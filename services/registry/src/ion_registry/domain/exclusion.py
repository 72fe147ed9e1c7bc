"""A GP who does not comply with a ruling registers nobody for a time (rule 41)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from ion_registry.domain.calendar import ONE_DAY

EXCLUSION_DAYS_MAX = 366
"""Temporary, says rule 41; how long is not public. A year at a time is our choice."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """From when to when an AGB code is excluded; both days belong to it."""

    agb_code: str
    since: date
    until: date

    def excludes(self, day: date) -> bool:
        """Tells whether a registration that is offered on this day is refused."""
        return self.since <= day <= self.until

    def overlaps(self, other: Exclusion) -> bool:
        """Tells whether some day belongs to both."""
        return self.since <= other.until and other.since <= self.until

    def lifted_on(self, day: date) -> Exclusion | None:
        """Returns what is left of it when it does not hold from `day` on; None when it had not begun."""
        if day <= self.since:
            return None
        return replace(self, until=min(self.until, day - ONE_DAY))
