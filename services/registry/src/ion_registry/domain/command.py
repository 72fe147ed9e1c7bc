"""The commands that the rules know, without the person they are about: that is known by the state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from ion_contracts.messages import DeregistrationReason, Mode, TemporaryGround, UnblockGround


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What every command says that somebody offered.

    `offered_on` is the day on which the gateway stored the request: rules 3 to 6 judge by it, not by the clock.
    """

    command_id: str
    correlation_id: str
    offered_on: date
    party: str
    office: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCommand(Offered):
    """Register the patient with this GP or practice. Without `start_date` it starts on the day of offering."""

    agb_code: str
    start_date: date | None
    uzovi: str | None
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTemporaryCommand(Offered):
    """Register somebody without BSN or insurance for some months (rule 33)."""

    agb_code: str
    start_date: date | None
    ground: TemporaryGround


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendCommand(Offered):
    """Start the term of a temporary registration again (rule 34)."""

    agb_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteCommand(Offered):
    """BSN and insurance of a temporary patient are known."""

    agb_code: str
    temporary_patient_id: UUID
    uzovi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCommand(Offered):
    """Move the patient to another code of the same party (rules 29 to 31)."""

    from_agb_code: str
    agb_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeregisterCommand(Offered):
    """End the patient's registration with this GP (rule 9)."""

    agb_code: str
    reason: DeregistrationReason


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCommand(Offered):
    """Undo what a command of this party did, or forget it while it waits."""

    agb_code: str
    withdrawn_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageCommand(Offered):
    """From a day on (until another) the patient is insured with this insurer, or with none."""

    uzovi: str | None
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectCommand(Offered):
    """From a day on (until another) the patient was with this GP, or with nobody."""

    holder: str | None
    valid_from: date
    valid_until: date | None
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingCommand(Offered):
    """The ombudsman ruled who of two parties was the GP on a day (rules 40 and 41)."""

    case_id: UUID
    agb_code: str
    on_date: date
    parties: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnblockCommand(Offered):
    """Lift the block and register with the GP of the patient's choice (rule 39)."""

    agb_code: str
    ground: UnblockGround
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCommand(Offered):
    """Remove the person, when nothing of them is registered or waits."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleCommand(Offered):
    """What waits for this patient and is due on `offered_on`, is to be processed (rule 6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCommand(Offered):
    """The asking day of a temporary registration has come (rule 34)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCommand(Offered):
    """The term of a temporary registration is over (rule 34)."""


Deferrable: TypeAlias = (
    RegisterCommand | RegisterTemporaryCommand | CompleteCommand | MoveCommand | DeregisterCommand | UnblockCommand
)
"""What waits when it is offered on a closed day (rule 6)."""
Command: TypeAlias = (
    Deferrable
    | ExtendCommand
    | WithdrawCommand
    | CoverageCommand
    | CorrectCommand
    | RulingCommand
    | RemoveCommand
    | SettleCommand
    | AskCommand
    | EndCommand
)


@dataclass(frozen=True, slots=True)
class WaitingCommand:
    """A command that was offered on a closed day, and the day on which it is processed (rule 6)."""

    command: Deferrable
    process_on: date
