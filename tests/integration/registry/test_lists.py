"""What the register answers: lists of now and of then, and counts (rules 7, 14 and 50)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ion_platform.database import Pool
from ion_registry.storage.partitions import add_partitions
from tests.integration.registry.asking import provider, record
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, Partition, close, person, register

BEGAN = date(2027, 1, 10)
MOVED = date(2027, 3, 10)


@pytest.fixture
async def partition(pool: Pool) -> Partition:
    """Thirty patients of A since January; the first five moved to B in March."""
    partition = Partition()
    await record(pool, partition, [register(number, PRACTICE_A, BEGAN) for number in range(30)], BEGAN)
    await record(pool, partition, [register(number, PRACTICE_B, MOVED) for number in range(5)], MOVED)
    return partition


@pytest.mark.usefixtures("partition")
async def test_rule_14_the_list_of_now_is_paged_with_its_total_on_top_and_ordered_by_name(ask: Any) -> None:
    status, first = await ask("/registrations/_search", {"agbCode": PRACTICE_A, "pageSize": 20})
    _, second = await ask("/registrations/_search", {"agbCode": PRACTICE_A, "pageSize": 20, "page": 2})
    _, beyond = await ask("/registrations/_search", {"agbCode": PRACTICE_A, "pageSize": 20, "page": 3})
    assert status == 200
    assert (first["total"], first["page"], first["pageSize"]) == (25, 1, 20)
    names = [one["familyName"] for page in (first, second) for one in page["registrations"]]
    assert names == [person(number).family_name for number in range(5, 30)]
    assert (beyond["total"], beyond["registrations"]) == (25, [])
    shown = first["registrations"][0]
    assert {name: shown[name] for name in shown if name != "patientId"} == {
        "bsn": person(5).bsn,
        "initials": person(5).initials,
        "prefix": "van der",
        "familyName": person(5).family_name,
        "birthDate": person(5).birth_date.isoformat(),
        "sex": "female",
        "agbCode": PRACTICE_A,
        "since": BEGAN.isoformat(),
    }


@pytest.mark.usefixtures("partition")
@pytest.mark.parametrize(
    ("agb_code", "day", "total"),
    [
        (PRACTICE_A, "2027-01-09", 0),
        (PRACTICE_A, "2027-01-10", 30),
        (PRACTICE_A, "2027-03-09", 30),
        (PRACTICE_A, "2027-03-10", 25),
        (PRACTICE_B, "2027-03-09", 0),
        (PRACTICE_B, "2027-03-10", 5),
    ],
)
async def test_rule_7_the_list_on_a_day_is_that_of_the_day(ask: Any, agb_code: str, day: str, total: int) -> None:
    _, found = await ask("/registrations/_search", {"agbCode": agb_code, "onDate": day}, provider(agb_code))
    assert found["total"] == total
    _, counted = await ask("/counts", {"onDate": day, "knownOn": "2027-12-31"})
    assert {one["agbCode"]: one["patients"] for one in counted["counts"]}.get(agb_code, 0) == total


@pytest.mark.usefixtures("partition")
async def test_a_list_of_the_past_says_when_a_period_ended_since(ask: Any) -> None:
    question = {"agbCode": PRACTICE_A, "onDate": "2027-02-01"}
    _, found = await ask("/registrations/_search", {**question, "bsn": person(0).bsn})
    assert [one["until"] for one in found["registrations"]] == ["2027-03-09"]
    _, found = await ask("/registrations/_search", {**question, "bsn": person(9).bsn})
    assert ["until" in one for one in found["registrations"]] == [False]
    question = {"agbCode": PRACTICE_B, "bsn": person(9).bsn}
    _, found = await ask("/registrations/_search", question, provider(PRACTICE_B))
    assert found["total"] == 0


async def test_counts_are_those_that_were_known_on_a_day(ask: Any, pool: Pool, partition: Partition) -> None:
    late = register(40, PRACTICE_A, date(2027, 5, 3), date(2027, 2, 1))
    await record(pool, partition, [late], date(2027, 5, 3))

    async def counts(known_on: str) -> dict[str, int]:
        _, answer = await ask("/counts", {"onDate": "2027-04-01", "knownOn": known_on})
        return {one["agbCode"]: one["patients"] for one in answer["counts"]}

    assert await counts("2027-02-01") == {PRACTICE_A: 30}
    assert await counts("2027-04-01") == {PRACTICE_A: 25, PRACTICE_B: 5}
    assert await counts("2027-05-03") == {PRACTICE_A: 26, PRACTICE_B: 5}


async def test_a_day_counts_as_closed_once_every_partition_has_closed_it(
    ask: Any, pool: Pool, partition: Partition
) -> None:
    async with pool.acquire() as connection:
        await add_partitions(connection, [0, 1])
    question = {"onDate": "2027-04-01", "knownOn": "2027-04-01"}
    await record(pool, partition, [close(date(2027, 4, 2))], date(2027, 4, 3))
    assert (await ask("/counts", question))[1]["closedThrough"] is None
    await record(pool, Partition(1), [close(date(2027, 4, 1))], date(2027, 4, 3))
    assert (await ask("/counts", question))[1]["closedThrough"] == "2027-04-01"


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"agbCode": "12345678"},
        {"agbCode": PRACTICE_A, "bsn": "999999999"},
        {"agbCode": PRACTICE_A, "pageSize": 201},
        {"agbCode": PRACTICE_A, "page": 0},
        {"agbCode": PRACTICE_A, "unknown": 1},
        {"agbCode": PRACTICE_A, "knownAt": "2027-03-10T08:00:00Z"},
    ],
)
async def test_a_wrong_question_is_told_what_is_wrong_without_repeating_it(ask: Any, question: dict[str, Any]) -> None:
    status, answer = await ask("/registrations/_search", question)
    assert (status, answer["code"]) == (400, "invalid-input")
    assert answer["errors"]
    assert "999999999" not in str(answer)


@pytest.mark.usefixtures("partition")
async def test_a_list_logs_each_person_on_the_page_and_a_search_who_was_found(ask: Any, pool: Pool) -> None:
    _, page = await ask("/registrations/_search", {"agbCode": PRACTICE_A, "pageSize": 20})
    await ask("/registrations/_search", {"agbCode": PRACTICE_A, "bsn": person(9).bsn})
    await ask("/registrations/_search", {"agbCode": PRACTICE_A, "bsn": person(0).bsn})
    rows = await pool.fetch("select action, result, on_behalf_of, patient_id from access_log order by looked_at, n")
    assert {str(row["patient_id"]) for row in rows[:20]} == {one["patientId"] for one in page["registrations"]}
    assert [(row["action"], row["result"]) for row in rows[19:]] == [
        ("list", "found"),
        ("search", "found"),
        ("search", "not-found"),
    ]
    assert {row["on_behalf_of"] for row in rows} == {PRACTICE_A}


@pytest.mark.usefixtures("partition")
async def test_who_does_not_say_who_asks_gets_no_answer(ask: Any, pool: Pool) -> None:
    status, answer = await ask("/registrations/_search", {"agbCode": PRACTICE_A}, {})
    assert (status, answer["code"]) == (401, "asker-missing")
    assert await pool.fetchval("select count(*) from access_log") == 0
