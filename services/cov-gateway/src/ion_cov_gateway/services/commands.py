"""From an operation to the command that the register gets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ion_contracts.catalogue import COMMANDS
from ion_contracts.envelope import Envelope
from ion_contracts.messages import Mode, Person, Register
from ion_cov_gateway.domain.patient_reference import patient_reference
from ion_platform.outbox import Outgoing

SOURCE = "urn:nld:ion:cov-gateway"


@dataclass(frozen=True, slots=True)
class Request:
    """A registration as it was taken. Its operation's id is the command's id."""

    operation_id: UUID
    party: str
    agb_code: str
    mode: Mode
    person: Person
    offered_on: date
    offered_at: datetime
    start_date: date | None = None
    insurer_hint: str | None = None


def register_command(request: Request, uzovi: str | None, secret: bytes) -> Outgoing:
    """Returns the message on the commands topic, keyed by the patient reference."""
    identifier = str(request.operation_id)
    body = Register(
        agb_code=request.agb_code,
        person=request.person,
        mode=request.mode,
        offered_on=request.offered_on,
        offered_at=request.offered_at,
        start_date=request.start_date,
        uzovi=uzovi,
        party=request.party,
    )
    envelope = Envelope(identifier, SOURCE, Register.TYPE, request.offered_at, correlation_id=identifier)
    return Outgoing(COMMANDS.name, patient_reference(request.person.bsn, secret), envelope, body)
