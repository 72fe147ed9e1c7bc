from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ion_billing.domain.rates import Rate, published_rates, read_published_rates

RATE = Rate(2027, date(2027, 4, 1), Decimal("0.036"), True, Decimal(21), Decimal("1.00"))


def test_every_published_rate_is_that_of_the_source_texts() -> None:
    found = {
        row.rate.year: (row.rate.rate, row.rate.vat_included, row.rate.vat_rate, row.rate.reference_date)
        for row in published_rates()
    }
    assert found == {
        2010: (Decimal("0.04"), False, Decimal(19), date(2010, 4, 1)),
        2011: (Decimal("0.04"), False, Decimal(19), date(2011, 4, 1)),
        2012: (Decimal("0.035"), False, Decimal(19), date(2012, 4, 1)),
        2018: (Decimal("0.0273"), False, Decimal(21), date(2018, 4, 1)),
        2019: (Decimal("0.035"), False, Decimal(21), date(2019, 6, 1)),
        2023: (Decimal("0.036"), True, Decimal(21), date(2023, 5, 1)),
    }


def test_vat_was_nineteen_percent_until_30_september_2012_and_is_twenty_one_since() -> None:
    for row in published_rates():
        assert row.rate.vat_rate == (19 if row.rate.reference_date <= date(2012, 9, 30) else 21)


def test_every_published_rate_names_its_source_and_has_the_minimum_of_one_euro() -> None:
    for row in published_rates():
        assert row.source
        assert row.rate.minimum == 1


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"reference_date": date(2026, 4, 1)}, "not in 2027"),
        ({"rate": Decimal(0)}, "above 0"),
        ({"rate": Decimal("3.6")}, "at most 1"),
        ({"rate": Decimal("-0.036")}, "above 0"),
        ({"rate": Decimal("NaN")}, "give a number"),
        ({"rate": Decimal("0.0000001")}, "at most 6 decimals"),
        ({"vat_rate": Decimal(100)}, "from 0 to 100"),
        ({"vat_rate": Decimal(-1)}, "from 0 to 100"),
        ({"minimum": Decimal("-0.01")}, "minimum is -0.01"),
        ({"minimum": Decimal("1.005")}, "at most 2 decimals"),
    ],
)
def test_a_rate_that_cannot_be_meant_is_refused(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(RATE, **change)  # type: ignore[arg-type]


def test_the_unit_price_without_vat_is_the_rate_itself_or_derived_from_it() -> None:
    assert replace(RATE, vat_included=False).unit_price_excl == Decimal("0.036")
    assert RATE.unit_price_excl == Decimal("0.029752")  # 0.036 / 1.21 = 0.02975206...


ROW = """
[[rates]]
year = 2027
reference_date = 2027-04-01
rate = 0.036
vat_included = true
vat_rate = 21
minimum = 1.00
source = "made"
assumption = ""
"""


def test_a_year_that_is_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="2027 is there twice"):
        read_published_rates(ROW + ROW)


def test_a_row_without_a_reference_date_is_refused() -> None:
    with pytest.raises(KeyError):
        read_published_rates(ROW.replace("reference_date = 2027-04-01", ""))
    with pytest.raises(ValueError, match="reference date such as"):
        read_published_rates(ROW.replace("2027-04-01", '"1 april"'))
