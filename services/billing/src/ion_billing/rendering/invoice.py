"""Renders an invoice as PDF: tagged for screen readers (PDF/UA-1) and fit for archives (PDF/A-2a)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files

import typst

from ion_billing.domain.amounts import InvoiceAmounts
from ion_billing.domain.rounding import whole_cents
from ion_billing.rendering.document import Customer, InvoiceDocument, Supplier
from ion_billing.rendering.dutch import count, euros, in_fours, percentage, unit_price
from ion_platform.documents import long_date, showable

Texts = dict[str, str]
Shown = str | Texts | list[int] | list[str] | list[Texts] | None


def render_invoice(invoice: InvoiceDocument) -> bytes:
    """Returns the invoice in Dutch as PDF/A-2a and PDF/UA-1; the same invoice gives the same bytes.

    No font or file of the machine is used. Names are data, never markup. May be called from several threads.
    """
    issued_at = datetime.combine(invoice.issued_on, time(), tzinfo=UTC)
    return typst.compile(
        _template(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        sys_inputs={"invoice": json.dumps(shown_texts(invoice))},
        timestamp=issued_at,
    )


def shown_texts(invoice: InvoiceDocument) -> dict[str, Shown]:
    """Returns what the template shows: texts in Dutch, and the figures already written out."""
    amounts, rate = invoice.amounts, invoice.amounts.rate
    service = f"Bijdrage ION {rate.year}"
    return {
        "number": showable(invoice.number),
        "issued": [invoice.issued_on.year, invoice.issued_on.month, invoice.issued_on.day],
        "issuedOn": long_date(invoice.issued_on),
        "dueOn": long_date(invoice.due_on),
        "service": service,
        "period": f"kalenderjaar {rate.year}",
        "referenceDate": long_date(rate.reference_date),
        "paymentReference": in_fours(invoice.payment_reference),
        "supplier": _supplier_texts(invoice.supplier),
        "customer": _customer_texts(invoice.customer),
        "lines": _lines(amounts),
        "patients": count(amounts.total.patients),
        "supplement": euros(amounts.total.minimum_supplement_cents) if amounts.total.minimum_applied else None,
        "excl": euros(amounts.total.excl_cents),
        "vatRate": percentage(rate.vat_rate),
        "vat": euros(amounts.total.vat_cents),
        "incl": euros(amounts.total.incl_cents),
        "notes": _notes(amounts),
    }


def _lines(amounts: InvoiceAmounts) -> list[Texts]:
    price = unit_price(amounts.rate.unit_price_excl)
    return [
        {
            "agbCode": line.agb_code,
            "patients": count(line.patients),
            "unitPrice": price,
            "excl": euros(line.excl_cents),
        }
        for line in amounts.lines
    ]


def _notes(amounts: InvoiceAmounts) -> list[str]:
    rate = amounts.rate
    codes = "AGB-code" if len(amounts.lines) == 1 else "AGB-codes"
    counted_on = long_date(rate.reference_date)
    notes = [
        f"Geteld zijn de patiënten die op {counted_on} op uw {codes} waren ingeschreven.",
        "Wijzigingen na de peildatum tellen niet mee.",
    ]
    if rate.vat_included:
        notes.append(
            f"Het tarief van {rate.year} is {unit_price(rate.rate)} per patiënt inclusief {percentage(rate.vat_rate)} "
            "btw. Het tarief exclusief btw is daaruit afgeleid en afgerond."
        )
    if amounts.total.minimum_applied:
        notes.append(
            f"Het minimum van {euros(whole_cents(rate.minimum))} exclusief btw per factuur is toegepast. "
            "Klopt het lage aantal patiënten niet? Controleer dan op welke AGB-code uw patiënten zijn ingeschreven."
        )
    return notes


def _supplier_texts(supplier: Supplier) -> Texts:
    return {
        "name": showable(supplier.name),
        "street": showable(supplier.street),
        "place": _place(supplier.postcode, supplier.city),
        "kvkNumber": showable(supplier.kvk_number),
        "vatId": showable(supplier.vat_id),
        "iban": in_fours(showable(supplier.iban)),
        "email": showable(supplier.email),
    }


def _customer_texts(customer: Customer) -> Texts:
    return {
        "name": showable(customer.name),
        "street": showable(customer.street),
        "place": _place(customer.postcode, customer.city),
    }


def _place(postcode: str, city: str) -> str:
    """Returns postcode and city as on an envelope: two spaces between them."""
    return f"{showable(postcode)}\N{NO-BREAK SPACE} {showable(city)}"


@cache
def _template() -> bytes:
    return files(__package__).joinpath("invoice.typ").read_bytes()
