"""Temporary registrations on the real database: by BSN and by a random key, extended, completed, asked and ended."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import uuid4

import pytest

from ion_platform.database import Pool
from tests.integration.registry.handling import (
    assert_whole,
    codes,
    events,
    newborn,
    patient_of,
    random_key,
    registered,
    take,
)
from tests.integration.registry.made_changes import (
    complete,
    correct,
    deregister,
    extend,
    register_temporary,
    withdraw,
)
from tests.integration.registry.made_messages import (
    PRACTICE_A,
    PRACTICE_B,
    Made,
    Partition,
    person,
    register,
    settle,
)

DAY = date(2027, 1, 11)
LATER = date(2027, 1, 20)
CLOSED_DAY = date(2027, 4, 1)
SECOND_DAY = date(2027, 4, 2)


async def test_somebody_with_a_bsn_and_no_insurance_becomes_definite_by_a_registration(pool: Pool) -> None:
    partition = Partition()
    began, longer = register_temporary(1, PRACTICE_A, DAY), extend(1, PRACTICE_A, LATER)
    definite, too_late = register(1, PRACTICE_A, LATER), extend(1, PRACTICE_A, LATER)
    await take(pool, partition, [began, longer], LATER)
    row = await pool.fetchrow("select ask_on, end_on from current")
    assert row is not None
    assert tuple(row) == (date(2027, 3, 20), date(2027, 4, 20))
    await take(pool, partition, [definite, too_late], LATER)
    assert await codes(pool, longer, definite, too_late) == ["extended", "completed", "not-temporary"]
    assert await events(pool, await patient_of(pool, 1)) == ["started", "temporary-completed"]
    await assert_whole(pool, [began, longer, definite, too_late])


async def test_what_is_partly_known_changes_nothing_of_somebody_who_is_known(pool: Pool) -> None:
    partition = Partition()
    await take(pool, partition, [register(1, PRACTICE_A, DAY)], DAY)
    left, back = deregister(1, PRACTICE_A, LATER), register_temporary(1, PRACTICE_B, LATER)
    await take(pool, partition, [left, back], LATER)
    assert await codes(pool, left, back) == ["deregistered", "registered-temporary"]
    row = await pool.fetchrow("select family_name, birth_date from patient")
    assert row is not None
    assert tuple(row) == (person(1).family_name, person(1).birth_date)
    await assert_whole(pool, [left, back])


async def test_a_likely_double_is_pointed_out_and_not_refused(pool: Pool) -> None:
    await take(pool, Partition(), [register(9, PRACTICE_B, DAY)], DAY)
    twin, key = register_temporary(9, PRACTICE_A, DAY, random_key()), random_key()
    same_practice = register_temporary(9, PRACTICE_B, DAY, key)
    await take(pool, Partition(1), [twin, same_practice], DAY)
    assert await codes(pool, twin, same_practice) == ["registered-temporary-likely-double", "registered-temporary"]
    await assert_whole(pool, [twin, same_practice])


async def test_a_completion_with_a_bsn_nobody_has_makes_it_definite_and_both_keys_lead_to_the_patient(
    pool: Pool,
) -> None:
    key = random_key()
    patient = await newborn(pool, key, DAY)
    done, own = complete(1, patient, PRACTICE_A, LATER), Partition(1)
    await take(pool, own, [done], LATER)
    assert await codes(pool, done) == ["completed"]
    assert await patient_of(pool, 1) == patient
    assert await registered(pool, patient) == (PRACTICE_A, DAY)
    assert await pool.fetchval("select end_on from current") is None
    moved = register(1, PRACTICE_B, LATER)
    by_id = deregister(patient, PRACTICE_B, LATER + timedelta(days=1), key)
    await take(pool, own, [moved], LATER)
    await take(pool, Partition(8 + 1), [by_id], LATER + timedelta(days=1))
    assert await codes(pool, moved, by_id) == ["transferred", "deregistered"]
    assert await pool.fetchval("select count(*) from patient") == 1
    await assert_whole(pool, [done, moved, by_id])


async def test_a_completion_with_a_bsn_known_elsewhere_ends_the_temporary_and_applies_the_rules_to_the_other(
    pool: Pool,
) -> None:
    key = random_key()
    temporary = await newborn(pool, key, DAY)
    began, done = register(1, PRACTICE_B, DAY), complete(1, temporary, PRACTICE_A, LATER)
    await take(pool, Partition(), [began], DAY)
    await take(pool, Partition(1), [done], LATER)
    known = await patient_of(pool, 1)
    assert await codes(pool, done) == ["completed-known-elsewhere"]
    assert await registered(pool, known) == (PRACTICE_A, LATER)
    assert await registered(pool, temporary) == (None, None)
    assert await events(pool, temporary) == ["started", "ended"]
    ended = await pool.fetchrow("select details from journal where patient_id = $1 and event = 'ended'", temporary)
    assert ended is not None
    assert ended["details"] == {"reason": "merged", "mergedInto": str(known)}
    left = deregister(temporary, PRACTICE_A, LATER + timedelta(days=1), key)
    await take(pool, Partition(9), [left], LATER + timedelta(days=1))
    assert await codes(pool, left) == ["deregistered"]
    assert await registered(pool, known) == (None, None)
    await assert_whole(pool, [began, done, left])


async def test_a_temporary_registration_that_began_today_is_rewritten_when_it_is_completed(pool: Pool) -> None:
    temporary = await newborn(pool, random_key(), LATER)
    began, done = register(1, PRACTICE_B, DAY), complete(1, temporary, PRACTICE_A, LATER)
    await take(pool, Partition(), [began, done], LATER)
    assert await codes(pool, done) == ["completed-known-elsewhere"]
    assert await events(pool, temporary) == ["started", "corrected"]
    await assert_whole(pool, [began, done])


async def test_commands_under_the_old_key_follow_to_who_the_person_turned_out_to_be(pool: Pool) -> None:
    key = random_key()
    temporary = await newborn(pool, key, DAY)
    await take(pool, Partition(), [register(1, PRACTICE_B, DAY), complete(1, temporary, PRACTICE_A, LATER)], LATER)
    again = register_temporary(9, PRACTICE_B, LATER + timedelta(days=3), key)
    await take(pool, Partition(9), [again], LATER + timedelta(days=3))
    assert await codes(pool, again) == ["transferred"]
    assert await registered(pool, await patient_of(pool, 1)) == (PRACTICE_B, LATER + timedelta(days=3))
    assert await pool.fetchval("select family_name from patient where bsn is not null") == person(1).family_name
    assert await pool.fetchval("select birth_date from patient where bsn is not null") == person(1).birth_date
    await assert_whole(pool, [again])


async def test_a_completion_that_may_not_be_says_why_and_changes_nothing(pool: Pool) -> None:
    temporary = await newborn(pool, random_key(), DAY)
    began = register(1, PRACTICE_B, DAY)
    made = [
        complete(2, uuid4(), PRACTICE_A, LATER),
        complete(1, uuid4(), PRACTICE_A, LATER),
        complete(2, temporary, PRACTICE_B, LATER),
        complete(1, temporary, PRACTICE_B, LATER),
    ]
    await take(pool, Partition(), [began, *made], LATER)
    assert await codes(pool, *made) == ["patient-unknown", "not-temporary", "not-temporary", "not-temporary"]
    assert await registered(pool, temporary) == (PRACTICE_A, DAY)
    assert await pool.fetchval("select count(*) from patient where bsn is not null") == 1
    await assert_whole(pool, [began, *made])


@pytest.mark.parametrize("together", [True, False])
async def test_a_completion_that_comes_twice_or_under_another_id_is_done_once(pool: Pool, together: bool) -> None:
    temporary, partition = await newborn(pool, random_key(), DAY), Partition()
    first, again = complete(1, temporary, PRACTICE_A, LATER), complete(1, temporary, PRACTICE_A, LATER)
    for batch in [[first, first, again]] if together else [[first], [first], [again]]:
        await take(pool, partition, batch, LATER)
    assert await codes(pool, first, again) == ["completed", "not-temporary"]
    assert await events(pool, temporary) == ["started", "temporary-completed"]
    await assert_whole(pool, [first, again])


async def test_somebody_temporary_with_a_bsn_is_never_completed_with_the_bsn_of_another(pool: Pool) -> None:
    partition = Partition()
    began, other = register_temporary(1, PRACTICE_A, DAY), register(2, PRACTICE_B, DAY)
    await take(pool, partition, [began, other], DAY)
    temporary = await patient_of(pool, 1)
    made = [complete(number, temporary, PRACTICE_A, LATER) for number in (2, 3)]
    await take(pool, partition, made, LATER)
    assert await codes(pool, *made) == ["malformed", "malformed"]
    assert await registered(pool, temporary) == (PRACTICE_A, DAY)
    await assert_whole(pool, [began, other, *made])


async def test_two_temporary_patients_who_are_one_person_become_one_in_one_batch(pool: Pool) -> None:
    keys = [random_key(), random_key()]
    first = await newborn(pool, keys[0], DAY, partition=8)
    second = await newborn(pool, keys[1], DAY, partition=9)
    made = [complete(1, first, PRACTICE_A, LATER), complete(1, second, PRACTICE_A, LATER)]
    await take(pool, Partition(), made, LATER)
    assert await codes(pool, *made) == ["completed", "completed-known-elsewhere"]
    assert await registered(pool, first) == (PRACTICE_A, DAY)
    assert await registered(pool, second) == (None, None)
    await assert_whole(pool, made)


async def test_a_completion_follows_and_precedes_commands_of_both_patients_in_one_batch(pool: Pool) -> None:
    key = random_key()
    temporary = await newborn(pool, key, DAY)
    began = register(1, PRACTICE_B, DAY)
    made = [
        extend(temporary, PRACTICE_A, LATER, key),
        complete(1, temporary, PRACTICE_A, LATER),
        extend(temporary, PRACTICE_A, LATER, key),
        correct(temporary, None, LATER, LATER, day=LATER + timedelta(days=1), key=key),
        deregister(temporary, PRACTICE_A, LATER + timedelta(days=2), key),
        register(1, PRACTICE_B, LATER + timedelta(days=2)),
    ]
    await take(pool, Partition(), [began, *made], LATER + timedelta(days=2))
    assert await codes(pool, *made) == [
        "extended",
        "completed-known-elsewhere",
        "not-temporary",
        "corrected",
        "deregistered",
        "registered",
    ]
    await assert_whole(pool, [began, *made])


async def test_a_withdrawal_behind_a_completion_in_the_same_batch_knows_the_history(pool: Pool) -> None:
    key = random_key()
    temporary = await newborn(pool, key, DAY)
    done, left = complete(1, temporary, PRACTICE_A, LATER), deregister(1, PRACTICE_A, LATER)
    back = withdraw(left, 1, PRACTICE_A, LATER)
    await take(pool, Partition(), [done, left, back], LATER)
    assert await codes(pool, done, left, back) == ["completed", "deregistered", "withdrawn"]
    assert await registered(pool, temporary) == (PRACTICE_A, DAY)
    await assert_whole(pool, [done, left, back])


async def test_a_completion_on_a_closed_day_waits_when_the_person_is_with_another_gp(pool: Pool) -> None:
    temporary, partition = await newborn(pool, random_key(), DAY), Partition()
    began, done = register(1, PRACTICE_B, DAY), complete(1, temporary, PRACTICE_A, CLOSED_DAY)
    await take(pool, partition, [began, done], CLOSED_DAY)
    assert await registered(pool, temporary) == (PRACTICE_A, DAY)
    timer = settle(done, await patient_of(pool, 1), SECOND_DAY)
    await take(pool, partition, [timer], SECOND_DAY)
    assert await codes(pool, done) == ["deferred-closed-day", "completed-known-elsewhere"]
    assert await registered(pool, temporary) == (None, None)
    assert await registered(pool, await patient_of(pool, 1)) == (PRACTICE_A, SECOND_DAY)
    await assert_whole(pool, [began, done])


async def test_two_completions_that_wait_for_one_person_are_each_judged_with_their_own_temporary_patient(
    pool: Pool,
) -> None:
    first = await newborn(pool, random_key(), DAY, partition=8)
    second = await newborn(pool, random_key(), DAY, partition=9)
    partition = Partition()
    began = register(1, PRACTICE_B, DAY)
    made = [complete(1, first, PRACTICE_A, CLOSED_DAY), complete(1, second, PRACTICE_A, CLOSED_DAY)]
    await take(pool, partition, [began, *made], CLOSED_DAY)
    await take(pool, partition, [settle(made[0], await patient_of(pool, 1), SECOND_DAY)], SECOND_DAY)
    assert await codes(pool, *made) == ["deferred-closed-day", "completed-known-elsewhere"] * 2
    assert await registered(pool, first) == (None, None)
    assert await registered(pool, second) == (None, None)
    await assert_whole(pool, [began, *made])


async def test_what_waits_for_the_temporary_patient_ends_when_the_person_goes_on_under_another_id(pool: Pool) -> None:
    key = random_key()
    temporary = await newborn(pool, key, DAY)
    own = Partition(9)
    left = deregister(temporary, PRACTICE_A, CLOSED_DAY, key)
    moved = register_temporary(9, PRACTICE_B, CLOSED_DAY, key)
    await take(pool, own, [left, moved], CLOSED_DAY)
    done = complete(1, temporary, PRACTICE_A, CLOSED_DAY)
    left_elsewhere = register(1, PRACTICE_A, DAY)
    await take(pool, Partition(), [left_elsewhere, done], CLOSED_DAY)
    await take(pool, own, [settle(left, temporary, SECOND_DAY), settle(moved, temporary, SECOND_DAY)], SECOND_DAY)
    assert await codes(pool, left) == ["deferred-closed-day", "no-longer-possible"]
    assert await codes(pool, moved) == ["deferred-closed-day", "no-longer-possible"]
    assert await codes(pool, done) == ["completed-known-elsewhere"]
    await assert_whole(pool, [left, moved, done, left_elsewhere])


async def at_once(pool: Pool, batches: Sequence[tuple[Partition, list[Made]]], day: date) -> None:
    await asyncio.gather(*(take(pool, partition, made, day) for partition, made in batches))


@pytest.mark.parametrize("attempt", range(5))
async def test_completions_of_one_temporary_patient_from_two_partitions_at_once_end_in_one(
    pool: Pool, attempt: int
) -> None:
    key = random_key()
    temporary = await newborn(pool, key, DAY)
    began = register(1, PRACTICE_B, DAY)
    await take(pool, Partition(0), [began], DAY)
    one, other = complete(1, temporary, PRACTICE_A, LATER), complete(2, temporary, PRACTICE_A, LATER)
    longer = extend(temporary, PRACTICE_A, LATER, key)
    await at_once(pool, [(Partition(1), [one]), (Partition(2), [other]), (Partition(9), [longer])], LATER)
    told = await codes(pool, one, other)
    done = {"completed", "completed-known-elsewhere"}
    assert sorted(code in done for code in told) == [False, True]
    assert set(told) - done <= {"malformed", "not-temporary"}
    await assert_whole(pool, [began, one, other, longer])
