"""The care providers, from the care provider register (rule 32), on a compacted topic keyed by AGB code."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from ion_contracts.identifiers import PRINTABLE_PATTERN, AgbCode, Name
from ion_contracts.messages.base import Day, Message, Moment

MailAddress = Annotated[
    str, Field(pattern=r"^[^@\s\x00-\x1f\x7f-\x9f<>\",;:]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$", max_length=254)
]

ASSOCIATIONS_MAX = 50
"""Of one person: more than any career in practices, and small enough for one message."""


class ProviderKind(StrEnum):
    """The digits of an AGB code never tell; the care provider register does."""

    PERSON = "person"
    PRACTICE = "practice"


class Association(Message):
    """A practice in which a person works, from one day through another; without the last while it lasts."""

    TYPE: ClassVar[str] = ""

    agb_code: AgbCode
    since: Day
    until: Day | None = None


class CareProvider(Message):
    """One GP or practice as it is now. A later message with the same AGB code replaces it.

    Days are the first and the last on which the code was in use. The associations are those of a person, past ones
    too; a practice has none of its own. The successor took over when it stopped.
    """

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.zorgaanbieder-vastgelegd.v1"

    agb_code: AgbCode
    kind: ProviderKind
    name: Name
    street: Name
    house_number: Annotated[str, Field(pattern=PRINTABLE_PATTERN, max_length=10)]
    postcode: Annotated[str, Field(pattern=r"^[1-9][0-9]{3} ?[A-Z]{2}$")]
    city: Name
    change_message_address: MailAddress | None = None
    invoice_address: MailAddress | None = None
    chamber_of_commerce_number: Annotated[str, Field(pattern=r"^[0-9]{8}$")] | None = None
    active_from: Day | None = None
    active_until: Day | None = None
    successor: AgbCode | None = None
    associations: Annotated[tuple[Association, ...], Field(max_length=ASSOCIATIONS_MAX)] = ()
    recorded_at: Moment | None = None
