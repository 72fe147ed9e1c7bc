"""Who a command is about. Person data travel in commands only, and only as far as the register needs them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from ion_contracts.identifiers import PRINTABLE_PATTERN, BirthDate, Bsn, Name
from ion_contracts.messages.base import Message


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
    initials: Annotated[str, Field(pattern=PRINTABLE_PATTERN, max_length=20)] = ""
    prefix: Annotated[str, Field(pattern=PRINTABLE_PATTERN, max_length=20)] = ""
    family_name: Name
    birth_date: BirthDate
    sex: Sex = Sex.UNKNOWN


class PartialPerson(Message):
    """What is known of somebody without BSN or insurance (rule 33); a family name at least."""

    TYPE: ClassVar[str] = ""

    bsn: Bsn | None = None
    initials: Annotated[str, Field(pattern=PRINTABLE_PATTERN, max_length=20)] = ""
    prefix: Annotated[str, Field(pattern=PRINTABLE_PATTERN, max_length=20)] = ""
    family_name: Name
    birth_date: BirthDate | None = None
    sex: Sex = Sex.UNKNOWN


class Subject(Message):
    """A patient whom the register knows: by BSN, or by the register's own id. One of the two."""

    TYPE: ClassVar[str] = ""

    bsn: Bsn | None = None
    patient_id: UUID | None = None

    @model_validator(mode="after")
    def _is_one_of_the_two(self) -> Self:
        if (self.bsn is None) == (self.patient_id is None):
            raise ValueError("name the patient by bsn or by patientId")
        return self
