"""Invented people for trying things out: one for each valid BSN in 9999xxxxx, always the same."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from stdnum.nl import bsn as elfproef

from ion_contracts.messages import Sex

INSURERS = {
    "3311": "Zilveren Kruis (simulated)",
    "7095": "VGZ (simulated)",
    "7119": "CZ (simulated)",
    "3332": "Menzis (simulated)",
    "7029": "DSW (simulated)",
    "3343": "ONVZ (simulated)",
}
_WEIGHTS = (30, 24, 20, 13, 8, 5)
_FAMILY_NAMES = [
    "Jansen",
    "Bakker",
    "Visser",
    "Smit",
    "Meijer",
    "Mulder",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "Dekker",
    "Dijkstra",
    "Brouwer",
    "Kok",
    "Jacobs",
    "Vermeulen",
    "Schouten",
    "Willems",
    "Hoekstra",
    "Koster",
    "Prins",
    "Huisman",
    "Postma",
    "Kuiper",
    "Blom",
    "Kramer",
    "Veenstra",
    "Timmerman",
    "Groen",
    "Sanders",
    "Yilmaz",
    "Kaya",
    "Wouters",
    "Hofman",
    "Scholten",
    "Kuijpers",
    "Martens",
    "Evers",
    "Wolters",
    "Molenaar",
    "Nijland",
    "Terpstra",
    "Zwart",
    "Boer",
    "Heuvel",
    "Berg",
    "Dijk",
    "Linden",
    "Broek",
    "Wal",
]
_PREFIXED = {
    "Boer": "de",
    "Heuvel": "van den",
    "Berg": "van den",
    "Dijk": "van",
    "Linden": "van der",
    "Broek": "van den",
}
_PREFIXED |= {"Wal": "van der", "Groen": "de", "Vos": "de", "Zwart": "de"}
_LETTERS = "ABCDEFGHIJKLMNPRSTVW"


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """One invented person; `insurers` has none, one, or two UZOVI codes."""

    bsn: str
    initials: str
    prefix: str
    family_name: str
    birth_date: date
    sex: Sex
    insurers: tuple[str, ...]
    deceased: bool


@cache
def population() -> tuple[Inhabitant, ...]:
    """Returns all 9,091 of them, in the order of their BSNs: 96 % insured once, 2 % not, 1 % twice; 1 % deceased."""
    chance = random.Random(20260101)
    numbers = (f"9999{tail:05}" for tail in range(100_000))
    return tuple(_inhabitant(number, chance) for number in numbers if elfproef.is_valid(number))


def _inhabitant(bsn: str, chance: random.Random) -> Inhabitant:
    family_name = chance.choice(_FAMILY_NAMES)
    insured = chance.random()
    codes = chance.choices(list(INSURERS), _WEIGHTS)
    if insured < 0.02:
        codes = []
    elif insured < 0.03:
        codes = sorted(chance.sample(list(INSURERS), 2))
    return Inhabitant(
        bsn=bsn,
        initials="".join(f"{chance.choice(_LETTERS)}." for _ in range(chance.randint(1, 3))),
        prefix=_PREFIXED.get(family_name, ""),
        family_name=family_name,
        birth_date=date(1930, 1, 1) + timedelta(days=chance.randrange(34_000)),
        sex=chance.choice((Sex.MALE, Sex.FEMALE)),
        insurers=tuple(codes),
        deceased=chance.random() < 0.01,
    )


def write_population(path: Path, people: Iterable[Inhabitant]) -> None:
    """Writes them as CSV, for people who try things out."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["bsn", "initials", "prefix", "familyName", "birthDate", "sex", "insurers", "deceased"])
        for p in people:
            row = [p.bsn, p.initials, p.prefix, p.family_name, p.birth_date.isoformat(), p.sex.value]
            writer.writerow([*row, " ".join(p.insurers), "yes" if p.deceased else "no"])
