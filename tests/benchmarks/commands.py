"""Commands as the gateway sends them: 60 % transfers, 30 % first registrations, 10 % that change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from ion_contracts.envelope import Envelope
from ion_contracts.messages import Mode, Person, Register, Sex
from tests.benchmarks.people import FIRST_NEW_NUMBER, Somebody, agb_code, numbers_of, somebody_of

SOURCE = "urn:nld:ion:cov-gateway"
STRIDE = 7_368_787
"""A prime, so that every loaded patient has a turn before anybody has a second one, in no order that a table has."""


@dataclass(frozen=True, slots=True)
class Population:
    """What the loader made, and how many of them earlier runs took."""

    patients: int
    practices: int
    taken: int


@dataclass(frozen=True, slots=True)
class Made:
    """A command with its key and envelope."""

    key: bytes
    envelope: Envelope
    body: Register


def made_commands(population: Population, count: int, day: date, seed: int, first: int = 0) -> Iterator[Made]:
    """Returns `count` commands offered on a day; `first` says how many of this run another process makes."""
    chance = Random(seed)
    offered_at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    turns = _turns(population, population.taken + first)
    newcomers = _newcomers(population, population.taken + first)
    for _ in range(count):
        kind = chance.random()
        who = next(newcomers) if 0.60 <= kind < 0.90 else next(turns)
        practice = who.practice
        if kind < 0.60:
            practice = (practice + chance.randrange(1, population.practices)) % population.practices
        # Half of the rest are on that list already; the other half ask for a day to come.
        start = day + timedelta(days=1) if kind >= 0.95 else None
        yield _made(who, agb_code(practice), day, offered_at, start, chance)


def _made(who: Somebody, code: str, day: date, at: datetime, start: date | None, chance: Random) -> Made:
    body = Register(
        agb_code=code,
        person=Person(
            bsn=who.bsn,
            initials=who.initials,
            family_name=who.family_name,
            birth_date=who.birth_date,
            sex=Sex(who.sex),
        ),
        mode=Mode.AUTOMATIC,
        offered_on=day,
        offered_at=at,
        start_date=start,
        uzovi=who.uzovi,
        party=f"party of {code}",
    )
    command_id = str(UUID(int=chance.getrandbits(128), version=4))
    envelope = Envelope(command_id, SOURCE, body.TYPE, at, correlation_id=command_id)
    return Made(who.routing_key, envelope, body)


def _turns(population: Population, taken: int) -> Iterator[Somebody]:
    numbers = numbers_of(population.patients)
    at = taken
    while True:
        who = somebody_of(numbers[at * STRIDE % len(numbers)], population.practices)
        at += 1
        if who is not None:
            yield who


def _newcomers(population: Population, taken: int) -> Iterator[Somebody]:
    number = FIRST_NEW_NUMBER + taken
    while True:
        who = somebody_of(number, population.practices)
        number += 1
        if who is not None:
            yield who
