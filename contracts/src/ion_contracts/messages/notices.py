"""What the notifier and billing tell others: a mail's final result, an invoice that was issued."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from ion_contracts.identifiers import AgbCode
from ion_contracts.messages.base import Day, Message, Moment


class DeliveryResult(StrEnum):
    """How a delivery ended."""

    SENT = "sent"
    FAILED = "failed"


class DeliveryEnded(Message):
    """A mail was taken by the mail server, or will never be."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.bericht-afgehandeld.v1"

    delivery_id: UUID
    event_id: Annotated[str, Field(max_length=128)]
    agb_code: AgbCode
    purpose: Annotated[str, Field(max_length=40)]
    result: DeliveryResult
    attempts: int
    ended_at: Moment


class InvoiceIssued(Message):
    """An invoice exists and will never change. Amounts in euro cents."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.nota-uitgereikt.v1"

    number: Annotated[str, Field(max_length=20)]
    agb_code: AgbCode
    year: int
    reference_date: Day
    patients: int
    total_cents: int = Field(description="Including VAT")
    payment_reference: Annotated[str, Field(pattern=r"^[0-9]{16}$")]
    issued_on: Day
