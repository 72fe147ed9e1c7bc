from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_billing.rendering.dutch import count, euros, in_fours, percentage, unit_price
from ion_platform.documents import long_date, showable

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0,00"), (5, "0,05"), (121, "1,21"), (123456, "1.234,56"), (-121, "-1,21")]
)
def test_euros_have_a_decimal_comma_and_a_point_for_thousands(cents: int, text: str) -> None:
    assert euros(cents) == f"€{NO_BREAK}{text}"


@pytest.mark.parametrize(("price", "text"), [("0.04", "0,04"), ("0.0400", "0,04"), ("0.0273", "0,0273"), ("1", "1,00")])
def test_a_unit_price_shows_all_its_decimals(price: str, text: str) -> None:
    assert unit_price(Decimal(price)) == f"€{NO_BREAK}{text}"


def test_percentages_counts_dates_and_references_are_written_in_dutch() -> None:
    assert percentage(Decimal("21.00")) == "21%"
    assert percentage(Decimal("8.50")) == "8,5%"
    assert percentage(Decimal(20)) == "20%"
    assert count(16_930_000) == "16.930.000"
    assert long_date(date(2027, 4, 1)) == "1 april 2027"
    assert in_fours("5000056789012345") == NO_BREAK.join(["5000", "0567", "8901", "2345"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Praktijk Çelik & Žuković", "Praktijk Çelik & Žuković"),
        ("e\N{COMBINING DIAERESIS}n", "ën"),
        ("x\N{COMBINING TILDE}y", "xy"),
        ("een\nregel\t\N{NO-BREAK SPACE}meer\0", "een regel meer"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}omgekeerd\N{ZERO WIDTH SPACE}", "omgekeerd"),
        ("\N{GRINNING FACE}", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_names_stay_on_one_line_in_characters_that_can_be_shown(text: str, shown: str) -> None:
    assert showable(text) == shown


@given(st.text())
def test_what_is_shown_is_shown_the_same_again(text: str) -> None:
    assert showable(showable(text)) == showable(text)
