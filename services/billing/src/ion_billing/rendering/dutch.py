"""Figures as a Dutch reader expects them."""

from __future__ import annotations

from decimal import Decimal

from ion_billing.domain.rounding import CENTS_PER_EURO

NO_BREAK = "\N{NO-BREAK SPACE}"


def euros(cents: int) -> str:
    """Returns an amount such as `€ 1.234,56`."""
    whole, rest = divmod(abs(cents), CENTS_PER_EURO)
    sign = "-" if cents < 0 else ""
    return f"€{NO_BREAK}{sign}{count(whole)},{rest:02d}"


def unit_price(price: Decimal) -> str:
    """Returns a price such as `€ 0,0273`: all its decimals, at least two."""
    text = format(price.normalize(), "f")
    whole, _, fraction = text.partition(".")
    return f"€{NO_BREAK}{whole},{fraction.ljust(2, '0')}"


def percentage(rate: Decimal) -> str:
    """Returns a percentage such as `21%` or `8,5%`."""
    return format(rate.normalize(), "f").replace(".", ",") + "%"


def count(number: int) -> str:
    """Returns a count such as `16.930.000`."""
    return f"{number:,}".replace(",", ".")


def in_fours(digits: str) -> str:
    """Returns a payment reference or account number in groups of four that stay together on one line."""
    return NO_BREAK.join(digits[start : start + 4] for start in range(0, len(digits), 4))
