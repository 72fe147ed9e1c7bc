"""What the register knows of one patient when it judges a command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ion_registry.domain.command import WaitingCommand


@dataclass(frozen=True, slots=True)
class PatientState:
    """The registration of one patient (rule 1: at most one), and what waits.

    `agb_code` and `since` are the active registration, or both None. `last_end` is the last day of the registration
    before it. `sequence` counts the changes without gaps. `uzovi` is the insurer that heard of the last change.
    `waiting` is in the order in which it came.
    """

    patient_id: UUID
    agb_code: str | None = None
    since: date | None = None
    last_end: date | None = None
    sequence: int = 0
    uzovi: str | None = None
    waiting: tuple[WaitingCommand, ...] = ()
