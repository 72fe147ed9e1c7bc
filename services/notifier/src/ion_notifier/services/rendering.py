"""From a delivery to its mail: Dutch, plain text and HTML, without anything that names the patient."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from textwrap import fill

from ion_notifier.domain.claimed import ClaimedDelivery, Practice
from ion_notifier.domain.delivery import Reason
from ion_notifier.services.composing import compose
from ion_notifier.services.words import WORDS
from ion_platform.documents import long_date

SENDER_NAME = "ION, inschrijving op naam"
_LINE_WIDTH, _LABEL_WIDTH = 72, 18
_REWRITING = (Reason.CORRECTED, Reason.RULED)


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
    column = f"{values['days_label']}:".ljust(_LABEL_WIDTH)
    markup = {name: escape(value) for name, value in values.items()}
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
        text=_body(delivery, "txt", {**values, "opening": fill(values["opening"], _LINE_WIDTH), "days_column": column}),
        html=_body(delivery, "html", markup),
    )


def _body(delivery: ClaimedDelivery, kind: str, values: Mapping[str, str]) -> str:
    if delivery.new_agb_code is None:
        return _text(f"patient_left.{kind}", {**values, "new_gp": _text(f"new_gp_none.{kind}", values)})
    practice = "practice_unknown" if delivery.new_practice is None else "practice_known"
    values = {**values, "new_practice": _text(f"{practice}.{kind}", values)}
    return _text(f"patient_left.{kind}", {**values, "new_gp": _text(f"new_gp.{kind}", values)})


def _values(delivery: ClaimedDelivery, sender: Sender) -> dict[str, str]:
    practice, words = delivery.new_practice or Practice("", "", "", "", ""), WORDS[delivery.reason]
    label, days, subject_day = _days(delivery)
    values = {
        "name": delivery.name,
        "agb_code": delivery.agb_code,
        "reference": delivery.reference,
        "opening": words.opening,
        "reason": words.reason,
        "subject": f"{words.subject} {subject_day}",
        "days_label": label,
        "days": days,
        "new_gp_label": words.new_gp,
        "portal_url": sender.portal_url,
        "new_agb_code": delivery.new_agb_code or "",
        "new_name": practice.name,
        "new_street": practice.street,
        "new_house_number": practice.house_number,
        "new_postcode": _postcode(practice.postcode),
        "new_city": practice.city,
    }
    return {name: one_line(value) for name, value in values.items()}


def _days(delivery: ClaimedDelivery) -> tuple[str, str, str]:
    """Returns what the days of a mail are called, which they are, and the one of its subject."""
    ended_on = long_date(delivery.ended_on)
    if delivery.reason not in _REWRITING:
        return "Einddatum", f"{ended_on} (de laatste dag bij u)", ended_on
    first = long_date(delivery.ended_on + timedelta(days=1))
    last = "tot nader bericht" if delivery.lost_until is None else f"tot en met {long_date(delivery.lost_until)}"
    return "Dagen", f"vanaf {first} {last}", first


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
