"""The write path of the register on a real database: what a batch of commands leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import asyncpg
import pytest

from ion_contracts.catalogue import COMMANDS
from ion_platform.database import Pool
from ion_platform.subscription import Unreadable
from ion_registry.services.deciding.handle_commands import CommandHandler
from tests.integration.registry.made_messages import (
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    Made,
    Partition,
    close,
    person,
    register,
    routing_key,
    settle,
)
from tests.integration.registry.set_clock import SetClock

DAY = date(2027, 3, 10)
NEXT_DAY = date(2027, 3, 11)
CLOSED_DAY = date(2027, 4, 1)
SECOND_DAY = date(2027, 4, 2)


async def take(pool: Pool, partition: Partition, made: Sequence[Made], day: date = DAY) -> None:
    """Handles one batch in a transaction, as the consumer does."""
    async with pool.acquire() as connection, connection.transaction():
        await CommandHandler(SetClock(day)).handle(connection, partition.deliver(made))


async def outcomes(pool: Pool) -> list[tuple[str, str]]:
    """Returns (command id, code) of all rows in the order of the journal."""
    rows = await pool.fetch('select command_id, code from journal order by partition, "offset", n')
    return [(row["command_id"], row["code"]) for row in rows]


async def test_a_batch_registers_and_transfers_several_patients_and_one_patient_several_times(pool: Pool) -> None:
    first, second = register(1, PRACTICE_A, DAY), register(2, PRACTICE_A, DAY)
    moved, refused = register(1, PRACTICE_B, NEXT_DAY, uzovi="7119"), register(1, PRACTICE_C, NEXT_DAY)
    await take(pool, Partition(), [first, second, moved, refused])
    assert await outcomes(pool) == [
        (first.id, "registered"),
        (second.id, "registered"),
        (moved.id, "transferred"),
        (refused.id, "second-registration-same-day"),
    ]
    rows = await pool.fetch("select agb_code, since, last_end, sequence from current order by sequence")
    assert [tuple(row) for row in rows] == [(PRACTICE_A, DAY, None, 1), (PRACTICE_B, NEXT_DAY, DAY, 2)]
    insured = await pool.fetch(
        "select i.since, i.until, i.uzovi from insurance i join current using (patient_id) where sequence = 2"
    )
    assert [tuple(row) for row in sorted(insured)] == [(DAY, DAY, "3311"), (NEXT_DAY, None, "7119")]
    counts = await pool.fetch("select agb_code, sum(patients) from list_count group by 1 order by 1")
    assert [tuple(row) for row in counts] == [(PRACTICE_A, 1), (PRACTICE_B, 1)]


async def test_the_journal_says_who_what_when_and_under_which_policy(pool: Pool) -> None:
    await take(pool, Partition(3), [register(1, PRACTICE_A, DAY, uzovi="7119")])
    row = await pool.fetchrow("select * from journal")
    patient_id = await pool.fetchval("select patient_id from patient")
    assert row is not None
    assert (row["generation"], row["partition"], row["offset"], row["n"]) == (1, 3, 0, 0)
    assert (row["kind"], row["status"], row["patient_id"]) == ("register", "accepted", patient_id)
    assert (row["party"], row["mode"], row["offered_on"]) == (f"made party of {PRACTICE_A}", "automatic", DAY)
    assert (row["recorded_on"], row["policy_version"], row["provider_version"]) == (DAY, 2, 1)
    assert (row["event"], row["holder"], row["valid_from"], row["uzovi"]) == ("started", PRACTICE_A, DAY, "7119")
    assert row["causation_id"] == row["command_id"]


async def test_a_command_that_comes_again_is_dropped_in_the_same_batch_and_in_a_later_one(pool: Pool) -> None:
    partition = Partition()
    command, waiting = register(1, PRACTICE_A, DAY), register(1, PRACTICE_B, CLOSED_DAY)
    await take(pool, partition, [command, command])
    await take(pool, partition, [command, waiting, waiting])
    await take(pool, partition, [waiting, command])
    assert await outcomes(pool) == [(command.id, "registered"), (waiting.id, "deferred-closed-day")]
    assert await pool.fetchval("select count(*) from waiting") == 1


async def test_the_same_records_taken_again_meet_their_own_key(pool: Pool) -> None:
    command = register(1, PRACTICE_A, DAY)
    await take(pool, Partition(), [command])
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await take(pool, Partition(), [register(2, PRACTICE_A, DAY)])
    assert refused.value.constraint_name == "journal_record_once"


async def test_what_waits_is_settled_by_the_timer_once(pool: Pool) -> None:
    partition = Partition()
    command = register(1, PRACTICE_B, CLOSED_DAY, uzovi="7119", family_name="Nieuwenaam")
    await take(pool, partition, [register(1, PRACTICE_A, DAY), command], CLOSED_DAY)
    patient_id = await pool.fetchval("select patient_id from patient")
    timer = settle(command, patient_id, SECOND_DAY)
    await take(pool, partition, [timer, timer], SECOND_DAY)
    await take(pool, partition, [timer], SECOND_DAY)
    assert (await outcomes(pool))[1:] == [(command.id, "deferred-closed-day"), (command.id, "transferred")]
    row = await pool.fetchrow("select * from journal where sequence = 2")
    assert row is not None
    assert (row["since"], row["previous_until"], row["causation_id"]) == (SECOND_DAY, CLOSED_DAY, timer.id)
    assert row["correlation_id"] == f"operation-{command.id}"
    assert await pool.fetchval("select count(*) from waiting") == 0
    assert await pool.fetchval("select family_name from patient") == "Nieuwenaam"


async def test_what_waits_is_settled_by_a_later_command_in_the_same_or_a_later_batch(pool: Pool) -> None:
    for number, batches in ((1, 1), (2, 2)):
        partition = Partition(number)
        await take(pool, partition, [register(number, PRACTICE_A, DAY)])
        waiting, behind = register(number, PRACTICE_B, CLOSED_DAY), register(number, PRACTICE_C, CLOSED_DAY)
        later = register(number, PRACTICE_C, date(2027, 4, 5))
        if batches == 1:
            await take(pool, partition, [waiting, behind, later], date(2027, 4, 5))
        else:
            await take(pool, partition, [waiting, behind], CLOSED_DAY)
            await take(pool, partition, [later], date(2027, 4, 5))
        rows = await pool.fetch(
            'select command_id, code from journal where partition = $1 order by "offset", n', number
        )
        assert [tuple(row) for row in rows][1:] == [
            (waiting.id, "deferred-closed-day"),
            (behind.id, "deferred-closed-day"),
            (waiting.id, "transferred"),
            (behind.id, "no-longer-possible"),
            (later.id, "transferred"),
        ]
    assert await pool.fetchval("select count(*) from waiting") == 0


async def test_a_refused_command_leaves_the_person_data_as_it_is(pool: Pool) -> None:
    partition = Partition()
    await take(pool, partition, [register(1, PRACTICE_A, DAY)])
    await take(pool, partition, [register(1, PRACTICE_B, DAY, family_name="Anders")])
    assert await pool.fetchval("select family_name from patient") == person(1).family_name
    await take(pool, partition, [register(1, PRACTICE_A, DAY, family_name="Anders")])
    assert await pool.fetchval("select family_name from patient") == "Anders"


@pytest.mark.parametrize("key", [None, b"", b"short", b"x" * 17, routing_key(person(2).bsn)])
async def test_a_command_under_a_wrong_key_is_malformed(pool: Pool, key: bytes | None) -> None:
    partition = Partition()
    known = register(2, PRACTICE_A, DAY)
    wrong = Made(register(1, PRACTICE_A, DAY).body, key)
    await take(pool, partition, [known, wrong])
    assert await outcomes(pool) == [(known.id, "registered"), (wrong.id, "malformed")]
    assert await pool.fetchval("select count(*) from patient") == 1


async def test_a_bsn_that_is_known_under_another_key_is_malformed_also_within_one_batch(pool: Pool) -> None:
    partition = Partition()
    good = register(1, PRACTICE_A, DAY)
    wrong = Made(register(1, PRACTICE_A, DAY).body, b"another key, 16B")
    again = Made(register(1, PRACTICE_A, DAY).body, b"another key, 16B")
    await take(pool, partition, [good, wrong])
    await take(pool, partition, [again])
    assert [code for _, code in await outcomes(pool)] == ["registered", "malformed", "malformed"]


async def test_an_unreadable_record_gets_one_malformed_outcome_when_its_id_can_be_read(pool: Pool) -> None:
    known = register(1, PRACTICE_A, DAY)
    await take(pool, Partition(), [known])
    handler = CommandHandler(SetClock(DAY))

    def unreadable(offset: int, command_id: str | None) -> Unreadable:
        headers = [] if command_id is None else [("ce_id", command_id.encode())]
        return Unreadable(COMMANDS.name, 0, offset, None, headers, b"no json", "not-json: the value is not valid JSON")

    for batch in (
        [unreadable(10, "poison-1"), unreadable(11, None), unreadable(12, known.id)],
        [unreadable(13, "poison-1")],
    ):
        async with pool.acquire() as connection, connection.transaction():
            await handler.refuse_unreadable(connection, batch)
    rows = await pool.fetch("select command_id, status, code, reason from journal where kind = 'malformed'")
    assert [tuple(row) for row in rows] == [
        ("poison-1", "refused", "malformed", "not-json: the value is not valid JSON")
    ]


async def test_what_comes_after_a_closed_day_is_recorded_on_the_day_after_it(pool: Pool) -> None:
    partition = Partition()
    before, after = register(1, PRACTICE_A, DAY), register(2, PRACTICE_A, DAY)
    await take(pool, partition, [before, close(DAY), close(DAY - timedelta(days=1)), after])
    rows = await pool.fetch('select kind, recorded_on, closed_day from journal order by "offset"')
    assert [tuple(row) for row in rows] == [
        ("register", DAY, None),
        ("close-day", DAY, DAY),
        ("register", NEXT_DAY, None),
    ]


async def test_the_time_of_recording_never_goes_back_within_a_partition(pool: Pool) -> None:
    partition, other = Partition(0), Partition(1)
    await take(pool, partition, [register(1, PRACTICE_A, NEXT_DAY)], NEXT_DAY)
    await take(pool, partition, [register(2, PRACTICE_A, DAY)], DAY)
    await take(pool, other, [register(3, PRACTICE_A, DAY)], DAY)
    rows = await pool.fetch('select recorded_on from journal order by partition, "offset"')
    assert [row["recorded_on"] for row in rows] == [NEXT_DAY, NEXT_DAY, DAY]


@pytest.mark.parametrize("statement", ["update journal set code = 'x'", "delete from journal", "truncate journal"])
async def test_the_journal_refuses_every_change_even_of_its_owner(pool: Pool, statement: str) -> None:
    await take(pool, Partition(), [register(1, PRACTICE_A, DAY)])
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await pool.execute(statement)


async def test_the_journal_holds_no_name_and_no_bsn(pool: Pool) -> None:
    await take(pool, Partition(), [register(1, PRACTICE_A, DAY), register(1, PRACTICE_B, NEXT_DAY)])
    text = await pool.fetchval("select string_agg(journal::text, ' ') from journal")
    assert person(1).bsn not in text
    assert person(1).family_name not in text


async def test_a_second_active_registration_is_impossible_in_the_database(pool: Pool) -> None:
    await take(pool, Partition(), [register(1, PRACTICE_A, DAY)])
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await pool.execute("update current set last_end = since")
    assert refused.value.constraint_name == "current_starts_after_last_end"
