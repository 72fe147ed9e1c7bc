"""Cases of the ombudsman on the real database: taken in sets, once, and never against the constraints."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from ion_platform.database import Connection, Pool
from ion_registry.domain.calendar import ONE_DAY
from ion_registry.domain.case import CaseState
from ion_registry.domain.case_code import CaseCode
from ion_registry.domain.exclusion import Exclusion
from ion_registry.services.deciding.case_steps import CaseResult, take_case_steps
from ion_registry.storage.cases import find_case, list_cases, list_open_cases, read_cases, read_steps, save_cases
from ion_registry.storage.exclusions import read_exclusions
from tests.integration.registry.made_messages import person
from tests.integration.registry.taking import DAY, PATIENT, add_patient, in_case, ruled_case, stored, take, to_a_ruling
from tests.unit.registry import made_cases as made


@pytest.fixture
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """A connection to a register that knows one patient."""
    async with pool.acquire() as connection:
        await add_patient(connection)
        yield connection


async def test_several_steps_of_one_case_in_a_batch_follow_each_other_to_a_ruling(connection: Connection) -> None:
    case_id = uuid4()
    results = await take(connection, to_a_ruling(case_id))
    assert [result.code for result in results] == ["case-opened", *["case-step-taken"] * 3, "ruling-given"]
    assert [result.ruling is not None for result in results] == [False] * 4 + [True]
    ruling = results[-1].ruling
    assert ruling is not None
    patient_id = await connection.fetchval("select patient_id from patient")
    assert (ruling.case_id, ruling.patient_id, ruling.agb_code) == (case_id, patient_id, made.REQUESTER)
    case = await stored(connection, case_id)
    assert (case.state, case.steps, case.heard) == (CaseState.RULED, 5, frozenset(case.parties))


async def test_the_same_steps_in_batches_of_one_come_to_the_same_case(connection: Connection) -> None:
    together, apart = uuid4(), uuid4()
    await take(connection, to_a_ruling(together))
    for message in to_a_ruling(apart):
        assert (await take(connection, [message]))[0].accepted
    assert replace(await stored(connection, apart), case_id=together) == await stored(connection, together)


async def test_what_is_read_is_what_was_saved(connection: Connection) -> None:
    case_id = await ruled_case(connection)
    await take(connection, in_case(case_id, made.published()))
    case = await stored(connection, case_id)
    async with connection.transaction():
        assert await read_cases(connection, [case_id, uuid4()]) == {case_id: case}
        await save_cases(connection, [case])
    assert await stored(connection, case_id) == case


async def test_a_step_that_comes_again_gives_its_code_and_does_nothing(connection: Connection) -> None:
    case_id = uuid4()
    named = [(f"again-{n}", message) for n, message in enumerate(to_a_ruling(case_id))]
    async with connection.transaction():
        first = await take_case_steps(connection, [*named, *named], DAY)
    case = await stored(connection, case_id)
    async with connection.transaction():
        again = await take_case_steps(connection, named, DAY + ONE_DAY)
    assert {name: result.code for name, result in again.items()} == {name: r.code for name, r in first.items()}
    assert all(result.accepted for result in again.values())
    assert [result.ruling for result in first.values() if result.ruling] != []
    assert [result.ruling for result in again.values() if result.ruling] == []
    assert await stored(connection, case_id) == case
    assert len(await read_steps(connection, case_id)) == 5


async def test_a_ruling_is_returned_once_also_when_it_is_tried_again_under_another_id(connection: Connection) -> None:
    case_id = await ruled_case(connection)
    again = (await take(connection, in_case(case_id, made.ruled())))[0]
    assert (again.code, again.ruling) == (CaseCode.CASE_CLOSED, None)


async def test_the_history_says_who_took_which_step_when_and_has_no_refused_one(connection: Connection) -> None:
    case_id = uuid4()
    provider = made.message(made.opened(bsn=PATIENT.bsn), office=False, case_id=case_id)
    await take(connection, [provider, *in_case(case_id, made.ruled(), made.contacted())], DAY + ONE_DAY)
    history = await read_steps(connection, case_id)
    assert [(row.n, row.kind, row.office, row.offered_on, row.recorded_on) for row in history] == [
        (1, "opened", False, DAY, DAY + ONE_DAY),
        (2, "contacted", True, DAY, DAY + ONE_DAY),
    ]
    assert history[0].body is not None
    assert history[0].body["requester"]["name"] == "A. Voorbeeldarts"


async def test_a_patient_whom_the_register_does_not_know_leaves_no_case(connection: Connection) -> None:
    unknown = uuid4()
    results = await take(connection, in_case(unknown, made.opened(bsn=person(8).bsn), made.contacted()))
    assert [result.code for result in results] == [CaseCode.PATIENT_UNKNOWN, CaseCode.CASE_UNKNOWN]
    assert await find_case(connection, unknown) is None


async def test_a_publication_is_held_against_the_patient_of_the_case(connection: Connection) -> None:
    case_id = await ruled_case(connection)
    texts = [f"{PATIENT.family_name} koos zelf.", f"BSN {PATIENT.bsn}", "De patiënt koos zelf."]
    results = await take(connection, in_case(case_id, *map(made.published, texts)))
    assert [result.code for result in results] == [*[CaseCode.PUBLICATION_NAMES_THE_PATIENT] * 2, CaseCode.STEP_TAKEN]


async def test_an_exclusion_is_read_until_it_is_lifted(connection: Connection) -> None:
    case_id, last = await ruled_case(connection), DAY + 30 * ONE_DAY
    await take(connection, in_case(case_id, made.excluded(DAY, last)))
    assert await read_exclusions(connection, [made.OTHER, made.REQUESTER]) == {
        made.OTHER: [Exclusion(made.OTHER, DAY, last)]
    }
    await take(connection, in_case(case_id, made.lifted(), on=DAY + 9 * ONE_DAY))
    assert await read_exclusions(connection, [made.OTHER]) == {
        made.OTHER: [Exclusion(made.OTHER, DAY, DAY + 8 * ONE_DAY)]
    }
    row = await connection.fetchrow("select until, lifted_on from exclusion")
    assert row is not None
    assert (row["until"], row["lifted_on"]) == (last, DAY + 9 * ONE_DAY)


async def test_excluding_and_lifting_in_one_batch_comes_to_the_same_as_in_many(connection: Connection) -> None:
    case_id, last = await ruled_case(connection), DAY + 30 * ONE_DAY
    again = made.excluded(DAY, last)
    results = await take(connection, in_case(case_id, again, made.lifted(), again, again, made.lifted(), again))
    assert [result.accepted for result in results] == [True, True, True, False, True, True]
    assert await read_exclusions(connection, [made.OTHER]) == {made.OTHER: [Exclusion(made.OTHER, DAY, last)]}
    for step, accepted in ((made.lifted(), True), (again, True), (again, False)):
        assert (await take(connection, in_case(case_id, step)))[0].accepted is accepted
    assert await read_exclusions(connection, [made.OTHER]) == {made.OTHER: [Exclusion(made.OTHER, DAY, last)]}


async def test_another_case_cannot_exclude_a_gp_for_the_same_days_and_can_lift(connection: Connection) -> None:
    one, other = await ruled_case(connection), await ruled_case(connection)
    await take(connection, in_case(one, made.excluded(DAY, DAY + 9 * ONE_DAY)))
    overlapping = made.excluded(DAY + 9 * ONE_DAY, DAY + 12 * ONE_DAY)
    assert (await take(connection, in_case(other, overlapping)))[0].code is CaseCode.EXCLUSION_OVERLAPS
    assert all(result.accepted for result in await take(connection, in_case(other, made.lifted(), overlapping)))


async def test_two_writers_who_exclude_the_same_gp_follow_each_other(pool: Pool, connection: Connection) -> None:
    cases = [await ruled_case(connection) for _ in range(6)]

    async def exclude(case_id: UUID) -> CaseResult:
        async with pool.acquire() as own:
            return (await take(own, in_case(case_id, made.excluded(DAY, DAY))))[0]

    results = await asyncio.gather(*map(exclude, cases))
    assert sorted(result.accepted for result in results) == [False] * 5 + [True]
    assert {result.code for result in results if not result.accepted} == {CaseCode.EXCLUSION_OVERLAPS}


async def test_two_writers_of_one_case_follow_each_other(pool: Pool, connection: Connection) -> None:
    case_id = uuid4()
    await take(connection, in_case(case_id, made.opened(bsn=PATIENT.bsn)))

    async def contact() -> CaseResult:
        async with pool.acquire() as own:
            return (await take(own, in_case(case_id, made.contacted())))[0]

    results = await asyncio.gather(*(contact() for _ in range(6)))
    assert sorted(result.accepted for result in results) == [False] * 5 + [True]
    assert (await stored(connection, case_id)).steps == 2


async def test_a_batch_over_many_cases_takes_as_many_queries_as_one_over_a_single_case(connection: Connection) -> None:
    queries: list[str] = []
    await ruled_case(connection)  # asyncpg asks for the types of a statement once
    connection.add_query_logger(lambda record: queries.append(record.query))
    await ruled_case(connection)
    await asyncio.sleep(0)  # a query is logged by the event loop, after its answer
    of_one = queries.copy()
    queries.clear()
    results = await take(connection, [message for _ in range(50) for message in to_a_ruling(uuid4())])
    assert sum(result.ruling is not None for result in results) == 50
    await asyncio.sleep(0)
    assert queries == of_one


async def test_overdue_and_open_cases_are_found(connection: Connection) -> None:
    waiting, contacted, ended = uuid4(), uuid4(), await ruled_case(connection)
    await take(connection, in_case(waiting, made.opened(bsn=PATIENT.bsn)))
    await take(connection, in_case(contacted, made.opened(bsn=PATIENT.bsn), made.contacted(), made.extended()))
    case = await stored(connection, waiting)

    async def overdue(day: date) -> set[UUID]:
        return {found.case_id for found in await list_cases(connection, overdue_on=day, limit=10)}

    assert await overdue(case.contact_due) == set()
    assert await overdue(case.contact_due + ONE_DAY) == {waiting}
    assert await overdue(date(2028, 1, 1)) == {waiting, contacted}
    assert [found.case_id for found in await list_open_cases(connection, 10)] == [waiting, contacted]
    assert {found.case_id for found in await list_cases(connection, overdue_on=None, limit=10)} == {
        waiting,
        contacted,
        ended,
    }


async def test_removing_a_person_leaves_the_case_and_its_history_without_what_they_said(
    connection: Connection,
) -> None:
    case_id = await ruled_case(connection)
    await connection.execute("delete from patient")
    await connection.execute("update case_step set body = null where case_id = $1", case_id)
    case = await stored(connection, case_id)
    assert (case.patient_id, case.state) == (None, CaseState.RULED)
    assert [row.body for row in await read_steps(connection, case_id)] == [None] * 5
    assert (await take(connection, in_case(case_id, made.published())))[0].accepted
