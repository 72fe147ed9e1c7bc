"""A case of the ombudsman: who was the GP of a patient on a reference date (rules 40 and 41)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from ion_registry.domain.working_days import after_working_days, end_of_term

CONTACT_WORKING_DAYS = 5
RULING_WEEKS = 2
EXTENDED_RULING_WEEKS = 4
"""Two, and once two more; both are counted from the day of opening."""


class CaseState(StrEnum):
    """How far a case is. It never goes back."""

    OPEN = "open"
    RULED = "ruled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules need of a case; its texts are in its steps only.

    `requester` and `other` are AGB codes. `patient_id` is None when that person was removed from the register.
    `steps` counts the steps that were taken. `heard` has who was heard or declined to be.
    """

    case_id: UUID
    patient_id: UUID | None
    on_date: date
    requester: str
    other: str
    opened_on: date
    contact_due: date
    ruling_due: date
    steps: int
    contacted_on: date | None = None
    extended_on: date | None = None
    heard: frozenset[str] = frozenset()
    wish: str | None = None
    ruled: str | None = None
    ruled_on: date | None = None
    published_on: date | None = None
    withdrawn_on: date | None = None

    @property
    def parties(self) -> tuple[str, str]:
        """Both AGB codes, the requester's first."""
        return self.requester, self.other

    @property
    def state(self) -> CaseState:
        """How far it is."""
        if self.withdrawn_on is not None:
            return CaseState.WITHDRAWN
        if self.published_on is not None:
            return CaseState.PUBLISHED
        return CaseState.OPEN if self.ruled_on is None else CaseState.RULED

    @property
    def awaits_contact(self) -> bool:
        """Whether the office still has to get in touch."""
        return self.state is CaseState.OPEN and self.contacted_on is None

    def contact_overdue(self, today: date) -> bool:
        """Tells whether the five working days for the first contact have passed without it."""
        return self.awaits_contact and today > self.contact_due

    def ruling_overdue(self, today: date) -> bool:
        """Tells whether the term for the ruling has passed without one."""
        return self.state is CaseState.OPEN and today > self.ruling_due


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the register carries out: on the reference date this party was the GP of this patient."""

    case_id: UUID
    patient_id: UUID
    on_date: date
    agb_code: str
    parties: tuple[str, str]


def contact_due(opened_on: date) -> date:
    """Returns the last day for the first contact."""
    return after_working_days(opened_on, CONTACT_WORKING_DAYS)


def ruling_due(opened_on: date, *, extended: bool) -> date:
    """Returns the last day for the ruling."""
    return end_of_term(opened_on, EXTENDED_RULING_WEEKS if extended else RULING_WEEKS)
