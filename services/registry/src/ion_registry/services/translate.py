"""From messages to the commands that the rules know, and how each names its patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from ion_contracts import messages as m
from ion_registry.domain import command as c
from ion_registry.storage.journal import Kind

PatientMessage: TypeAlias = (
    m.Register
    | m.RegisterTemporary
    | m.ExtendTemporary
    | m.CompleteTemporary
    | m.MovePatient
    | m.Deregister
    | m.Withdraw
    | m.CoverageChanged
    | m.Correct
    | m.Unblock
    | m.RemovePerson
    | m.CarryOutRuling
    | m.SettleWaiting
    | m.AskTemporary
    | m.EndTemporary
)
"""What is about one patient."""

SELF = "register"
"""The party of what the register tells itself."""

KINDS: Mapping[type[c.Command], Kind] = {
    c.RegisterCommand: Kind.REGISTER,
    c.RegisterTemporaryCommand: Kind.REGISTER_TEMPORARY,
    c.ExtendCommand: Kind.EXTEND,
    c.CompleteCommand: Kind.COMPLETE,
    c.MoveCommand: Kind.MOVE,
    c.DeregisterCommand: Kind.DEREGISTER,
    c.WithdrawCommand: Kind.WITHDRAW,
    c.CoverageCommand: Kind.COVERAGE,
    c.CorrectCommand: Kind.CORRECT,
    c.RulingCommand: Kind.RULING,
    c.UnblockCommand: Kind.UNBLOCK,
    c.RemoveCommand: Kind.REMOVE,
    c.AskCommand: Kind.ASK,
    c.EndCommand: Kind.END,
}
"""What the journal calls each command; settling is a cause, never a row of its own."""


@dataclass(frozen=True, slots=True)
class Named:
    """How a message names its patient: by the person, by a BSN, or by the register's own id.

    `adds` says that somebody unknown becomes a patient by it; `of_ours` that the register tells itself.
    """

    person: m.Person | m.PartialPerson | None = None
    bsn: str | None = None
    patient_id: UUID | None = None
    adds: bool = False
    of_ours: bool = False


def named(body: PatientMessage) -> Named:
    """Returns whom a message is about."""
    match body:
        case m.Register() | m.RegisterTemporary():
            return Named(person=body.person, bsn=body.person.bsn, adds=True)
        case m.CompleteTemporary():
            return Named(person=body.person, bsn=body.person.bsn)
        case m.CoverageChanged():
            return Named(bsn=body.bsn)
        case m.SettleWaiting() | m.AskTemporary() | m.EndTemporary() | m.CarryOutRuling():
            return Named(patient_id=body.patient_id, of_ours=True)
        case m.MovePatient() | m.RemovePerson():
            return Named(patient_id=body.patient_id)
        case m.ExtendTemporary() | m.Deregister() | m.Withdraw() | m.Correct() | m.Unblock():
            return Named(bsn=body.subject.bsn, patient_id=body.subject.patient_id)


def as_command(command_id: str, correlation_id: str, body: PatientMessage) -> c.Command:
    """Returns what the rules need of a message."""
    common: dict[str, Any] = {
        "command_id": command_id,
        "correlation_id": correlation_id,
        "offered_on": body.offered_on,
        "party": getattr(body, "party", SELF),
        "office": getattr(body, "office", False),
    }
    match body:
        case m.Register():
            return c.RegisterCommand(
                agb_code=body.agb_code, start_date=body.start_date, uzovi=body.uzovi, mode=body.mode, **common
            )
        case m.RegisterTemporary():
            return c.RegisterTemporaryCommand(
                agb_code=body.agb_code, start_date=body.start_date, ground=body.ground, **common
            )
        case m.ExtendTemporary():
            return c.ExtendCommand(agb_code=body.agb_code, **common)
        case m.CompleteTemporary():
            return c.CompleteCommand(
                agb_code=body.agb_code, temporary_patient_id=body.temporary_patient_id, uzovi=body.uzovi, **common
            )
        case m.MovePatient():
            return c.MoveCommand(agb_code=body.agb_code, from_agb_code=body.from_agb_code, **common)
        case m.Deregister():
            return c.DeregisterCommand(agb_code=body.agb_code, reason=body.reason, **common)
        case m.Withdraw():
            return c.WithdrawCommand(agb_code=body.agb_code, withdrawn_id=body.command_id, **common)
        case _:
            return _of_office_or_time(common, body)


def _of_office_or_time(common: dict[str, Any], body: PatientMessage) -> c.Command:
    match body:
        case m.CoverageChanged():
            return c.CoverageCommand(
                uzovi=body.uzovi, valid_from=body.valid_from, valid_until=body.valid_until, **common
            )
        case m.Correct():
            return c.CorrectCommand(
                holder=body.holder,
                valid_from=body.valid_from,
                valid_until=body.valid_until,
                reference=body.reference,
                **common,
            )
        case m.CarryOutRuling():
            return c.RulingCommand(
                case_id=body.case_id,
                agb_code=body.agb_code,
                on_date=body.on_date,
                parties=body.parties,
                **common,
            )
        case m.Unblock():
            return c.UnblockCommand(agb_code=body.agb_code, ground=body.ground, reference=body.reference, **common)
        case m.RemovePerson():
            return c.RemoveCommand(reference=body.reference, **common)
        case m.SettleWaiting():
            return c.SettleCommand(**common)
        case m.AskTemporary():
            return c.AskCommand(**common)
        case m.EndTemporary():
            return c.EndCommand(**common)
        case _:
            raise AssertionError(f"no command for {type(body).__name__}")
