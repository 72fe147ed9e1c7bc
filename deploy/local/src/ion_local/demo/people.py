"""Who plays in the demo: taken from the invented population, the same every time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ion_local.population import Inhabitant, population

WRONG_BSNS, NOT_INSURED, TWICE_INSURED, DECEASED = 4, 3, 2, 3
FILE_LINES, OTHERS = 200, 6


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of each scene; nobody plays in two, unless they move."""

    good: tuple[Inhabitant, ...]
    wrong_bsn: tuple[Inhabitant, ...]
    not_insured: tuple[Inhabitant, ...]
    twice_insured: tuple[Inhabitant, ...]
    deceased: tuple[Inhabitant, ...]
    at_stopped_insurer: Inhabitant
    newcomer: Inhabitant
    crowd: tuple[Inhabitant, ...]
    others: tuple[Inhabitant, ...]

    @property
    def file(self) -> tuple[Inhabitant, ...]:
        """Two hundred patients, as the GP system of practice A exports them."""
        return (*self.good, *self.wrong_bsn, *self.not_insured, *self.twice_insured, *self.deceased)


def cast(stopped_insurer: str, crowd: int) -> Cast:
    """Returns the people: `crowd` of them for the step under load."""
    everybody = population()
    sound = [p for p in everybody if len(p.insurers) == 1 and not p.deceased]
    good_count = FILE_LINES - WRONG_BSNS - NOT_INSURED - TWICE_INSURED - DECEASED
    good, rest = sound[:good_count], sound[good_count:]
    wrong = [replace(p, bsn=_damaged(p.bsn)) for p in rest[:WRONG_BSNS]]
    rest = rest[WRONG_BSNS:]
    there = next(p for p in rest if p.insurers == (stopped_insurer,))
    rest.remove(there)
    return Cast(
        good=tuple(good),
        wrong_bsn=tuple(wrong),
        not_insured=tuple([p for p in everybody if not p.insurers and not p.deceased][:NOT_INSURED]),
        twice_insured=tuple([p for p in everybody if len(p.insurers) == 2 and not p.deceased][:TWICE_INSURED]),
        deceased=tuple([p for p in everybody if p.deceased][:DECEASED]),
        at_stopped_insurer=there,
        newcomer=rest[0],
        crowd=tuple(rest[1 : crowd + 1]),
        others=tuple(rest[crowd + 1 : crowd + 1 + OTHERS]),
    )


def _damaged(bsn: str) -> str:
    """Returns the number with a last digit that fails the elfproef."""
    return bsn[:-1] + str((int(bsn[-1]) + 1) % 10)
