"""The care providers, from the care provider register (rule 32), on a compacted topic keyed by AGB code."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from ion_contracts.identifiers import AgbCode, Name
from ion_contracts.messages.base import Message, Moment

MailAddress = Annotated[str, Field(pattern=r"^[^@\s<>\",;:]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$", max_length=254)]


class ProviderKind(StrEnum):
    """The digits of an AGB code never tell; the care provider register does."""

    PERSON = "person"
    PRACTICE = "practice"


class CareProvider(Message):
    """One GP or practice as it is now. A later message with the same AGB code replaces it."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.zorgaanbieder-vastgelegd.v1"

    agb_code: AgbCode
    kind: ProviderKind
    name: Name
    street: Name
    house_number: Annotated[str, Field(max_length=10)]
    postcode: Annotated[str, Field(pattern=r"^[1-9][0-9]{3} ?[A-Z]{2}$")]
    city: Name
    change_message_address: MailAddress | None = None
    invoice_address: MailAddress | None = None
    chamber_of_commerce_number: Annotated[str, Field(pattern=r"^[0-9]{8}$")] | None = None
    recorded_at: Moment | None = None
