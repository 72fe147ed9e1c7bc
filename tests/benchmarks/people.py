"""Invented people in any number, each computed from its own number: the loader and the commands never disagree.

Their BSNs fail the elfproef with remainder 5: nobody has such a number, and no process takes one without a setting.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from hashlib import blake2b, sha256
from math import isqrt
from typing import NamedTuple

FIRST_NUMBER = 10_000_000
"""The first loaded person; a number is the first eight digits of the BSN."""
FIRST_NEW_NUMBER = 60_000_000
"""From here on nobody is loaded: whom commands register for the first time."""
_NUMBERS_PER_PERSON = 11 / 10
"""One in eleven numbers has no ninth digit."""

INSURERS = [
    "3311",
    "7095",
    "7119",
    "3332",
    "7029",
    "3343",
    "0101",
    "3351",
    "3358",
    "3313",
    "3361",
    "7053",
    "0699",
    "0736",
    "7037",
    "9018",
    "9086",
    "3336",
    "3347",
    "0212",
]
"""Twenty; the first ones insure most."""
MEAN_LIST = 3_600
PRACTICES_MAX = 5_000
BIG_PRACTICES = 0.03
"""So many have lists of four times the mean, about 15,000; the others between a few and 6,500."""
IN_BIG_PRACTICES = 0.12

_HEADS = [
    "Aal",
    "Bak",
    "Boer",
    "Bos",
    "Dek",
    "Dijk",
    "Eik",
    "Gaar",
    "Groen",
    "Haan",
    "Hof",
    "Huis",
    "Jon",
    "Kok",
    "Kuip",
    "Laar",
]
_TAILS = [
    "berg",
    "broek",
    "daal",
    "donk",
    "horst",
    "huizen",
    "kamp",
    "laan",
    "man",
    "meijer",
    "stra",
    "veld",
    "voort",
    "weg",
    "wijk",
    "zeel",
]
_LETTERS = "ABCDEFGHIJKLMNPR"
_SEXES = ("male", "female")
_BORN_FROM = date(1930, 1, 1).toordinal()


class Somebody(NamedTuple):
    """One invented person as the loader leaves them; practices by index, `earlier` is None without a transfer."""

    bsn: str
    patient_id: bytes
    routing_key: bytes
    initials: str
    family_name: str
    birth_date: date
    sex: str
    practice: int
    earlier: int | None
    uzovi: str


def practices_for(patients: int) -> int:
    """Returns how many practices there are, so that lists have their real length at every size."""
    return max(10, min(PRACTICES_MAX, patients // MEAN_LIST))


def agb_code(practice: int) -> str:
    """Returns the code of a practice."""
    return f"010{practice:05}"


def numbers_of(patients: int) -> range:
    """Returns the numbers among which so many people are."""
    return range(FIRST_NUMBER, FIRST_NUMBER + int(patients * _NUMBERS_PER_PERSON))


def people(numbers: range, practices: int) -> Iterator[Somebody]:
    """Returns everybody with these numbers."""
    for number in numbers:
        somebody = somebody_of(number, practices)
        if somebody is not None:
            yield somebody


def somebody_of(number: int, practices: int) -> Somebody | None:
    """Returns the person with this number, or None when the number has no ninth digit."""
    bsn = bsn_of(number)
    if bsn is None:
        return None
    digest = sha256(bsn.encode()).digest()
    chosen = int.from_bytes(digest[16:20])
    family_name = _HEADS[digest[24] & 15] + _TAILS[digest[24] >> 4]
    return Somebody(
        bsn=bsn,
        patient_id=digest[:16],
        routing_key=blake2b(bsn.encode(), digest_size=16).digest(),
        initials=f"{_LETTERS[digest[25] & 15]}.{_LETTERS[digest[25] >> 4]}.",
        family_name=family_name,
        birth_date=_day(_BORN_FROM + (int.from_bytes(digest[26:28]) >> 1)),
        sex=_SEXES[digest[28] & 1],
        practice=_practice(chosen, practices),
        earlier=_practice(chosen ^ 0x5A5A5A5A, practices) if digest[28] & 2 else None,
        uzovi=INSURERS[digest[29] * digest[30] * len(INSURERS) >> 16],
    )


def bsn_of(number: int) -> str | None:
    """Returns the BSN that begins with these eight digits and fails the elfproef with remainder 5, if there is one."""
    text = str(number)
    weighted = sum(weight * (ord(digit) - 48) for weight, digit in zip(range(9, 1, -1), text, strict=True))
    last = (weighted - 5) % 11
    return None if last == 10 else f"{text}{last}"


def _practice(chosen: int, practices: int) -> int:
    """Returns a practice for 32 random bits: a few are big, the others grow evenly from nearly nobody."""
    big = max(1, int(practices * BIG_PRACTICES))
    of_big = int(IN_BIG_PRACTICES * 2**32)
    if chosen < of_big:
        return chosen * big // of_big
    share = (chosen - of_big) * 2**32 // (2**32 - of_big)
    return big + (isqrt(share << 32) * (practices - big) >> 32)


@cache
def _day(ordinal: int) -> date:
    return date.fromordinal(ordinal)


def spread(first: date, last: date, share: float) -> date:
    """Returns the day at this share of a span."""
    return first + timedelta(days=int((last - first).days * share))
