"""From messages to the commands that the rules know, and how each names its patient: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast
from uuid import UUID

from ion_contracts import messages as m
from ion_platform.subscription import Delivery
from ion_registry.domain import command as c
from ion_registry.storage.journal import Kind
from ion_registry.storage.registrations import WaitingRow

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

_MODELS = {model.TYPE: model for model in m.COMMANDS}
SELF = "register"
"""The party of what the register tells itself."""


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


@dataclass(frozen=True, slots=True)
class _Form:
    """How one type of message becomes a command: the fields that it has under the same name, and whom it names."""

    kind: Kind | None
    command: type[Any]
    named: Callable[[Any], Named]
    fields: tuple[str, ...] = ()


def _adding(body: m.Register | m.RegisterTemporary) -> Named:
    return Named(person=body.person, bsn=body.person.bsn, adds=True)


def _completing(body: m.CompleteTemporary) -> Named:
    return Named(person=body.person, bsn=body.person.bsn)


def _insured(body: m.CoverageChanged) -> Named:
    return Named(bsn=body.bsn)


def _subject(body: m.Deregister) -> Named:
    return Named(bsn=body.subject.bsn, patient_id=body.subject.patient_id)


def _known(body: m.MovePatient) -> Named:
    return Named(patient_id=body.patient_id)


def _of_ours(body: m.SettleWaiting) -> Named:
    return Named(patient_id=body.patient_id, of_ours=True)


_PERIOD = ("valid_from", "valid_until")
_FORMS: Mapping[type[m.Message], _Form] = {
    m.Register: _Form(Kind.REGISTER, c.RegisterCommand, _adding, ("agb_code", "start_date", "uzovi", "mode")),
    m.RegisterTemporary: _Form(
        Kind.REGISTER_TEMPORARY, c.RegisterTemporaryCommand, _adding, ("agb_code", "start_date", "ground")
    ),
    m.ExtendTemporary: _Form(Kind.EXTEND, c.ExtendCommand, _subject, ("agb_code",)),
    m.CompleteTemporary: _Form(
        Kind.COMPLETE, c.CompleteCommand, _completing, ("agb_code", "temporary_patient_id", "uzovi")
    ),
    m.MovePatient: _Form(Kind.MOVE, c.MoveCommand, _known, ("from_agb_code", "agb_code")),
    m.Deregister: _Form(Kind.DEREGISTER, c.DeregisterCommand, _subject, ("agb_code", "reason")),
    m.Withdraw: _Form(Kind.WITHDRAW, c.WithdrawCommand, _subject, ("agb_code", "withdrawn_id")),
    m.CoverageChanged: _Form(Kind.COVERAGE, c.CoverageCommand, _insured, ("uzovi", *_PERIOD)),
    m.Correct: _Form(Kind.CORRECT, c.CorrectCommand, _subject, ("holder", *_PERIOD, "reference")),
    m.CarryOutRuling: _Form(Kind.RULING, c.RulingCommand, _of_ours, ("case_id", "agb_code", "on_date", "parties")),
    m.Unblock: _Form(Kind.UNBLOCK, c.UnblockCommand, _subject, ("agb_code", "ground", "reference")),
    m.RemovePerson: _Form(Kind.REMOVE, c.RemoveCommand, _known, ("reference",)),
    m.SettleWaiting: _Form(None, c.SettleCommand, _of_ours),
    m.AskTemporary: _Form(Kind.ASK, c.AskCommand, _of_ours),
    m.EndTemporary: _Form(Kind.END, c.EndCommand, _of_ours),
}
KINDS: Mapping[type[c.Offered], Kind] = {form.command: form.kind for form in _FORMS.values() if form.kind}
"""What the journal calls each command; settling is a cause, never a row of its own."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A command about one patient as it came: where it stood, its key, and what it means."""

    partition: int
    offset: int
    key: bytes | None
    body: PatientMessage
    command: c.Command
    who: Named


def understand(delivery: Delivery) -> Incoming | None:
    """Returns what a delivery means; None when it is not about one patient."""
    body: Any = delivery.message.body
    form = _FORMS.get(type(body))
    if form is None:
        return None
    envelope = delivery.message.envelope
    command = as_command(envelope.id, envelope.correlation_id, body)
    return Incoming(delivery.partition, delivery.offset, delivery.key, body, command, form.named(body))


def named(body: PatientMessage) -> Named:
    """Returns whom a message is about."""
    return _FORMS[type(body)].named(body)


def as_command(command_id: str, correlation_id: str, body: PatientMessage) -> c.Command:
    """Returns what the rules need of a message."""
    form = _FORMS[type(body)]
    command: c.Command = form.command(
        command_id=command_id,
        correlation_id=correlation_id,
        offered_on=body.offered_on,
        party=getattr(body, "party", SELF),
        office=getattr(body, "office", False),
        **{field: getattr(body, field) for field in form.fields},
    )
    return command


def as_waiting(row: WaitingRow) -> tuple[PatientMessage, c.WaitingCommand]:
    """Returns the message that waits, and what the rules need of it."""
    body = cast(PatientMessage, _MODELS[row.type].model_validate(row.body))
    command = cast(c.Deferrable, as_command(row.command_id, row.correlation_id, body))
    return body, c.WaitingCommand(command, row.process_on)
