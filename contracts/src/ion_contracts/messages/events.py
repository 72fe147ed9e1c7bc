"""Facts about registrations on `registration.events.v1`, kept for ever and free of BSNs and names.

They carry the period before and after, so that a count is a sum (billing), and a `sequence` per patient without gaps.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from ion_contracts.identifiers import AgbCode
from ion_contracts.messages.base import Day, Message, Moment


class EndedPeriod(Message):
    """A period of registration that has ended; both days belong to it."""

    TYPE: ClassVar[str] = ""

    agb_code: AgbCode
    since: Day
    until: Day


class RegistrationStarted(Message):
    """A patient without an active registration got one."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.inschrijving-begonnen.v1"

    patient_id: UUID
    agb_code: AgbCode
    since: Day
    recorded_on: Day = Field(description="The day on which the register knew it; never goes back within a partition")
    recorded_at: Moment


class RegistrationTransferred(Message):
    """A patient moved to another GP: the old registration ended the day before the new one started (rule 2)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.inschrijving-overgedragen.v1"

    patient_id: UUID
    agb_code: AgbCode
    since: Day
    previous: EndedPeriod
    recorded_on: Day
    recorded_at: Moment


class DayClosed(Message):
    """All that this partition of the register knew by the end of this day stands before this record."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.dag-afgesloten.v1"

    day: Day
    partition: int
