"""Every command ends in exactly one final outcome on `registration.outcomes.v1`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from ion_contracts.identifiers import AgbCode
from ion_contracts.messages.base import Day, Message, Moment


class Status(StrEnum):
    """`deferred` is an interim status; the other two are final."""

    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class RegistrationState(Message):
    """The registration that a command made, or met."""

    TYPE: ClassVar[str] = ""

    agb_code: AgbCode
    since: Day
    patient_id: UUID | None = Field(None, description="The register's own id: names somebody without a BSN")


class CommandOutcome(Message):
    """What became of one command. `code` is a row of the outcome table (docs/outcomes.md)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.inschrijving-beoordeeld.v1"

    command_id: Annotated[str, Field(max_length=128)]
    status: Status
    code: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
    registration: RegistrationState | None = None
    process_on: Day | None = Field(None, description="For a deferred command: the day on which it is processed")
    recorded_at: Moment
