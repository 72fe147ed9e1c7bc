"""How far an operation on a list is, what withdrawing a batch would do, and the cases of a party."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ion_contracts.catalogue import COMMANDS
from ion_contracts.messages import MoveList, Withdraw, WithdrawBatch
from ion_platform.database import Pool
from ion_registry.services.deciding.list_operations import send_next_portion
from tests.integration.registry.asking import OFFICE, Ask, looks, provider, questions, record
from tests.integration.registry.made_messages import (
    PRACTICE_A,
    PRACTICE_B,
    Made,
    Partition,
    person,
    register,
)
from tests.integration.registry.set_clock import SetClock
from tests.integration.registry.taking import add_patient, in_case, ruled_case, take
from tests.unit.registry import made_cases

BEGAN, DAY, CLOSED_DAY = date(2027, 1, 10), date(2027, 3, 30), date(2027, 4, 1)
BATCH = UUID("00000000-0000-4000-8000-0000000000ba")
PARTY_OF_A, PARTY_OF_B = f"made party of {PRACTICE_A}", f"made party of {PRACTICE_B}"


def in_batch(made: Made) -> Made:
    return Made(made.body.model_copy(update={"batch_id": BATCH}), made.key, made.id)


@pytest.fixture
async def batch(pool: Pool) -> Partition:
    """A batch of B: three new patients, one from A, one already there; one more on a closed day waits.

    Since then one of the new patients went to A.
    """
    partition = Partition()
    await record(pool, partition, [register(4, PRACTICE_A, BEGAN), register(5, PRACTICE_B, BEGAN)], BEGAN)
    await record(pool, partition, [register(6, PRACTICE_A, BEGAN)], BEGAN)
    of_batch = [in_batch(register(number, PRACTICE_B, DAY)) for number in (1, 2, 3, 4, 5)]
    await record(pool, partition, of_batch, DAY)
    await record(pool, partition, [register(3, PRACTICE_A, DAY + timedelta(days=1))], DAY + timedelta(days=1))
    await record(pool, partition, [in_batch(register(6, PRACTICE_B, CLOSED_DAY))], CLOSED_DAY)
    return partition


@pytest.mark.usefixtures("batch")
async def test_rule_27_the_preview_says_what_withdrawing_would_do(pool: Pool) -> None:
    question = {"agbCode": PRACTICE_B, "batchId": str(BATCH)}
    async with questions(pool, CLOSED_DAY) as ask:
        status, answer = await ask("/withdrawals/_preview", question, provider(PRACTICE_B))
    # Whom the batch met on the list already is no part of it: nothing was done for them.
    expected = {"patients": 5, "withdrawn": 3, "waiting": 1, "builtUpon": 1, "termOver": 0, "blocked": 0, "nothing": 0}
    assert (status, answer) == (200, expected)
    async with questions(pool, DAY + timedelta(days=15)) as ask:
        _, answer = await ask("/withdrawals/_preview", {**question, "party": PARTY_OF_B}, OFFICE)
    assert answer == {**expected, "withdrawn": 0, "termOver": 3}


async def test_the_preview_is_what_the_withdrawal_then_does(pool: Pool, batch: Partition) -> None:
    clock, operation_id = SetClock(CLOSED_DAY), uuid4()
    question = {"agbCode": PRACTICE_B, "batchId": str(BATCH)}
    async with questions(pool, CLOSED_DAY) as ask:
        _, preview = await ask("/withdrawals/_preview", question, provider(PRACTICE_B))
    command = WithdrawBatch(
        operation_id=operation_id,
        agb_code=PRACTICE_B,
        withdrawn_batch_id=BATCH,
        offered_on=CLOSED_DAY,
        offered_at=datetime.now(UTC),
        party=PARTY_OF_B,
    )
    await record(pool, batch, [Made(command, operation_id.bytes)], CLOSED_DAY)
    while await send_next_portion(pool, clock):
        pass
    sent = [
        Made(Withdraw.model_validate_json(row["value"]), row["key"])
        for row in await pool.fetch("select key, value from outbox where topic = $1", COMMANDS.name)
    ]
    await record(pool, batch, sent, CLOSED_DAY)
    rows = await pool.fetch("select code from journal where batch_id = $1", operation_id)
    done = Counter(row["code"] for row in rows)
    assert done["withdrawn"] == preview["withdrawn"] + preview["waiting"]
    assert done["built-upon"] == preview["builtUpon"]
    assert len(rows) == preview["patients"]


@pytest.mark.usefixtures("batch")
async def test_a_batch_of_somebody_else_is_not_previewed(ask: Ask, pool: Pool) -> None:
    question: dict[str, Any] = {"agbCode": PRACTICE_A, "batchId": str(BATCH)}
    assert (await ask("/withdrawals/_preview", question))[1]["code"] == "not-found"
    assert (await ask("/withdrawals/_preview", {**question, "party": PARTY_OF_B}))[1]["code"] == "not-own-code"
    assert (await ask("/withdrawals/_preview", {**question, "agbCode": PRACTICE_B}))[1]["code"] == "not-own-code"
    assert [look[2:] for look in await looks(pool)] == [
        ("not-found", None),
        ("refused", "not-own-code"),
        ("refused", "not-own-code"),
    ]


async def test_an_operation_shows_its_progress_to_who_started_it(ask: Ask, pool: Pool) -> None:
    partition, operation_id = Partition(), uuid4()
    await record(pool, partition, [register(number, PRACTICE_A, BEGAN) for number in range(4)], BEGAN)
    command = MoveList(
        operation_id=operation_id,
        from_agb_code=PRACTICE_A,
        agb_code=PRACTICE_B,
        offered_on=DAY,
        offered_at=datetime.now(UTC),
        party=PARTY_OF_A,
    )
    await record(pool, partition, [Made(command, operation_id.bytes)], DAY)
    question = {"operationId": str(operation_id)}
    _, answer = await ask("/list-operations/_search", question)
    assert (answer["status"], answer["total"], answer["sent"]) == ("running", 4, 0)
    await send_next_portion(pool, SetClock(DAY))
    _, answer = await ask("/list-operations/_search", question, OFFICE)
    assert (answer["status"], answer["total"], answer["sent"], answer["accepted"]) == ("running", 4, 4, 0)
    status, answer = await ask("/list-operations/_search", question, provider(PRACTICE_B))
    assert (status, answer["code"]) == (404, "not-found")


async def test_rule_40_a_party_sees_its_cases_without_their_texts(ask: Ask, pool: Pool) -> None:
    async with pool.acquire() as connection:
        await add_patient(connection)
        ruled = await ruled_case(connection)
        opened = uuid4()
        await take(connection, in_case(opened, made_cases.opened(bsn=person(7).bsn)))
    of_requester = provider(made_cases.REQUESTER)
    codes = {"agbCodes": [made_cases.REQUESTER]}
    status, answer = await ask("/cases/_search", codes, of_requester)
    assert status == 200
    assert {(one["caseId"], one["state"]) for one in answer["cases"]} == {(str(ruled), "ruled"), (str(opened), "open")}
    _, answer = await ask("/cases/_search", {**codes, "onlyOpen": True}, of_requester)
    assert [one["caseId"] for one in answer["cases"]] == [str(opened)]
    _, answer = await ask("/cases/_search", {"agbCodes": [made_cases.OTHER]}, provider(made_cases.OTHER))
    assert len(answer["cases"]) == 2
    _, answer = await ask("/cases/_search", codes, provider("01099999"))
    assert answer["code"] == "not-own-code"
    _, answer = await ask("/cases/_search", {"agbCodes": ["01099999"]}, OFFICE)
    assert answer == {"cases": []}
