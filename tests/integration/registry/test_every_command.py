"""Each kind of command on the real database: deregistering, withdrawing, insurance, corrections, blocks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ion_platform.database import Pool
from tests.integration.registry.handling import assert_whole, codes, events, patient_of, registered, take
from tests.integration.registry.made_changes import carry_out, correct, coverage, deregister, unblock, withdraw
from tests.integration.registry.made_messages import (
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    Partition,
    key_of,
    party_of,
    register,
    settle,
)

DAY = date(2027, 3, 10)
NEXT_DAY = date(2027, 3, 11)
LATER = date(2027, 3, 15)
CLOSED_DAY = date(2027, 4, 1)
SECOND_DAY = date(2027, 4, 2)


async def test_a_deregistration_ends_on_the_day_before_and_another_gp_begins_on_the_day(pool: Pool) -> None:
    partition = Partition()
    began, left = register(1, PRACTICE_A, DAY), deregister(1, PRACTICE_A, LATER)
    elsewhere = register(1, PRACTICE_B, LATER)
    await take(pool, partition, [began], DAY)
    await take(pool, partition, [left, elsewhere], LATER)
    assert await codes(pool, began, left, elsewhere) == ["registered", "deregistered", "registered"]
    patient = await patient_of(pool, 1)
    assert await events(pool, patient) == ["started", "ended", "started"]
    assert await registered(pool, patient) == (PRACTICE_B, LATER)
    row = await pool.fetchrow("select previous_since, previous_until, details from journal where event = 'ended'")
    assert row is not None
    assert tuple(row) == (DAY, LATER - timedelta(days=1), {"reason": "moved"})
    await assert_whole(pool, [began, left, elsewhere])


async def test_a_deregistration_of_somebody_unknown_elsewhere_or_of_today_is_refused(pool: Pool) -> None:
    partition = Partition()
    began = register(1, PRACTICE_A, DAY)
    made = [deregister(1, PRACTICE_B, LATER), deregister(2, PRACTICE_A, LATER), deregister(1, PRACTICE_A, DAY)]
    await take(pool, partition, [began, *made], LATER)
    assert await codes(pool, *made) == ["not-registered-here", "patient-unknown", "began-today"]
    assert await pool.fetchval("select count(*) from patient") == 1
    await assert_whole(pool, [began, *made])


async def test_a_deregistration_on_a_closed_day_waits_and_what_is_withdrawn_meanwhile_is_never_done(
    pool: Pool,
) -> None:
    partition = Partition()
    began = [register(number, PRACTICE_A, DAY) for number in (1, 2)]
    left = [deregister(number, PRACTICE_A, CLOSED_DAY) for number in (1, 2)]
    back = withdraw(left[0], 1, PRACTICE_A, CLOSED_DAY)
    await take(pool, partition, [*began, *left], CLOSED_DAY)
    await take(pool, partition, [back], CLOSED_DAY)
    due = [settle(left[n], await patient_of(pool, n + 1), SECOND_DAY) for n in (0, 1)]
    await take(pool, partition, due, SECOND_DAY)
    assert await codes(pool, left[0], back) == [
        "deferred-closed-day",
        "withdrawn-before-processing",
        "withdrawn",
    ]
    assert await codes(pool, left[1]) == ["deferred-closed-day", "deregistered"]
    assert await registered(pool, await patient_of(pool, 1)) == (PRACTICE_A, DAY)
    assert await registered(pool, await patient_of(pool, 2)) == (None, None)
    await assert_whole(pool, [*began, *left, back])


@pytest.mark.parametrize("together", [True, False])
async def test_a_withdrawn_transfer_gives_the_patient_back_also_within_one_batch(pool: Pool, together: bool) -> None:
    partition = Partition()
    began, moved = register(1, PRACTICE_A, DAY), register(1, PRACTICE_B, LATER)
    back = withdraw(moved, 1, PRACTICE_B, LATER)
    for batch in [[began, moved, back]] if together else [[began], [moved], [back]]:
        await take(pool, partition, batch, LATER)
    assert await codes(pool, moved, back) == ["transferred", "withdrawn"]
    assert await registered(pool, await patient_of(pool, 1)) == (PRACTICE_A, DAY)
    await assert_whole(pool, [began, moved, back])


async def test_a_withdrawal_of_the_only_registration_leaves_nobody(pool: Pool) -> None:
    partition = Partition()
    began = register(1, PRACTICE_A, DAY)
    back = withdraw(began, 1, PRACTICE_A, DAY)
    await take(pool, partition, [began, back], DAY)
    assert await registered(pool, await patient_of(pool, 1)) == (None, None)
    again = register(1, PRACTICE_B, DAY)
    await take(pool, partition, [again], DAY)
    assert await codes(pool, back, again) == ["withdrawn", "registered"]
    await assert_whole(pool, [began, back, again])


async def test_a_withdrawal_that_may_not_be_says_why(pool: Pool) -> None:
    partition = Partition()
    began, moved = register(1, PRACTICE_A, DAY), register(1, PRACTICE_B, LATER)
    refused = [
        withdraw(began, 1, PRACTICE_A, LATER),
        withdraw(moved, 1, PRACTICE_B, LATER, party=party_of(PRACTICE_C)),
        withdraw(register(1, PRACTICE_B, LATER), 1, PRACTICE_B, LATER),
        withdraw(moved, 2, PRACTICE_B, LATER),
        withdraw(moved, 1, PRACTICE_B, LATER + timedelta(days=15)),
    ]
    await take(pool, partition, [began, moved], LATER)
    await take(pool, partition, refused, LATER + timedelta(days=15))
    assert await codes(pool, *refused) == [
        "built-upon",
        "nothing-to-withdraw",
        "nothing-to-withdraw",
        "patient-unknown",
        "withdraw-term-over",
    ]
    await assert_whole(pool, [began, moved, *refused])


async def test_a_changed_insurance_is_kept_as_periods_and_never_touches_the_registration(pool: Pool) -> None:
    partition = Partition()
    began = register(1, PRACTICE_A, DAY)
    january = date(2027, 1, 1)
    made = [
        coverage(2, "7119", january),
        coverage(1, "7119", january, DAY - timedelta(days=1), day=DAY),
        coverage(1, "0101", date(2028, 1, 1), day=DAY),
        coverage(1, "3311", DAY, LATER, day=DAY),
        coverage(1, None, LATER, LATER, day=DAY),
        coverage(1, "7119", LATER, DAY, day=DAY),
    ]
    await take(pool, partition, [began, *made], LATER)
    assert await codes(pool, *made) == [
        "patient-unknown",
        "insurance-recorded",
        "insurance-recorded",
        "insurance-unchanged",
        "insurance-recorded",
        "wrong-period",
    ]
    rows = await pool.fetch("select since, until, uzovi from insurance order by since")
    assert [tuple(row) for row in rows] == [
        (january, DAY - timedelta(days=1), "7119"),
        (DAY, LATER - timedelta(days=1), "3311"),
        (LATER + timedelta(days=1), date(2027, 12, 31), "3311"),
        (date(2028, 1, 1), None, "0101"),
    ]
    assert await events(pool, await patient_of(pool, 1)) == ["started"]
    await assert_whole(pool, [began, *made])


async def test_a_person_known_without_a_registration_has_an_insurance_too(pool: Pool) -> None:
    partition = Partition()
    refused = register(1, "01099999", DAY)
    told = coverage(1, "7119", DAY)
    await take(pool, partition, [refused], DAY)
    await take(pool, partition, [told], DAY)
    assert await codes(pool, refused, told) == ["unknown-agb-code", "insurance-recorded"]
    assert await pool.fetchval("select uzovi from insurance") == "7119"
    await assert_whole(pool, [refused, told])


async def test_a_correction_rewrites_days_and_leaves_the_old_belief_readable(pool: Pool) -> None:
    partition = Partition()
    began = register(1, PRACTICE_A, DAY)
    fixed = correct(1, PRACTICE_B, NEXT_DAY, date(2027, 3, 12), day=LATER)
    by_a_gp = correct(1, PRACTICE_B, NEXT_DAY, day=LATER, office=False)
    unknown = correct(1, "01099999", NEXT_DAY, day=LATER)
    ahead = correct(1, None, LATER + timedelta(days=1), day=LATER)
    so_already = correct(1, PRACTICE_B, NEXT_DAY, date(2027, 3, 12), day=LATER)
    made = [fixed, by_a_gp, unknown, ahead, so_already]
    await take(pool, partition, [began], DAY)
    await take(pool, partition, made, LATER)
    assert await codes(pool, *made) == [
        "corrected",
        "not-authorised",
        "unknown-agb-code",
        "wrong-period",
        "nothing-to-correct",
    ]
    rows = await pool.fetch("select holder, valid_from, valid_until, replaced from journal where event is not null")
    assert sorted(map(tuple, rows), key=lambda row: row[1]) == [
        (PRACTICE_A, DAY, None, []),
        (PRACTICE_B, NEXT_DAY, date(2027, 3, 12), [[PRACTICE_A, "2027-03-11", "2027-03-12"]]),
    ]
    assert await registered(pool, await patient_of(pool, 1)) == (PRACTICE_A, date(2027, 3, 13))
    await assert_whole(pool, [began, *made])


async def test_two_gps_who_take_a_patient_to_and_fro_block_them_until_the_office_lifts_it(pool: Pool) -> None:
    partition = Partition()
    fro = [register(1, (PRACTICE_A, PRACTICE_B)[n % 2], DAY + timedelta(days=n)) for n in range(4)]
    day = DAY + timedelta(days=5)
    refused = [register(1, PRACTICE_C, day), unblock(1, PRACTICE_A, day, office=False)]
    lifted, too_late = unblock(1, PRACTICE_A, day), unblock(1, PRACTICE_B, day)
    await take(pool, partition, fro, DAY + timedelta(days=3))
    patient = await patient_of(pool, 1)
    assert await events(pool, patient) == ["started", "transferred", "transferred", "transferred", "blocked"]
    await take(pool, partition, refused, day)
    await take(pool, partition, [lifted, too_late], day)
    assert await codes(pool, *refused, lifted, too_late) == [
        "patient-blocked",
        "not-authorised",
        "unblocked",
        "not-blocked",
    ]
    assert await registered(pool, patient) == (PRACTICE_A, day)
    assert await pool.fetchval("select blocked_on from current") is None
    assert (await events(pool, patient))[-2:] == ["transferred", "unblocked"]
    await assert_whole(pool, [*fro, *refused, lifted, too_late])


async def test_a_block_that_is_lifted_on_a_closed_day_waits_with_its_registration(pool: Pool) -> None:
    partition = Partition()
    fro = [register(1, (PRACTICE_A, PRACTICE_B)[n % 2], DAY + timedelta(days=n)) for n in range(4)]
    lifted = unblock(1, PRACTICE_C, CLOSED_DAY)
    await take(pool, partition, [*fro, lifted], CLOSED_DAY)
    patient = await patient_of(pool, 1)
    assert await pool.fetchval("select blocked_on from current") == DAY + timedelta(days=3)
    await take(pool, partition, [settle(lifted, patient, SECOND_DAY)], SECOND_DAY)
    assert await codes(pool, lifted) == ["deferred-closed-day", "unblocked"]
    assert await registered(pool, patient) == (PRACTICE_C, SECOND_DAY)
    assert await pool.fetchval("select blocked_on from current") is None
    await assert_whole(pool, [*fro, lifted])


async def test_a_ruling_that_is_carried_out_gives_the_disputed_days_to_its_gp(pool: Pool) -> None:
    partition = Partition()
    made = [register(1, PRACTICE_A, DAY), register(1, PRACTICE_B, NEXT_DAY)]
    await take(pool, partition, made, NEXT_DAY)
    patient = await patient_of(pool, 1)
    ruled = carry_out(patient, key_of(1), PRACTICE_A, PRACTICE_B, NEXT_DAY, day=LATER)
    await take(pool, partition, [ruled], LATER)
    assert await codes(pool, ruled) == ["ruling-carried-out"]
    assert await registered(pool, patient) == (PRACTICE_A, DAY)
    await assert_whole(pool, [*made, ruled])
