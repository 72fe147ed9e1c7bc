"""Everything that stands on an invoice, and that the law asks of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from ion_billing.domain.amounts import InvoiceAmounts
from ion_billing.domain.payment_reference import is_payment_reference

TEXT_CHARACTERS_MAX = 200
"""The longest name or address line; the care provider register has none of half that length."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who sends the invoice. `vat_id` and `kvk_number` are obligatory on a Dutch invoice; `iban` is written plainly."""

    name: str
    street: str
    postcode: str
    city: str
    kvk_number: str
    vat_id: str
    iban: str
    email: str

    def __post_init__(self) -> None:
        _require_texts(self)


@dataclass(frozen=True, slots=True)
class Customer:
    """Who pays: a practice or a GP, by the name and address of the care provider register (rule 32)."""

    name: str
    street: str
    postcode: str
    city: str

    def __post_init__(self) -> None:
        _require_texts(self)


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """One invoice, as it is sent. `number` is unique and sequential; the dates are those of business time.

    Raises ValueError on an empty or too long text, a payment reference that is none, or a due date before the invoice.
    """

    number: str
    issued_on: date
    due_on: date
    payment_reference: str
    supplier: Supplier
    customer: Customer
    amounts: InvoiceAmounts

    def __post_init__(self) -> None:
        _require_texts(self)
        if not is_payment_reference(self.payment_reference):
            raise ValueError(f"{self.payment_reference!r} is not a payment reference: make it from the sequence number")
        if self.due_on < self.issued_on:
            raise ValueError(f"due on {self.due_on}, before the invoice of {self.issued_on}: correct one of them")


def _require_texts(party: Supplier | Customer | InvoiceDocument) -> None:
    for field in fields(party):
        text = getattr(party, field.name)
        if not isinstance(text, str):
            continue
        owner = type(party).__name__.lower()
        if not text.strip():
            raise ValueError(f"the {field.name} of the {owner} is empty: an invoice must state it")
        if len(text) > TEXT_CHARACTERS_MAX:
            raise ValueError(
                f"the {field.name} of the {owner} has {len(text)} characters: at most {TEXT_CHARACTERS_MAX} fit"
            )
