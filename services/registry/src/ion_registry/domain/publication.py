"""A ruling is published without the patient: no BSN, and not the patient's name (rule 41)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from stdnum.nl import bsn as elfproef

_NUMBER = re.compile(
    r"(?<![0-9])(?:[0-9]{8,9}|[0-9]{3}[\s.-][0-9]{3}[\s.-][0-9]{3}|[0-9]{4}[\s.-][0-9]{2}[\s.-][0-9]{3})(?![0-9])"
)
"""A BSN as people write it; any other grouping would make numbers of dates."""
_WORD = re.compile(r"\w+")
_PREFIXES = frozenset(
    _WORD.findall("aan bij da de del den der di dos du el en het in la le les op s t te ten ter uit van von zu")
)
"""Parts of many names that stand in every text."""


def names_the_patient(text: str, *, bsn: str | None, family_name: str | None, agb_codes: Collection[str]) -> bool:
    """Tells whether a text holds anybody's BSN, the patient's in any spelling, or a word of the family name.

    `bsn` and `family_name` are None when the person was removed. The parties' AGB codes may stand in the text. A name
    that is also a common word is found as well: the office then writes another word.
    """
    plain = _plain(text)
    return (
        _holds_any_bsn(plain, agb_codes)
        or (bsn is not None and bsn.removeprefix("0") in re.sub(r"[^0-9]", "", plain))
        or (family_name is not None and _holds_name(plain, _plain(family_name)))
    )


def _holds_any_bsn(text: str, agb_codes: Collection[str]) -> bool:
    numbers = {re.sub(r"[^0-9]", "", found) for found in _NUMBER.findall(text)}
    return any(elfproef.is_valid(number.zfill(9)) for number in numbers - set(agb_codes))


def _holds_name(text: str, family_name: str) -> bool:
    words = set(_WORD.findall(family_name))
    telling = {word for word in words if word not in _PREFIXES and len(word) > 1}
    found = set(_WORD.findall(text))
    return bool(telling & found) if telling else bool(words) and words <= found


def _plain(text: str) -> str:
    """Returns it in lower case, without accents and invisible characters, with ordinary digits."""
    parts = unicodedata.normalize("NFKD", text)
    kept = (part for part in parts if unicodedata.category(part) not in ("Mn", "Cf"))
    return "".join(str(unicodedata.decimal(part)) if part.isdecimal() else part for part in kept).casefold()
