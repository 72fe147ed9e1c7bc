"""Counts from kept lengths of lists are those that a count of every registration gives (rules 13 and 50)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, cast
from uuid import UUID

import pytest

from ion_contracts.messages import (
    Correct,
    Deregister,
    DeregistrationReason,
    MovePatient,
    Subject,
    Withdraw,
)
from ion_platform.database import Pool
from ion_registry.domain.entry import Change, Event
from ion_registry.domain.spans import code_on
from ion_registry.domain.state import Done, registrations
from ion_registry.services.questions.counts import count_patients
from tests.integration.registry.asking import OFFICE, Ask, record
from tests.integration.registry.made_messages import (
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    PRACTICES,
    Made,
    Partition,
    person,
    register,
    routing_key,
)

FIRST_DAY = date(2027, 3, 20)
DAYS = 24
PATIENTS = 8
COMMANDS_A_DAY = 7


def make(drawn: Random, day: date, sent: list[Made], ids: dict[int, UUID]) -> Made:
    """Returns any command on a day, about one of the patients; `sent` are those before it."""
    number, code = drawn.randrange(PATIENTS), drawn.choice(PRACTICES)
    who, key = Subject(bsn=person(number).bsn), routing_key(person(number).bsn)
    offered: dict[str, Any] = {
        "offered_on": day,
        "offered_at": datetime.now(UTC),
        "party": f"made party of {code}",
        "agb_code": code,
    }
    kind = drawn.choice(["register", "register", "register", "deregister", "move", "withdraw", "withdraw", "correct"])
    if kind == "deregister":
        return Made(Deregister(subject=who, reason=DeregistrationReason.MOVED, **offered), key)
    if kind == "move" and number in ids:
        return Made(MovePatient(patient_id=ids[number], from_agb_code=drawn.choice(PRACTICES), **offered), key)
    if kind == "withdraw" and sent:
        withdrawn = drawn.choice(sent[-COMMANDS_A_DAY:])
        offered |= {"party": cast(Any, withdrawn.body).party}
        subject = getattr(withdrawn.body, "subject", None) or Subject(bsn=cast(Any, withdrawn.body).person.bsn)
        return Made(Withdraw(subject=subject, withdrawn_id=withdrawn.id, **offered), withdrawn.key)
    if kind == "correct":
        since = day - timedelta(days=drawn.randint(0, 9))
        until = drawn.choice([None, since + timedelta(days=drawn.randint(0, 4))])
        del offered["agb_code"]
        holder = drawn.choice([None, code])
        correction = Correct(
            subject=who, holder=holder, valid_from=since, valid_until=until, reference="C-1", office=True, **offered
        )
        return Made(correction, key)
    start = drawn.choice([None, day - timedelta(days=drawn.randint(1, 9))])
    return register(number, code, day, start)


async def live(pool: Pool, seed: int) -> None:
    """Some weeks over the end of a quarter, in two partitions, with some days on which nothing comes."""
    drawn, sent, ids = Random(seed), [], {}
    partitions = [Partition(0), Partition(1)]
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        if drawn.random() < 0.2:
            continue
        made: list[Made] = []
        for _ in range(drawn.randint(1, COMMANDS_A_DAY)):
            one = make(drawn, day, [m for m in sent if not isinstance(m.body, MovePatient | Withdraw)], ids)
            made.append(one)
            sent.append(one)
        for partition in partitions:
            own = [one for one in made if (one.key or b"\0")[0] % 2 == partition.number]
            await record(pool, partition, own, day)
        rows = await pool.fetch("select patient_id, bsn from patient")
        by_bsn = {row["bsn"]: row["patient_id"] for row in rows}
        ids |= {n: by_bsn[person(n).bsn] for n in range(PATIENTS) if person(n).bsn in by_bsn}


async def count_each(pool: Pool, on_date: date, known_on: date) -> dict[str, int]:
    """Counts patient by patient, by the rule that says what a history comes to."""
    rows = await pool.fetch(
        "select patient_id, holder, valid_from, valid_until, since, event, command_id, offered_on from journal"
        " where valid_from is not null and recorded_on <= $1 order by patient_id, sequence",
        known_on,
    )
    histories: dict[UUID, list[Done]] = {}
    for row in rows:
        change = Change(row["holder"], row["valid_from"], row["valid_until"], row["since"])
        done = Done(change, Event(row["event"]), row["command_id"], "", row["offered_on"])
        histories.setdefault(row["patient_id"], []).append(done)
    holders = (code_on(registrations(history), on_date) for history in histories.values())
    return dict(Counter(holder for holder in holders if holder is not None))


@pytest.mark.parametrize("seed", range(6))
async def test_counts_are_those_of_every_registration_on_any_day_as_known_on_any_other(pool: Pool, seed: int) -> None:
    await live(pool, seed)
    corrected = await pool.fetchval("select count(*) from journal where event = 'corrected'")
    assert corrected >= 3, "the weeks were too quiet to show anything"
    days = [FIRST_DAY + timedelta(days=shift) for shift in range(-10, DAYS + 3, 2)]
    async with pool.acquire() as connection:
        for on_date in days:
            for known_on in days:
                counted = await count_patients(connection, on_date, known_on)
                assert counted.patients == await count_each(pool, on_date, known_on), (on_date, known_on)


@pytest.fixture
async def counted(pool: Pool) -> None:
    """Six patients: three of A, two of B, one of C."""
    codes = [PRACTICE_A] * 3 + [PRACTICE_B] * 2 + [PRACTICE_C]
    made = [register(number, code, FIRST_DAY) for number, code in enumerate(codes)]
    await record(pool, Partition(), made, FIRST_DAY)
    await pool.execute("update provider set city = 'Andere Stad' where agb_code = $1", PRACTICE_C)


@pytest.mark.usefixtures("counted")
async def test_rule_13_inhabitants_without_a_gp_and_the_fees_missed(ask: Ask) -> None:
    regions = [
        {"name": "land", "population": 10},
        {"name": "stad", "population": 7, "cities": ["voorbeeldstad"]},
        {"name": "elders", "population": 0, "cities": ["ANDERE STAD", "Nergens"]},
    ]
    status, answer = await ask("/inhabitants-without-gp", {"feePerPatient": "17.25", "regions": regions}, OFFICE)
    assert (status, answer["onDate"]) == (200, "2027-06-15")
    shown = [(one["registered"], one["withoutGp"], one["feesMissed"]) for one in answer["regions"]]
    assert shown == [(6, 4, "69.00"), (5, 2, "34.50"), (1, 0, "0.00")]


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(
    "wrong",
    [
        {"feePerPatient": "-1"},
        {"feePerPatient": "1.23456"},
        {"regions": []},
        {"regions": [{"name": "", "population": 1}]},
        {"regions": [{"name": "land", "population": 1, "cities": ["stad\0"]}]},
        {"regions": [{"name": "land", "population": -1}]},
        {"regions": [{"name": "land", "population": 1}] * 501},
        {"onDate": "1800-01-01"},
    ],
)
async def test_figures_out_of_range_are_named(ask: Ask, wrong: dict[str, Any]) -> None:
    question = {"feePerPatient": "1", "regions": [{"name": "land", "population": 1}], **wrong}
    status, answer = await ask("/inhabitants-without-gp", question, OFFICE)
    assert (status, answer["code"]) == (400, "invalid-input")
    assert all(error["field"].split(".")[0] in wrong for error in answer["errors"])


async def test_a_day_out_of_range_is_no_day_to_count_on(ask: Ask) -> None:
    for day in ("0001-01-01", "9999-12-31", "2027-02-30"):
        status, answer = await ask("/counts", {"onDate": day, "knownOn": "2027-01-01"})
        assert (status, answer["errors"][0]["field"]) == (400, "onDate")
