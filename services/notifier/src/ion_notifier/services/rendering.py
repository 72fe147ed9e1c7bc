"""From a delivery to its mail: Dutch, plain text and HTML, without anything that names the patient."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from ion_notifier.domain.claimed import ClaimedDelivery, Practice
from ion_notifier.domain.delivery import Reason
from ion_notifier.domain.dutch import dutch_date
from ion_notifier.services.composing import compose

SENDER_NAME = "ION, inschrijving op naam"
_REASONS = {Reason.TRANSFERRED: "overschrijving naar een andere huisarts"}


@dataclass(frozen=True, slots=True)
class Sender:
    """What every mail says about where it comes from."""

    address: str
    portal_url: str


def render(delivery: ClaimedDelivery, sender: Sender, sent_at: datetime) -> bytes:
    """Returns the mail, ready to be sent. Only checked addresses and made texts stand in headers.

    Raises ValueError when a value could break a header all the same.
    """
    values = _values(delivery, sender)
    markup = {name: escape(value) for name, value in values.items()}
    block = "practice_unknown" if delivery.new_practice is None else "practice_known"
    headers = {
        "From": f'"{SENDER_NAME}" <{sender.address}>',
        "To": f"<{delivery.address}>",
        "Subject": _text("patient_left_subject.txt", values),
        "Date": format_datetime(sent_at),
        "Message-ID": delivery.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": "nl",
    }
    return compose(
        headers,
        text=_text("patient_left.txt", {**values, "new_practice": _text(f"{block}.txt", values)}),
        html=_text("patient_left.html", {**markup, "new_practice": _text(f"{block}.html", markup)}),
    )


def _values(delivery: ClaimedDelivery, sender: Sender) -> dict[str, str]:
    practice = delivery.new_practice or Practice("", "", "", "", "")
    values = {
        "name": delivery.name,
        "agb_code": delivery.agb_code,
        "reference": delivery.reference,
        "ended_on": dutch_date(delivery.ended_on),
        "reason": _REASONS[delivery.reason],
        "portal_url": sender.portal_url,
        "new_agb_code": delivery.new_agb_code,
        "new_name": practice.name,
        "new_street": practice.street,
        "new_house_number": practice.house_number,
        "new_postcode": _postcode(practice.postcode),
        "new_city": practice.city,
    }
    return {name: one_line(value) for name, value in values.items()}


def one_line(text: str) -> str:
    """Returns a text without control and format characters: it cannot pretend to be another line, or run backwards."""
    visible = (" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text)
    return " ".join("".join(visible).split())


def _postcode(text: str) -> str:
    """Returns `1234 AB`, however it was written."""
    joined = text.replace(" ", "")
    return f"{joined[:4]} {joined[4:]}".strip()


def _text(name: str, values: Mapping[str, str]) -> str:
    return _template(name).substitute(values)


@cache
def _template(name: str) -> Template:
    return Template(files("ion_notifier.templates").joinpath(name).read_text(encoding="utf-8").rstrip("\n"))
