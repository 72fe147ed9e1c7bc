"""How a Dutch reader expects to see a date."""

from __future__ import annotations

from datetime import date

_MONTHS = (
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


def dutch_date(day: date) -> str:
    """Returns a day as `31 maart 2027`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
