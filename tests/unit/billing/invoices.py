"""An invoice to change in tests. All names, addresses and numbers are invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ion_billing.domain.amounts import invoice_amounts
from ion_billing.domain.payment_reference import payment_reference
from ion_billing.domain.rates import Rate
from ion_billing.rendering.document import Customer, InvoiceDocument, Supplier

RATE_2027 = Rate(2027, date(2027, 4, 1), Decimal("0.036"), True, Decimal(21), Decimal("1.00"))

SUPPLIER = Supplier(
    name="Stichting ION",
    street="Voorbeeldlaan 12",
    postcode="1234 AB",
    city="Voorbeeldstad",
    kvk_number="01234567",
    vat_id="NL001234567B01",
    iban="NL00BANK0123456789",
    email="facturen@ion.example",
)

CUSTOMER = Customer(name="Huisartsenpraktijk De Linde", street="Dorpsstraat 1", postcode="4321 ZY", city="Lindedorp")


def invoice_of(
    patients_by_agb_code: Mapping[str, int], rate: Rate = RATE_2027, customer: Customer = CUSTOMER
) -> InvoiceDocument:
    amounts = invoice_amounts(patients_by_agb_code, rate)
    assert amounts is not None
    return InvoiceDocument(
        number="2027-000123",
        issued_on=date(2027, 4, 3),
        due_on=date(2027, 5, 3),
        payment_reference=payment_reference(2027000123),
        supplier=SUPPLIER,
        customer=customer,
        amounts=amounts,
    )


def invoice_named(name: str) -> InvoiceDocument:
    return invoice_of({"01012345": 3370}, customer=replace(CUSTOMER, name=name))
