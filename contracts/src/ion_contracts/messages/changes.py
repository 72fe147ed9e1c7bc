"""What an insurer hears, on its own topic, about its own insured only (rule 43).

Order is per patient; of two messages about one patient the later `recordedAt` holds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from ion_contracts.identifiers import AgbCode, Bsn, Uzovi
from ion_contracts.messages.base import Day, Message, Moment
from ion_contracts.messages.events import EndedPeriod, HeldPeriod


class LeftReason(StrEnum):
    """Why somebody is no longer registered and insured here. To whom a person went is not told."""

    INSURED_ELSEWHERE = "insured-elsewhere"
    DEREGISTERED = "deregistered"


class InsuredChange(Message):
    """What every message to an insurer says."""

    TYPE: ClassVar[str] = ""

    patient_id: UUID
    bsn: Bsn
    uzovi: Uzovi
    recorded_at: Moment


class InsuredRegistered(InsuredChange):
    """An insured person of this insurer is registered with this GP; with the period that it ended, if there was one."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.verzekerde-ingeschreven.v1"

    agb_code: AgbCode
    since: Day
    insured_from: Day | None = Field(None, description="When the insurance here began after the registration did")
    previous: EndedPeriod | None = Field(
        None, description="Only when that period belonged to this insurer's insured too"
    )


class InsuredLeft(InsuredChange):
    """A person who was insured here when last registered left that GP, or this insurer. To whom is not told."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.verzekerde-vertrokken.v1"

    previous: EndedPeriod
    reason: LeftReason = LeftReason.INSURED_ELSEWHERE


class InsuredCorrected(InsuredChange):
    """A correction or a ruling touched days on which the person was insured here: who was the GP on them."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.verzekerde-gecorrigeerd.v1"

    agb_code: AgbCode | None = Field(None, description="Absent: nobody")
    valid_from: Day
    valid_until: Day | None = None
    replaced: list[HeldPeriod]
