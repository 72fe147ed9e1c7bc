"""Everything that changes a registration is a command on `registration.commands.v1`. One write path."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from ion_contracts.identifiers import AgbCode, BirthDate, Bsn, Name, Uzovi
from ion_contracts.messages.base import Day, Message, Moment


class Mode(StrEnum):
    """How the registration came about: by a GP system on its own, or by a person (rules 10, 17 and 18)."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class Sex(StrEnum):
    """As the GP system states it."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"
    NOT_SPECIFIED = "not-specified"


class Person(Message):
    """The person data of a patient, as the GP system holds it."""

    TYPE: ClassVar[str] = ""

    bsn: Bsn
    initials: Annotated[str, Field(max_length=20)] = ""
    prefix: Annotated[str, Field(max_length=20)] = ""
    family_name: Name
    birth_date: BirthDate
    sex: Sex = Sex.UNKNOWN


class Register(Message):
    """Register this person with this GP. The envelope's id is the command's id: one final outcome each."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.inschrijving-aangevraagd.v1"

    agb_code: AgbCode
    person: Person
    mode: Mode
    offered_on: Day = Field(
        description="The day in the Netherlands on which the gateway stored the request; rules 3 to 6 judge by it"
    )
    offered_at: Moment
    start_date: Day | None = Field(None, description="The start that was asked for; without it, the day of offering")
    uzovi: Uzovi | None = Field(None, description="The insurer that the coverage check found")
    party: Annotated[str, Field(max_length=100)] = Field(description="Who posted it, as the gateway knows that party")


class SettleWaiting(Message):
    """What waited for the end of a closed day is due (rule 6). The register tells itself, once for each."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.wachtende-verwerken.v1"

    patient_id: UUID
    offered_on: Day = Field(description="The day on which it became due")


class CloseDay(Message):
    """This day has passed: nothing that comes after this record in this partition was known on that day."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.dag-afsluiten.v1"

    day: Day
