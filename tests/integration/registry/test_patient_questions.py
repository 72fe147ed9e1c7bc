"""Questions about one person: the GP on a day, the history, a claim, and who left and came."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from ion_contracts.messages import Correct, Deregister, DeregistrationReason, Subject
from ion_platform.database import Pool
from tests.integration.registry.asking import OF_A, OFFICE, Ask, insurer, looks, patient_id, provider, record
from tests.integration.registry.made_messages import (
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    Made,
    Partition,
    person,
    register,
    routing_key,
)

BEGAN, MOVED, KNOWN = date(2027, 1, 10), date(2027, 3, 10), date(2027, 5, 3)
OF_B = provider(PRACTICE_B)
BSN = person(1).bsn


@pytest.fixture
async def partition(pool: Pool) -> Partition:
    """A patient of A who moved to B in March; the register learned in May that it was C from 1 to 10 April."""
    partition = Partition()
    await record(pool, partition, [register(1, PRACTICE_A, BEGAN), register(2, PRACTICE_A, BEGAN)], BEGAN)
    await record(pool, partition, [register(1, PRACTICE_B, MOVED, uzovi="7119")], MOVED)
    corrected = Correct(
        subject=Subject(bsn=BSN),
        holder=PRACTICE_C,
        valid_from=date(2027, 4, 1),
        valid_until=date(2027, 4, 10),
        reference="C-2027/2",
        offered_on=KNOWN,
        offered_at=datetime.now(UTC),
        party="the office",
        office=True,
    )
    await record(pool, partition, [Made(corrected, routing_key(BSN))], KNOWN)
    return partition


async def holder(ask: Ask, day: str, asker: dict[str, str] = OFFICE, **more: Any) -> Any:
    status, answer = await ask("/holders/_search", {"bsn": BSN, "onDate": day, **more}, asker)
    return (answer.get("agbCode"), answer.get("since")) if status == 200 else answer["code"]


@pytest.mark.usefixtures("partition")
async def test_rule_7_with_whom_a_patient_was_on_a_day_as_known_at_a_moment(ask: Ask) -> None:
    assert await holder(ask, "2027-01-09") == (None, None)
    assert await holder(ask, "2027-01-10") == (PRACTICE_A, "2027-01-10")
    assert await holder(ask, "2027-03-09") == (PRACTICE_A, "2027-01-10")
    assert await holder(ask, "2027-03-10") == (PRACTICE_B, "2027-03-10")
    assert await holder(ask, "2027-04-01") == (PRACTICE_C, "2027-04-01")
    assert await holder(ask, "2027-04-11") == (PRACTICE_B, "2027-03-10")
    assert await holder(ask, "2027-04-01", knownAt="2027-05-02T00:00:00Z") == (PRACTICE_B, "2027-03-10")
    assert await holder(ask, "2027-04-01", knownAt="2027-01-01T00:00:00Z") == (None, None)


@pytest.mark.usefixtures("partition")
async def test_rule_43_who_may_not_see_a_person_does_not_find_anybody(ask: Ask, pool: Pool) -> None:
    assert await holder(ask, "2027-02-01", OF_A) == (PRACTICE_A, "2027-01-10")
    assert await holder(ask, "2027-04-20", OF_A) == "not-found"
    assert await holder(ask, "2027-02-01", OF_B) == (PRACTICE_A, "2027-01-10")
    assert await holder(ask, "2027-02-01", insurer("3311")) == (PRACTICE_A, "2027-01-10")
    assert await holder(ask, "2027-04-20", insurer("3311")) == "not-found"
    assert await holder(ask, "2027-04-20", insurer("3311"), ownCodes=["3311", "7119"]) == (PRACTICE_B, "2027-03-10")
    assert await holder(ask, "2027-04-20", insurer("3311"), ownCodes=["7119"]) == "not-own-code"
    assert [look[2] for look in await looks(pool)] == [
        "found",
        "not-found",
        "found",
        "found",
        "not-found",
        "found",
        "refused",
    ]
    seen = await pool.fetch("select distinct patient_id from access_log where result = 'not-found'")
    assert [row[0] for row in seen] == [await patient_id(pool, BSN)]


async def test_a_person_is_named_in_one_way(ask: Ask) -> None:
    for subject in ({}, {"bsn": BSN, "patientId": "00000000-0000-4000-8000-000000000001"}, {"bsn": "123456789"}):
        status, answer = await ask("/holders/_search", {"onDate": "2027-04-01", **subject}, OFFICE)
        assert (status, answer["code"]) == (400, "invalid-input")
        assert "123456789" not in str(answer)
        assert BSN not in str(answer)


async def test_history_tells_who_did_what_and_what_was_refused(ask: Ask, pool: Pool, partition: Partition) -> None:
    await record(pool, partition, [register(1, PRACTICE_A, KNOWN, date(2027, 5, 1))], KNOWN)
    question = {"patientId": str(await patient_id(pool, BSN)), "knownAt": "2027-04-01T00:00:00Z"}
    status, answer = await ask("/histories/_search", question, OF_B)
    assert status == 200
    assert [(one["code"], one["party"], one["offeredOn"]) for one in answer["entries"]] == [
        ("start-in-past", f"made party of {PRACTICE_A}", "2027-05-03"),
        ("corrected", "the office", "2027-05-03"),
        ("transferred", f"made party of {PRACTICE_B}", "2027-03-10"),
        ("registered", f"made party of {PRACTICE_A}", "2027-01-10"),
    ]
    assert answer["entries"][1]["replaced"] == [{"agbCode": PRACTICE_B, "since": "2027-04-01", "until": "2027-04-10"}]
    assert answer["entries"][2]["replaced"] == [{"agbCode": PRACTICE_A, "since": "2027-01-10", "until": "2027-03-09"}]
    assert answer["registrations"] == [
        {"agbCode": PRACTICE_A, "since": "2027-01-10", "until": "2027-03-09"},
        {"agbCode": PRACTICE_B, "since": "2027-03-10", "until": "2027-03-31"},
        {"agbCode": PRACTICE_C, "since": "2027-04-01", "until": "2027-04-10"},
        {"agbCode": PRACTICE_B, "since": "2027-04-11"},
    ]
    assert answer["registrationsThen"] == [
        {"agbCode": PRACTICE_A, "since": "2027-01-10", "until": "2027-03-09"},
        {"agbCode": PRACTICE_B, "since": "2027-03-10"},
    ]
    assert answer["truncated"] is False
    assert [(await ask("/histories/_search", question, asker))[1]["code"] for asker in (OF_A, insurer("7119"))] == [
        "not-found",
        "not-for-this-role",
    ]


async def test_a_person_whom_nobody_knows_is_not_found(ask: Ask, pool: Pool) -> None:
    status, answer = await ask("/histories/_search", {"bsn": BSN}, OFFICE)
    assert (status, answer["code"]) == (404, "not-found")
    assert await looks(pool) == [("history", "read", "not-found", None)]


@pytest.mark.usefixtures("partition")
async def test_rule_46_a_claim_of_another_gp_gets_code_366(ask: Ask) -> None:
    async def check(agb_code: str, day: str, asker: dict[str, str], bsn: str = BSN, **more: str) -> Any:
        question = {"bsn": bsn, "agbCode": agb_code, "referenceDate": day, **more}
        status, answer = await ask("/claims/_check", question, asker)
        return answer if status == 200 else answer["code"]

    of_c, refused = {"registered": True, "agbCode": PRACTICE_C}, {"registered": False, "code": "366"}
    assert await check(PRACTICE_C, "2027-04-01", insurer("7119")) == of_c
    assert await check(PRACTICE_B, "2027-04-01", insurer("7119")) == {**refused, "agbCode": PRACTICE_C}
    known_before = {"knownAt": "2027-05-02T00:00:00Z"}
    assert (await check(PRACTICE_B, "2027-04-01", insurer("7119"), **known_before))["registered"] is True
    assert await check(PRACTICE_C, "2027-04-01", insurer("3311")) == "not-found"
    assert await check(PRACTICE_A, "2027-01-01", OFFICE) == {"registered": False}
    # Rule 48: the GP proves from the register that a rejection was wrong.
    assert await check(PRACTICE_C, "2027-04-01", provider(PRACTICE_C)) == of_c
    assert await check(PRACTICE_C, "2027-04-02", OFFICE) == "invalid-input"


@pytest.mark.usefixtures("partition")
async def test_who_left_is_told_with_the_new_gp(ask: Ask, pool: Pool, partition: Partition) -> None:
    leaving = Deregister(
        subject=Subject(bsn=person(2).bsn),
        reason=DeregistrationReason.EMIGRATED,
        agb_code=PRACTICE_A,
        offered_on=MOVED,
        offered_at=datetime.now(UTC),
        party="made party",
    )
    await record(pool, partition, [Made(leaving, routing_key(person(2).bsn))], KNOWN)
    question: dict[str, Any] = {"agbCode": PRACTICE_A, "fromDate": "2027-03-01", "untilDate": "2027-03-31"}
    status, answer = await ask("/departures/_search", question)
    assert status == 200
    moved, emigrated = sorted(answer["movements"], key=lambda one: one["reason"], reverse=True)
    assert moved["patient"]["bsn"] == BSN
    assert (moved["until"], moved["reason"]) == ("2027-03-09", "registered-elsewhere")
    assert moved["otherGp"] == {
        "agbCode": PRACTICE_B,
        "name": f"Praktijk {PRACTICE_B}",
        "street": "Voorbeeldstraat",
        "houseNumber": "1",
        "postcode": "1234 AB",
        "city": "Voorbeeldstad",
    }
    assert (emigrated["until"], emigrated["reason"], "otherGp" in emigrated) == ("2027-03-09", "emigrated", False)
    seen, cursor = 0, {}
    while cursor is not None:
        _, page = await ask("/departures/_search", {**question, "pageSize": 1, **cursor})
        seen += len(page["movements"])
        cursor = {"cursor": page["nextCursor"]} if "nextCursor" in page else None
    assert seen == 2
    for wrong in ({"untilDate": "2027-02-28"}, {"untilDate": "2028-03-01"}):
        assert (await ask("/departures/_search", {**question, **wrong}))[0] == 400
    assert (await ask("/departures/_search", question, OF_B))[1]["code"] == "not-own-code"


@pytest.mark.usefixtures("partition")
async def test_where_a_new_patient_came_from(ask: Ask) -> None:
    period = {"fromDate": "2027-01-01", "untilDate": "2027-06-30"}
    _, answer = await ask("/arrivals/_search", {"agbCode": PRACTICE_B, **period}, OF_B)
    came = [(one["since"], one.get("until"), one["otherGp"]["agbCode"]) for one in answer["movements"]]
    assert came == [("2027-03-10", "2027-03-31", PRACTICE_A), ("2027-04-11", None, PRACTICE_C)]
    _, answer = await ask("/arrivals/_search", {"agbCode": PRACTICE_A, **period})
    assert ["otherGp" in one for one in answer["movements"]] == [False, False]
