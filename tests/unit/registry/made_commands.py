"""Commands and policies as the unit tests of the register need them."""

from __future__ import annotations

from datetime import date
from itertools import count
from uuid import UUID

from ion_contracts.messages import Mode
from ion_registry.domain.calendar import ClosedDays, Policy, PolicyRow
from ion_registry.domain.command import RegisterCommand
from ion_registry.domain.state import PatientState

PATIENT = UUID("00000000-0000-4000-8000-000000000001")
PRACTICE_A = "01023456"
PRACTICE_B = "01034567"
PRACTICE_C = "01045678"
LAST_AND_FIRST = Policy((PolicyRow(7, date(2006, 1, 1), ClosedDays.LAST_AND_FIRST_DAY),))

_numbers = count(1)


def register(
    agb_code: str,
    offered_on: date,
    start_date: date | None = None,
    *,
    uzovi: str | None = "3311",
    command_id: str | None = None,
) -> RegisterCommand:
    """Returns a command with an id of its own."""
    number = next(_numbers)
    return RegisterCommand(
        command_id=command_id or f"command-{number}",
        correlation_id=f"operation-{number}",
        agb_code=agb_code,
        offered_on=offered_on,
        start_date=start_date,
        uzovi=uzovi,
        mode=Mode.AUTOMATIC,
        party="made practice",
    )


def unknown_patient() -> PatientState:
    """Returns a patient who never had a registration."""
    return PatientState(PATIENT)


def patient_of(agb_code: str, since: date, *, uzovi: str | None = "3311") -> PatientState:
    """Returns a patient with an active registration, the first."""
    return PatientState(PATIENT, agb_code=agb_code, since=since, sequence=1, uzovi=uzovi)
