"""What an insurer hears, on its own topic, about its own insured only (rule 43)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from ion_contracts.identifiers import AgbCode, Bsn, Uzovi
from ion_contracts.messages.base import Day, Message, Moment
from ion_contracts.messages.events import EndedPeriod


class InsuredRegistered(Message):
    """An insured person of this insurer is registered with this GP; with the period that it ended, if there was one."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.verzekerde-ingeschreven.v1"

    patient_id: UUID
    bsn: Bsn
    uzovi: Uzovi
    agb_code: AgbCode
    since: Day
    previous: EndedPeriod | None = Field(
        None, description="Only when that period belonged to this insurer's insured too"
    )
    recorded_at: Moment


class InsuredLeft(Message):
    """A person who was insured here when last registered left that GP, insured elsewhere. To whom is not told."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.verzekerde-vertrokken.v1"

    patient_id: UUID
    bsn: Bsn
    uzovi: Uzovi
    previous: EndedPeriod
    recorded_at: Moment
