"""What the register tells itself when its time has come. Ids are computed from what it is about: never twice."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from ion_contracts.messages.base import Day, Message


class SettleWaiting(Message):
    """What waited for the end of a closed day is due (rule 6). The register tells itself, once for each."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.wachtende-verwerken.v1"

    patient_id: UUID
    offered_on: Day = Field(description="The day on which it became due")


class CloseDay(Message):
    """This day has passed: nothing that comes after this record in this partition was known on that day."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.dag-afsluiten.v1"

    day: Day
