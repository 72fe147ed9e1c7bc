"""From a case of the ombudsman to the register: the ruling becomes a command, once, and is carried out."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from ion_contracts.messages import CarryOutRuling
from ion_platform.database import Pool
from tests.integration.registry.handling import (
    assert_whole,
    codes,
    events,
    patient_of,
    registered,
    sent_by_register,
    take,
)
from tests.integration.registry.made_changes import case_step
from tests.integration.registry.made_messages import Partition, key_of, register, settle
from tests.integration.registry.taking import in_case, to_a_ruling
from tests.unit.registry import made_cases as made

DAY = made.OPENED_ON
DISPUTED = date(2027, 1, 1)
"""The reference date of the made case."""


async def test_a_ruling_gives_the_disputed_days_to_its_gp_and_is_carried_out_once(pool: Pool) -> None:
    partition, cases = Partition(0), Partition(1)
    began = register(7, made.REQUESTER, DISPUTED - timedelta(days=30))
    taken_over = register(7, made.OTHER, DISPUTED - timedelta(days=1))
    await take(pool, partition, [began, taken_over], DISPUTED)
    case_id = uuid4()
    steps = [case_step(step) for step in to_a_ruling(case_id)]
    await take(pool, cases, [*steps, *steps[-1:]], DAY)
    await take(pool, cases, steps, DAY)
    assert await codes(pool, *steps) == ["case-opened", *["case-step-taken"] * 3, "ruling-given"]
    [ruling] = await sent_by_register(pool)
    assert isinstance(ruling.body, CarryOutRuling)
    assert (ruling.key, ruling.body.case_id, ruling.body.on_date) == (key_of(7), case_id, DISPUTED)
    await take(pool, partition, [ruling, ruling], DAY)
    await take(pool, partition, [ruling], DAY)
    patient = await patient_of(pool, 7)
    assert await codes(pool, ruling) == ["ruling-carried-out"]
    assert await events(pool, patient) == ["started", "transferred", "ruled"]
    assert await registered(pool, patient) == (made.REQUESTER, DISPUTED)
    await assert_whole(pool, [began, taken_over, *steps, ruling])


async def test_an_excluded_gp_registers_nobody_until_it_is_lifted(pool: Pool) -> None:
    partition, cases = Partition(0), Partition(1)
    await take(pool, partition, [register(7, made.REQUESTER, DISPUTED)], DISPUTED)
    case_id = uuid4()
    excluded = case_step(in_case(case_id, made.excluded(DAY, DAY + timedelta(days=30)))[0])
    await take(pool, cases, [*(case_step(step) for step in to_a_ruling(case_id)), excluded], DAY)
    meanwhile = register(8, made.OTHER, DAY + timedelta(days=1))
    await take(pool, partition, [meanwhile], DAY + timedelta(days=1))
    lifted = case_step(in_case(case_id, made.lifted(), on=DAY + timedelta(days=2))[0])
    await take(pool, cases, [lifted], DAY + timedelta(days=2))
    again = register(8, made.OTHER, DAY + timedelta(days=2))
    await take(pool, partition, [again], DAY + timedelta(days=2))
    assert await codes(pool, excluded, meanwhile, lifted, again) == [
        "case-step-taken",
        "agb-code-excluded",
        "case-step-taken",
        "registered",
    ]
    await assert_whole(pool, [excluded, meanwhile, lifted, again])


async def test_rule_41_what_waited_for_a_gp_who_is_excluded_by_then_is_no_longer_possible(pool: Pool) -> None:
    closed_day, second_day = date(2027, 4, 1), date(2027, 4, 2)
    partition, cases = Partition(0), Partition(1)
    await take(pool, partition, [register(7, made.REQUESTER, DISPUTED), register(8, made.REQUESTER, DAY)], DAY)
    excluded = case_step(in_case(case_id := uuid4(), made.excluded(second_day, second_day + timedelta(days=30)))[0])
    await take(pool, cases, [*(case_step(step) for step in to_a_ruling(case_id)), excluded], DAY)
    waiting = register(8, made.OTHER, closed_day)
    await take(pool, partition, [waiting], closed_day)
    await take(pool, partition, [settle(waiting, await patient_of(pool, 8), second_day)], second_day)
    assert await codes(pool, excluded, waiting) == ["case-step-taken", "deferred-closed-day", "no-longer-possible"]
    assert await registered(pool, await patient_of(pool, 8)) == (made.REQUESTER, DAY)
