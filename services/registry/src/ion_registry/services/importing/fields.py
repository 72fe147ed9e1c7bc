"""The fields of a care provider as a file names them, and what to tell somebody who filled one in wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from ion_contracts.messages import ASSOCIATIONS_MAX, Association, CareProvider, Message
from ion_registry.domain.provider_faults import Fault, FaultCode

DAY_MIN, DAY_MAX = date(1900, 1, 1), date(2199, 12, 31)
"""Outside them a day is a slip of the pen, or somebody's word for "never" (which is: nothing filled in)."""


def _names(model: type[Message]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


FIELDS = tuple(name for name in _names(CareProvider) if name != "recordedAt")
"""In the order of the documentation; the register itself fills in recordedAt."""
REQUIRED_FIELDS = tuple(field.alias or name for name, field in CareProvider.model_fields.items() if field.is_required())
ASSOCIATION_FIELDS = tuple(_names(Association))
DAY_FIELDS = ("activeFrom", "activeUntil", "since", "until")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CODE = "must be 8 digits that begin with 01"
_TEXT = "must be a text of at most 200 characters, not blank"
_ADDRESS = "must be a mail address of at most 254 characters, such as mutaties@praktijk.example"
_DAY = f"must be a day between {DAY_MIN} and {DAY_MAX}, as 2027-03-15; leave it out when there is none"
_EXPECTED = {
    "agbCode": _CODE,
    "successor": _CODE,
    "kind": "must be person or practice",
    "name": _TEXT,
    "street": _TEXT,
    "city": _TEXT,
    "houseNumber": "must be a text of at most 10 characters, addition included",
    "postcode": "must be 4 digits and 2 capitals, as 1234 AB",
    "changeMessageAddress": _ADDRESS,
    "invoiceAddress": _ADDRESS,
    "chamberOfCommerceNumber": "must be 8 digits; a spreadsheet drops zeros in front: make the column text",
    "associations": f"must be at most {ASSOCIATIONS_MAX}, each with agbCode, since and, when it ended, until",
    **dict.fromkeys(DAY_FIELDS, _DAY),
}


def check_fields(line: int, row: Mapping[str, Any]) -> Iterator[Fault]:
    """Yields what the model of the message would let pass: unknown names, control characters, impossible days."""
    yield from _check_object(line, "", row, FIELDS)
    associations = row.get("associations")
    if isinstance(associations, list):
        for number, association in enumerate(associations[: ASSOCIATIONS_MAX + 1], start=1):
            if isinstance(association, dict):
                yield from _check_object(line, f"associations {number}, ", association, ASSOCIATION_FIELDS)


def explain(line: int, error: ValidationError) -> Iterator[Fault]:
    """Yields each error of the model in the words of the file, without the value."""
    for detail in error.errors(include_input=False, include_url=False, include_context=False):
        place, name = _place(detail["loc"])
        if detail["type"] == "missing":
            yield Fault(
                line, place, FaultCode.MISSING_FIELD, f"is missing: it {_EXPECTED.get(name, 'must be filled in')}"
            )
        else:
            yield Fault(line, place, FaultCode.INVALID_VALUE, _EXPECTED.get(name, detail["msg"]))


def _check_object(line: int, before: str, row: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[Fault]:
    for name, value in row.items():
        if name not in names:
            text = f"there is no such field: the fields are {', '.join(names)}"
            yield Fault(line, before + _printable(name), FaultCode.UNKNOWN_FIELD, text)
        elif isinstance(value, str):
            if _CONTROL.search(value):
                text = "holds a control character (a tab, a line end or worse): remove it"
                yield Fault(line, before + name, FaultCode.CONTROL_CHARACTER, text)
            elif name in DAY_FIELDS and value and not str(DAY_MIN) <= value <= str(DAY_MAX):
                yield Fault(line, before + name, FaultCode.INVALID_VALUE, _DAY)


def _place(location: tuple[int | str, ...]) -> tuple[str, str]:
    """Returns (`associations 2, since`, `since`) for where the model found an error; numbers count from 1."""
    names = [str(part) for part in location if isinstance(part, str)]
    numbers = [part + 1 for part in location if isinstance(part, int)]
    if not names:
        return "", ""
    if numbers:
        return ", ".join([f"{names[0]} {numbers[0]}", *names[1:]]), names[-1]
    return names[0], names[-1]


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name[:40])
