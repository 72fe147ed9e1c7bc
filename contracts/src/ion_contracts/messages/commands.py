"""Everything that changes a registration is a command on `registration.commands.v1`. One write path.

The envelope's id is the command's id: each ends in one final outcome.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from ion_contracts.identifiers import PRINTABLE_PATTERN, AgbCode, Bsn, Uzovi, no_bsn
from ion_contracts.messages.base import Day, Message, Moment
from ion_contracts.messages.persons import Person, Subject

Party = Annotated[str, Field(pattern=PRINTABLE_PATTERN, max_length=100), AfterValidator(no_bsn)]
CommandId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,128}$"), AfterValidator(no_bsn)]
"""Stands in headers and in the journal, so it is never a BSN."""


class Mode(StrEnum):
    """How the registration came about: by a GP system on its own, or by a person (rules 10, 17 and 18)."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class DeregistrationReason(StrEnum):
    """Why a GP takes somebody off the list (rules 9 and 12)."""

    MOVED = "moved"
    DECEASED = "deceased"
    EMIGRATED = "emigrated"
    OTHER_SCHEME = "other-scheme"
    OWN_REQUEST = "own-request"


class Offered(Message):
    """What every command says that a party or the office offered."""

    TYPE: ClassVar[str] = ""

    offered_on: Day = Field(
        description="The day in the Netherlands on which the gateway stored the request; rules 3 to 6 judge by it"
    )
    offered_at: Moment
    party: Party = Field(description="Who posted it, as the gateway knows that party")
    office: bool = Field(False, description="Posted by authorised staff; the gateway says so, nobody else can")
    batch_id: UUID | None = Field(
        None, description="The file, or the operation on a list, that this is part of: it can be withdrawn whole"
    )


class Register(Offered):
    """Register this person with this GP. The envelope's id is the command's id: one final outcome each."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.inschrijving-aangevraagd.v1"

    agb_code: AgbCode
    person: Person
    mode: Mode
    start_date: Day | None = Field(None, description="The start that was asked for; without it, the day of offering")
    uzovi: Uzovi | None = Field(None, description="The insurer that the coverage check found")


class Deregister(Offered):
    """End this patient's registration with this GP: its last day is the one before the day of offering."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.uitschrijving-aangevraagd.v1"

    agb_code: AgbCode
    subject: Subject
    reason: DeregistrationReason


class Withdraw(Offered):
    """Undo what a command of this party did, or forget it while it waits; for as long as nothing came after it."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.intrekking-aangevraagd.v1"

    agb_code: AgbCode
    subject: Subject
    withdrawn_id: CommandId = Field(description="The command that is withdrawn")


class MovePatient(Offered):
    """Move one patient to another code of the same party; the register tells itself, for each patient of a list."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.patient-overzetten.v1"

    patient_id: UUID
    from_agb_code: AgbCode
    agb_code: AgbCode


class CoverageChanged(Message):
    """An insurer says who is insured with whom, and from when. It never ends a registration (rule 57)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.verzekering-gewijzigd.v1"

    bsn: Bsn
    uzovi: Uzovi | None = Field(None, description="Absent: no basic insurance in this period")
    valid_from: Day
    valid_until: Day | None = Field(None, description="The last day; absent: until further notice")
    offered_on: Day
    offered_at: Moment
    party: Party
