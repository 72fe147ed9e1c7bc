"""Temporary registrations (rules 33, 34 and 37): for people without BSN or insurance, by hand only."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from ion_contracts.identifiers import AgbCode, Uzovi
from ion_contracts.messages.base import Day, Message
from ion_contracts.messages.commands import Offered
from ion_contracts.messages.persons import PartialPerson, Person, Subject


class TemporaryGround(StrEnum):
    """Why BSN or insurance is missing (rule 33)."""

    NEWBORN = "newborn"
    FROM_ABROAD = "from-abroad"
    MILITARY = "military"
    DETAINED = "detained"
    CONSCIENTIOUS_OBJECTOR = "conscientious-objector"
    OTHER = "other"


class RegisterTemporary(Offered):
    """Register somebody for three months with what is known. Keyed by the BSN's reference, or a random one without."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.tijdelijke-inschrijving-aangevraagd.v1"

    agb_code: AgbCode
    person: PartialPerson
    ground: TemporaryGround
    start_date: Day | None = Field(None, description="The start that was asked for; without it, the day of offering")


class ExtendTemporary(Offered):
    """Start the term of a temporary registration again (rule 34)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.verlenging-aangevraagd.v1"

    agb_code: AgbCode
    subject: Subject


class CompleteTemporary(Offered):
    """BSN and insurance are known now. Keyed by the BSN's reference; it names the temporary patient."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.aanvulling-aangevraagd.v1"

    agb_code: AgbCode
    temporary_patient_id: UUID
    person: Person
    uzovi: Uzovi


class AskTemporary(Message):
    """The asking day of a temporary registration has come. The register tells itself, once for each term."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.aanvulling-vragen.v1"

    patient_id: UUID
    offered_on: Day = Field(description="The day on which it became due")


class EndTemporary(Message):
    """The last term of a temporary registration is over. The register tells itself, once for each term."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.tijdelijke-inschrijving-beeindigen.v1"

    patient_id: UUID
    offered_on: Day = Field(description="The day on which it became due")
