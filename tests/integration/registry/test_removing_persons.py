"""Removing a person on the real database: nothing that is left leads to somebody, and the journal stays whole."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from ion_platform.database import Pool
from ion_registry.domain.case import CaseState
from ion_registry.storage.cases import find_case, read_steps
from tests.integration.registry.handling import assert_whole, codes, patient_of, patient_under, registered, take
from tests.integration.registry.made_changes import (
    carry_out,
    case_step,
    complete,
    correct,
    coverage,
    deregister,
    register_temporary,
    remove,
)
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, Partition, key_of, person, register
from tests.integration.registry.taking import in_case, to_a_ruling
from tests.unit.registry import made_cases

DAY = date(2027, 1, 11)
LATER = date(2027, 1, 20)
TABLES = ("patient", "patient_alias", "insurance", "current", "waiting", "ombudsman_case", "case_step", "journal")


async def gone(pool: Pool, number: int, partition: Partition) -> UUID:
    """Makes a person known who has no registration any more; returns the id."""
    await take(pool, partition, [register(number, PRACTICE_A, DAY), deregister(number, PRACTICE_A, LATER)], LATER)
    return await patient_of(pool, number)


async def everything(pool: Pool) -> str:
    """Returns all that the register holds, as text."""
    return "\n".join([str(await pool.fetchval(f"select string_agg(t::text, ' ') from {table} t")) for table in TABLES])  # noqa: S608


async def test_what_is_left_of_a_removed_person_leads_to_nobody(pool: Pool) -> None:
    partition = Partition()
    patient = await gone(pool, 1, partition)
    removed = remove(patient, key_of(1), LATER)
    await take(pool, partition, [coverage(1, "7119", LATER), removed], LATER)
    assert await codes(pool, removed) == ["person-removed"]
    left = await everything(pool)
    assert str(patient) in left
    for trace in (person(1).bsn, person(1).family_name, key_of(1).hex(), str(person(1).birth_date)):
        assert trace not in left
    await assert_whole(pool, [removed])


async def test_who_has_a_registration_or_is_removed_by_a_gp_stays(pool: Pool) -> None:
    partition = Partition()
    await take(pool, partition, [register(2, PRACTICE_A, DAY)], DAY)
    patient, holder = await gone(pool, 1, partition), await patient_of(pool, 2)
    refused = [
        remove(patient, key_of(1), LATER, office=False),
        remove(holder, key_of(2), LATER),
        remove(uuid4(), key_of(3), LATER),
        remove(patient, key_of(2), LATER),
    ]
    await take(pool, partition, refused, LATER)
    assert await codes(pool, *refused) == [
        "not-authorised",
        "person-has-registration",
        "patient-unknown",
        "malformed",
    ]
    assert await pool.fetchval("select count(*) from patient where removed_at is not null") == 0
    await assert_whole(pool, refused)


@pytest.mark.parametrize("together", [True, False])
async def test_who_comes_back_after_a_removal_is_somebody_new_also_within_one_batch(pool: Pool, together: bool) -> None:
    partition = Partition()
    patient = await gone(pool, 1, partition)
    removed, back = remove(patient, key_of(1), LATER), register(1, PRACTICE_B, LATER)
    behind, again = coverage(1, "7119", LATER), remove(patient, key_of(1), LATER)
    for batch in [[removed, back, behind, again]] if together else [[removed], [back], [behind], [again]]:
        await take(pool, partition, batch, LATER)
    assert await codes(pool, removed, back, behind, again) == [
        "person-removed",
        "registered",
        "insurance-recorded",
        "patient-unknown",
    ]
    new = await patient_of(pool, 1)
    assert new != patient
    assert await registered(pool, new) == (PRACTICE_B, LATER)
    await assert_whole(pool, [removed, back, behind, again])


async def test_the_temporary_patient_that_a_person_was_is_removed_too(pool: Pool) -> None:
    key, partition = uuid4().bytes, Partition()
    await take(pool, Partition(9), [register_temporary(9, PRACTICE_A, DAY, key)], DAY)
    temporary = await patient_under(pool, key)
    await take(pool, partition, [register(1, PRACTICE_B, DAY), complete(1, temporary, PRACTICE_A, LATER)], LATER)
    day = LATER + timedelta(days=1)
    patient = await patient_of(pool, 1)
    removed = remove(patient, key_of(1), day)
    await take(pool, partition, [deregister(1, PRACTICE_A, day), removed], day)
    assert await codes(pool, removed) == ["person-removed"]
    left = await everything(pool)
    for trace in (person(9).family_name, person(1).family_name, key.hex(), str(person(9).birth_date)):
        assert trace not in left
    stale = deregister(temporary, PRACTICE_A, day, key)
    await take(pool, Partition(10), [stale], day)
    assert await codes(pool, stale) == ["patient-unknown"]
    await assert_whole(pool, [removed, stale])


async def test_what_was_said_in_the_cases_of_a_removed_person_is_gone_and_the_cases_stay(pool: Pool) -> None:
    partition, day = Partition(), made_cases.OPENED_ON
    ruled, open_one = uuid4(), uuid4()
    patient = await gone(pool, 7, partition)
    steps = [case_step(step) for step in [*to_a_ruling(ruled), *to_a_ruling(open_one)[:4]]]
    await take(pool, partition, steps, day)
    removed = remove(patient, key_of(7), day)
    too_late = case_step(in_case(open_one, made_cases.ruled())[0])
    await take(pool, partition, [removed, too_late], day)
    assert await codes(pool, removed, too_late) == ["person-removed", "patient-unknown"]
    assert person(7).bsn not in await everything(pool)
    async with pool.acquire() as connection:
        for case_id, state in ((ruled, CaseState.RULED), (open_one, CaseState.OPEN)):
            case = await find_case(connection, case_id)
            assert case is not None
            assert (case.patient_id, case.state) == (None, state)
            assert {row.body for row in await read_steps(connection, case_id)} == {None}
    await assert_whole(pool, [*steps, removed, too_late])


async def test_what_was_on_its_way_for_a_removed_person_changes_nothing_and_is_answered(pool: Pool) -> None:
    partition = Partition()
    patient = await gone(pool, 1, partition)
    await take(pool, partition, [remove(patient, key_of(1), LATER)], LATER)
    ruled = carry_out(patient, key_of(1), PRACTICE_A, PRACTICE_B, LATER, day=LATER)
    fixed = correct(patient, PRACTICE_B, DAY, day=LATER, key=key_of(1))
    await take(pool, partition, [ruled, fixed], LATER)
    assert await codes(pool, ruled, fixed) == ["patient-unknown", "patient-unknown"]
    assert await registered(pool, patient) == (None, None)
    await assert_whole(pool, [ruled, fixed])
