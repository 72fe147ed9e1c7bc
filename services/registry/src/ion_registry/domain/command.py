"""The commands that the rules know, without the person they are about: that is known by the state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from ion_contracts.messages import Mode


@dataclass(frozen=True, slots=True)
class RegisterCommand:
    """Register the patient with this GP or practice.

    `offered_on` is the day on which the gateway stored the request: rules 3 to 6 judge by it, not by the clock.
    Without `start_date` the registration starts on that day.
    """

    command_id: str
    correlation_id: str
    agb_code: str
    offered_on: date
    start_date: date | None
    uzovi: str | None
    mode: Mode
    party: str


@dataclass(frozen=True, slots=True)
class SettleCommand:
    """What waits for this patient and is due on `offered_on`, is to be processed (rule 6)."""

    command_id: str
    offered_on: date


@dataclass(frozen=True, slots=True)
class WaitingCommand:
    """A command that was offered on a closed day, and the day on which it is processed (rule 6)."""

    command: RegisterCommand
    process_on: date


Command: TypeAlias = RegisterCommand | SettleCommand
