"""Names and dates in what a Dutch reader gets: PDFs and mails."""

from __future__ import annotations

import unicodedata
from datetime import date

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


def long_date(day: date) -> str:
    """Returns a date such as `1 april 2027`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def showable(text: str) -> str:
    """Returns `text` on one line, in characters that the document can show.

    White space and control characters become one space; invisible characters, such as those that turn the reading
    direction, go, and so does a mark for which no letter exists; what else the fonts lack becomes the replacement
    character. So no name can stop a document.
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
