"""Each insurer's topic tells of its own insured, and never where a person went that it does not insure (rule 43)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ion_contracts import messages as m
from ion_contracts.catalogue import insurer_changes_topic
from ion_registry.config import RegistrySettings
from tests.integration.registry.made_changes import correct, coverage, deregister
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, PRACTICE_C, Made, person, register
from tests.integration.registry.running import Published, produce, read_outcomes, read_until, running

ONE, OTHER = "3311", "7119"
JANUARY_12, FEBRUARY_15, FEBRUARY_28 = date(2026, 1, 12), date(2026, 2, 15), date(2026, 2, 28)
MARCH_1, MARCH_5, MARCH_9, MARCH_10 = date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 9), date(2026, 3, 10)
MARCH_11, MARCH_12, MARCH_20, MARCH_24, MARCH_25 = (date(2026, 3, day) for day in (11, 12, 20, 24, 25))
MOVER, NEVER_INSURED, INSURED_LATER, WITH_OTHER = range(4)
CHANGES = (
    register(MOVER, PRACTICE_A, JANUARY_12, uzovi=ONE),
    coverage(MOVER, OTHER, MARCH_1, day=FEBRUARY_15),
    register(MOVER, PRACTICE_B, MARCH_10, uzovi=OTHER),
    register(MOVER, PRACTICE_C, MARCH_12, uzovi=ONE),
    correct(MOVER, PRACTICE_B, FEBRUARY_15, MARCH_5, day=MARCH_20),
    deregister(MOVER, PRACTICE_C, MARCH_25),
    register(WITH_OTHER, PRACTICE_C, JANUARY_12, uzovi=OTHER),
)
Change = m.InsuredRegistered | m.InsuredLeft | m.InsuredCorrected


def by_hand(number: int) -> Made:
    """Returns the registration of somebody without a known insurer."""
    made = register(number, PRACTICE_A, JANUARY_12, uzovi=None)
    return Made(made.body.model_copy(update={"mode": m.Mode.MANUAL}), made.key, made.id)


def changes_in(found: Iterable[Published]) -> list[Change]:
    """Returns the messages of a topic on which nothing else may stand."""
    bodies = [one.message.body for one in found]
    assert all(isinstance(body, Change) for body in bodies)
    return [body for body in bodies if isinstance(body, Change)]


def told(found: Iterable[Change]) -> list[tuple[Any, ...]]:
    """Returns what an insurer reads, without what all messages have."""
    said: list[tuple[Any, ...]] = []
    for body in found:
        match body:
            case m.InsuredRegistered():
                previous = body.previous and (body.previous.agb_code, body.previous.until)
                said.append(("registered", body.agb_code, body.since, body.insured_from, previous))
            case m.InsuredLeft():
                said.append(("left", body.previous.agb_code, body.previous.until, body.reason.value))
            case m.InsuredCorrected():
                replaced = [(one.agb_code, one.since, one.until) for one in body.replaced]
                said.append(("corrected", body.agb_code, body.valid_from, body.valid_until, replaced))
    return said


async def test_each_insurer_gets_exactly_the_changes_of_its_own_insured_and_never_where_a_person_went_rule_43(
    settings: RegistrySettings,
) -> None:
    later = (by_hand(NEVER_INSURED), by_hand(INSURED_LATER), coverage(INSURED_LATER, OTHER, JANUARY_12))
    made = [*CHANGES, *later]
    async with running(settings):
        await produce(settings.kafka_bootstrap, made)
        await read_outcomes(settings.kafka_bootstrap, made)
        last = {ONE: 5, OTHER: 6}
        records = {
            uzovi: await read_until(
                settings.kafka_bootstrap, insurer_changes_topic(uzovi).name, lambda found, n=n: len(found) >= n
            )
            for uzovi, n in last.items()
        }

    bodies = {uzovi: changes_in(found) for uzovi, found in records.items()}
    assert all(body.uzovi == uzovi for uzovi, found in bodies.items() for body in found)
    mover = {uzovi: told(body for body in found if body.bsn == person(MOVER).bsn) for uzovi, found in bodies.items()}
    assert mover[ONE] == [
        ("registered", PRACTICE_A, JANUARY_12, None, None),
        ("left", PRACTICE_A, FEBRUARY_28, "insured-elsewhere"),
        ("registered", PRACTICE_C, MARCH_12, None, None),
        ("corrected", PRACTICE_B, FEBRUARY_15, FEBRUARY_28, [(PRACTICE_A, FEBRUARY_15, FEBRUARY_28)]),
        ("left", PRACTICE_C, MARCH_24, "deregistered"),
    ]
    assert mover[OTHER] == [
        ("registered", PRACTICE_A, JANUARY_12, MARCH_1, None),
        ("registered", PRACTICE_B, MARCH_10, None, (PRACTICE_A, MARCH_9)),
        ("left", PRACTICE_B, MARCH_11, "insured-elsewhere"),
        ("corrected", PRACTICE_B, MARCH_1, MARCH_5, [(PRACTICE_A, MARCH_1, MARCH_5)]),
    ]
    others = {uzovi: {body.bsn for body in found} - {person(MOVER).bsn} for uzovi, found in bodies.items()}
    assert others == {ONE: set(), OTHER: {person(WITH_OTHER).bsn, person(INSURED_LATER).bsn}}
