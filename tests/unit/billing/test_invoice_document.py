from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.billing.invoices import CUSTOMER, SUPPLIER, invoice_of


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(ValueError, match="name of the customer is empty"):
        replace(CUSTOMER, name=" ")
    with pytest.raises(ValueError, match="vat_id of the supplier is empty"):
        replace(SUPPLIER, vat_id="")


def test_a_name_that_does_not_fit_is_refused() -> None:
    assert replace(CUSTOMER, name="x" * 200)
    with pytest.raises(ValueError, match="201 characters: at most 200"):
        replace(CUSTOMER, name="x" * 201)


def test_a_payment_reference_with_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(ValueError, match="not a payment reference"):
        replace(invoice_of({"01012345": 10}), payment_reference="6000056789012345")


def test_an_invoice_that_is_due_before_it_is_sent_is_refused() -> None:
    with pytest.raises(ValueError, match="before the invoice"):
        replace(invoice_of({"01012345": 10}), due_on=date(2027, 4, 2))
