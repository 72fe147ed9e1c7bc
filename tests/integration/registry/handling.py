"""Batches of commands handled on the real database, and what must hold of the register afterwards."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import orjson

from ion_contracts.codec import decode
from ion_contracts.messages import COMMANDS
from ion_platform.database import Connection, Pool, is_infrastructure_error
from ion_registry.domain.state import registrations
from ion_registry.services.deciding.handle_commands import CommandHandler
from ion_registry.services.evidence.verify_chain import verify_chain
from ion_registry.services.publishing.render import render
from ion_registry.storage.journal import read_after, read_histories
from tests.integration.registry.made_changes import register_temporary
from tests.integration.registry.made_messages import PRACTICE_A, Made, Partition, made_bsns
from tests.integration.registry.set_clock import SetClock

ATTEMPTS_MAX = 5
ROWS_MAX = 100_000


async def take(pool: Pool, partition: Partition, made: Sequence[Made], day: date) -> None:
    """Handles one batch in a transaction, as the consumer does: again when the infrastructure was to blame."""
    batch = partition.deliver(made)
    for _ in range(ATTEMPTS_MAX):
        try:
            async with pool.acquire() as connection, connection.transaction():
                await CommandHandler(SetClock(day)).handle(connection, batch)
            return
        except Exception as error:
            if not is_infrastructure_error(error):
                raise
    raise AssertionError(f"not taken in {ATTEMPTS_MAX} attempts")


async def codes(pool: Pool, *made: Made) -> list[str]:
    """Returns what became of these commands, one after the other; what waited has two outcomes."""
    rows = await pool.fetch(
        "select code from journal where command_id = any($1::text[]) and status is not null"
        " order by array_position($1::text[], command_id), status <> 'deferred'",
        [one.id for one in made],
    )
    return [row["code"] for row in rows]


async def events(pool: Pool, patient_id: UUID) -> list[str]:
    """Returns what others heard of a patient, in order."""
    rows = await pool.fetch(
        "select event from journal where patient_id = $1 and event is not null order by sequence", patient_id
    )
    return [row["event"] for row in rows]


async def patient_of(pool: Pool, number: int) -> UUID:
    """Returns the id of the person with this number."""
    patient_id = await pool.fetchval("select patient_id from patient where bsn = $1", made_bsns()[number])
    assert isinstance(patient_id, UUID)
    return patient_id


async def patient_under(pool: Pool, key: bytes) -> UUID:
    """Returns the id of who stands under a key."""
    patient_id = await pool.fetchval("select patient_id from patient where routing_key = $1", key)
    assert isinstance(patient_id, UUID)
    return patient_id


async def registered(pool: Pool, patient_id: UUID) -> tuple[str | None, date | None]:
    """Returns who has a patient now, and since when."""
    row = await pool.fetchrow("select agb_code, since from current where patient_id = $1", patient_id)
    return (None, None) if row is None else (row["agb_code"], row["since"])


async def sent_by_register(pool: Pool) -> list[Made]:
    """Takes the commands out of the outbox, as the relay does."""
    rows = await pool.fetch(
        "with gone as (delete from outbox returning *) select * from gone order by transaction_id, id"
    )
    found = []
    for row in rows:
        headers = orjson.loads(row["headers"])
        envelope = [(name, value.encode()) for name, value in headers.items()]
        received = decode(envelope, row["value"], COMMANDS)
        found.append(Made(received.body, row["key"], received.envelope.id))
    return found


async def newborn(pool: Pool, key: bytes, day: date, partition: int = 8) -> UUID:
    """Registers somebody without BSN under a random key, in a partition of their own; returns the id."""
    began = register_temporary(9, PRACTICE_A, day, key)
    await take(pool, Partition(partition), [began], day)
    assert await codes(pool, began) == ["registered-temporary"]
    return await patient_under(pool, key)


def random_key() -> bytes:
    """Returns the key of somebody without a BSN."""
    return uuid4().bytes


async def assert_whole(pool: Pool, commands: Collection[Made] = ()) -> None:
    """Holds all that the register contains against what it promises for any sequence of commands."""
    async with pool.acquire() as connection:
        await _assert_registrations(connection)
        await _assert_outcomes(connection, {one.id for one in commands})
        await _assert_counts_and_insurance(connection)
        await _assert_leftovers(connection)
        await _assert_told(connection)
        for row in await connection.fetch("select chain from chain_tail where n > 0"):
            assert (await verify_chain(connection, row["chain"])).fault is None


async def _assert_registrations(connection: Connection) -> None:
    """Rule 1 and 2: what the journal adds up to is what `current` has, and events are numbered without gaps."""
    rows = {row["patient_id"]: row for row in await connection.fetch("select * from current")}
    numbered: defaultdict[UUID, list[int]] = defaultdict(list)
    for row in await connection.fetch("select patient_id, sequence from journal where sequence is not null"):
        numbered[row["patient_id"]].append(row["sequence"])
    assert set(numbered) == set(rows)
    for patient_id, history in (await read_histories(connection, list(rows))).items():
        spans, row = registrations(history), rows[patient_id]
        active = [(span.code, span.since) for span in spans if span.until is None]
        assert active == ([(row["agb_code"], row["since"])] if row["agb_code"] else [])
        assert all(a.until is not None and a.until < b.since for a, b in pairwise(spans))
        assert row["last_end"] == max((span.until for span in spans if span.until), default=None)
        assert sorted(numbered[patient_id]) == list(range(1, row["sequence"] + 1))


async def _assert_outcomes(connection: Connection, command_ids: set[str]) -> None:
    """One final outcome each; what has none waits."""
    rows = await connection.fetch("select command_id, status from journal where status is not null")
    final = Counter(row["command_id"] for row in rows if row["status"] != "deferred")
    deferred = Counter(row["command_id"] for row in rows if row["status"] == "deferred")
    waiting = {row["command_id"] for row in await connection.fetch("select command_id from waiting")}
    assert set(final.values()) <= {1}
    assert set(deferred.values()) <= {1}
    assert waiting == set(deferred) - set(final)
    assert command_ids <= set(final) | waiting


async def _assert_counts_and_insurance(connection: Connection) -> None:
    counted = await connection.fetch(
        "select agb_code, sum(patients)::bigint from list_count group by 1 having sum(patients) <> 0 order by 1"
    )
    listed = await connection.fetch(
        "select agb_code, count(*) from current where agb_code is not null group by 1 order by 1"
    )
    assert [tuple(row) for row in counted] == [tuple(row) for row in listed]
    spans = await connection.fetch("select patient_id, since, until from insurance order by 1, 2")
    for earlier, later in pairwise(spans):
        if earlier["patient_id"] == later["patient_id"]:
            assert earlier["until"] is not None
            assert earlier["until"] + timedelta(days=1) <= later["since"]


async def _assert_leftovers(connection: Connection) -> None:
    """Who goes on under another id, or was removed, has no registration, and nothing waits."""
    gone = "select patient_id from patient where merged_into is not null or removed_at is not null"
    assert await connection.fetch(f"select from current where agb_code is not null and patient_id in ({gone})") == []
    assert await connection.fetch(f"select from waiting where patient_id in ({gone})") == []


async def _assert_told(connection: Connection) -> None:
    """Each row can be told: its outcome and its event under ids of their own."""
    ids: Counter[str] = Counter()
    for partition in [row["partition"] for row in await connection.fetch("select distinct partition from journal")]:
        for publishable in await read_after(connection, partition, (0, -1, -1), ROWS_MAX):
            told = render(publishable)
            ids.update(message.envelope.id for message in told)
            is_told = publishable.row.status is not None or publishable.row.event is not None
            assert bool(told) >= is_told
    assert set(ids.values()) <= {1}
