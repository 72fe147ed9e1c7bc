"""The national identifiers, as types that cannot hold a wrong one. Sources: domain notes §3."""

from __future__ import annotations

import os
import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from stdnum.nl import bsn as elfproef

from ion_contracts.times import Day

NO_BSN = "999999999"
"""The number that stands for "none" in files of care providers; it fails the elfproef on purpose."""


BENCHMARK_REMAINDER = 5
"""Benchmarks need more people than there are test numbers: theirs fail the elfproef with this remainder."""


def _takes_benchmark_bsns() -> bool:
    """Raises RuntimeError where the setting was given outside the local stack or a test."""
    if os.environ.get("ION_BENCHMARK_BSNS") != "1":
        return False
    if os.environ.get("ION_ENVIRONMENT") not in ("local", "test"):
        raise RuntimeError("ION_BENCHMARK_BSNS needs ION_ENVIRONMENT=local or test: no other place takes such numbers")
    return True


_TAKES_BENCHMARK_BSNS = _takes_benchmark_bsns()


class InvalidIdentifierError(ValueError):
    """The text is not a valid identifier. The message never repeats the text: it may be somebody's BSN."""


def normalise_bsn(text: str) -> str:
    """Returns the nine digits of a citizen number (BSN); eight digits get their leading zero back.

    Raises InvalidIdentifierError when it is not a number of that length, or fails the elfproef.
    """
    digits = text.strip()
    if not re.fullmatch(r"[0-9]{8,9}", digits):
        raise InvalidIdentifierError("a BSN has nine digits")
    digits = digits.zfill(9)
    # Nine digits are certain here: `is_valid` would clean the text first, and cost three times as much.
    if digits == "000000000" or not _passes(elfproef.checksum(digits)):
        raise InvalidIdentifierError("this is not a valid BSN: it fails the elfproef")
    return digits


def is_bsn(text: str) -> bool:
    """Tells whether a text is a citizen number as it stands: nine digits that pass the elfproef."""
    return re.fullmatch(r"[0-9]{9}", text) is not None and text != "000000000" and elfproef.is_valid(text)


def no_bsn(value: str) -> str:
    """Returns the value. Raises ValueError when it is a BSN: it stands where no BSN may be kept."""
    if is_bsn(value):
        raise ValueError("must not be a BSN")
    return value


def _passes(remainder: int) -> bool:
    return remainder == 0 or (_TAKES_BENCHMARK_BSNS and remainder == BENCHMARK_REMAINDER)


def _checked_bsn(value: object) -> object:
    return normalise_bsn(value) if isinstance(value, str) else value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


def _birth_date(value: date) -> date:
    if value.year < 1880:
        raise ValueError("a birth date lies after 1879")
    return value


# The pattern stands before the check: after it, it would be missing from the JSON Schema.
Bsn = Annotated[
    str, Field(pattern=r"^[0-9]{9}$", description="Citizen number, elfproef"), BeforeValidator(_checked_bsn)
]
AgbCode = Annotated[
    str, Field(pattern=r"^01[0-9]{6}$", description="AGB code of a GP or a GP practice: 01 and 6 digits")
]
Uzovi = Annotated[str, Field(pattern=r"^[0-9]{4}$", description="Code of an insurer or label, 4 digits")]
# No control characters: PostgreSQL takes no NUL, and a text that is printed must not steer a terminal.
PRINTABLE_PATTERN = r"^[^\x00-\x1f\x7f-\x9f]*$"
Name = Annotated[str, AfterValidator(_not_blank), Field(pattern=PRINTABLE_PATTERN, max_length=200)]
BirthDate = Annotated[Day, AfterValidator(_birth_date)]
