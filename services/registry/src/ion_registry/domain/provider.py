"""What the rules know of a care provider: what kind it is, when its code was in use, and who took over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ion_contracts.messages import ProviderKind


@dataclass(frozen=True, slots=True)
class Provider:
    """One AGB code as the care provider register states it (rule 32).

    Both days belong to the period; None is open. `version` is the import that last changed it: a journal row names it,
    and the facts of that version stay readable.
    """

    agb_code: str
    kind: ProviderKind
    active_from: date | None
    active_until: date | None
    successor: str | None
    version: int

    def active_on(self, day: date) -> bool:
        """Returns whether the code was in use on this day."""
        return not self.ended_before(day) and (self.active_from is None or self.active_from <= day)

    def ended_before(self, day: date) -> bool:
        """Returns whether the code was out of use by this day, for good."""
        return self.active_until is not None and self.active_until < day
