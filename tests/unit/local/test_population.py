"""The invented people are always the same, and of every kind that a coverage check can meet."""

from __future__ import annotations

from stdnum.nl import bsn as elfproef

from ion_local.demo.people import FILE_LINES, cast
from ion_local.demo.steps import CROWD, STOPPED_INSURER
from ion_local.population import INSURERS, population


def test_there_is_one_person_for_each_test_number() -> None:
    people = population()
    assert len({person.bsn for person in people}) == len(people) == 9091
    assert all(person.bsn.startswith("9999") and elfproef.is_valid(person.bsn) for person in people)


def test_people_are_insured_once_twice_or_not() -> None:
    counts = [len(person.insurers) for person in population()]
    assert 0.94 < counts.count(1) / len(counts) < 0.98
    assert counts.count(0) > 100
    assert counts.count(2) > 50
    assert {uzovi for person in population() for uzovi in person.insurers} == set(INSURERS)


def test_nobody_plays_two_parts_in_the_demo() -> None:
    players = cast(STOPPED_INSURER, CROWD)
    everybody = [*players.file, players.at_stopped_insurer, players.newcomer, *players.crowd]
    assert len({person.bsn for person in everybody}) == len(everybody) == FILE_LINES + 2 + CROWD
    assert not any(elfproef.is_valid(person.bsn) for person in players.wrong_bsn)
