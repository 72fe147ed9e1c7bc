"""Figures, dates and names as a Dutch reader expects them."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

from ion_billing.domain.rounding import CENTS_PER_EURO

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)

NO_BREAK = "\N{NO-BREAK SPACE}"

UNSHOWABLE = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that the fonts of the document lack."""

SHOWABLE_RANGES = (
    (0x0020, 0x024F),  # Latin, with the marks of European languages
    (0x0370, 0x04FF),  # Greek and Cyrillic
    (0x1E00, 0x1EFF),  # Latin with several marks
    (0x2010, 0x2027),  # dashes and quotation marks
    (0x20A0, 0x20BF),  # currencies
)
"""What the embedded fonts have; a test sets every character of it."""


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


def long_date(day: date) -> str:
    """Returns a date such as `1 april 2027`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def in_fours(digits: str) -> str:
    """Returns a payment reference or account number in groups of four that stay together on one line."""
    return NO_BREAK.join(digits[start : start + 4] for start in range(0, len(digits), 4))


def showable(text: str) -> str:
    """Returns `text` on one line, in characters that the document can show.

    White space and control characters become one space; invisible characters, such as those that turn the reading
    direction, go, and so does a mark for which no letter exists; what else the fonts lack becomes the replacement
    character. So no name can stop an invoice.
    """
    shown = (_shown(character) for character in unicodedata.normalize("NFC", text))
    return " ".join("".join(shown).split())


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp", "Cc"):
        return " "
    if category == "Cf" or category[0] == "M":
        return ""
    if any(first <= ord(character) <= last for first, last in SHOWABLE_RANGES) and category[0] in "LNPS":
        return character
    return UNSHOWABLE
