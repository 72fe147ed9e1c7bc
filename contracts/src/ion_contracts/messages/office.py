"""What only authorised staff may ask: corrections, lifting a block, removing a person."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from ion_contracts.identifiers import AgbCode, no_bsn
from ion_contracts.messages.base import Day
from ion_contracts.messages.commands import Offered
from ion_contracts.messages.persons import Subject

Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9./-]{0,39}$"), AfterValidator(no_bsn)]
"""Leads to a document outside the register, such as `C-2027/104`. Letters, digits and dots: no room for a name."""


class UnblockGround(StrEnum):
    """What lifts a block (rule 39)."""

    RULING = "ruling"
    STATEMENT = "statement"


class Correct(Offered):
    """From this day (until that day) the patient was with this GP, or with nobody; the old belief stays readable."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.correctie-opgedragen.v1"

    subject: Subject
    holder: AgbCode | None = Field(None, description="Absent: with nobody")
    valid_from: Day
    valid_until: Day | None = Field(None, description="The last day; absent: until further notice")
    reference: Reference


class Unblock(Offered):
    """Lift the block of a patient and register with the GP whom the ruling or the patient's statement names."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.deblokkering-opgedragen.v1"

    agb_code: AgbCode
    subject: Subject
    ground: UnblockGround
    reference: Reference


class RemovePerson(Offered):
    """Remove name, birth date and BSN of somebody without a registration. The journal stays whole."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.persoon-verwijderen.v1"

    patient_id: UUID
    reference: Reference
