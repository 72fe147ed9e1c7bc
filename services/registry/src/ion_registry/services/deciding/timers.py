"""What becomes due with time turns into commands, whose ids say what they are about: doing it twice is impossible."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from operator import itemgetter
from uuid import UUID, uuid5

from asyncpg import Record

from ion_contracts.catalogue import COMMANDS
from ion_contracts.envelope import Envelope
from ion_contracts.messages import AskTemporary, CloseDay, EndTemporary, Message, SettleWaiting
from ion_platform.clock import Clock
from ion_platform.database import Connection, Pool
from ion_platform.outbox import Outgoing, enqueue
from ion_registry.domain.calendar import ONE_DAY
from ion_registry.services.publishing.render import SOURCE
from ion_registry.storage.journal import QUERIES

TIMER_NAMESPACE = UUID("6f2b8a44-0d0e-5c55-9a7e-1d6e0c1b7a10")
"""Ours; never changes, or a timer would do its work again under another id."""
DUE_ROWS_MAX = 1000
DAYS_MAX = 31
"""Days of one partition in one go; after a long outage the timer simply goes on."""


async def send_due_waiting(pool: Pool, clock: Clock) -> bool:
    """Puts a command for what is due (rule 6) in the outbox; returns whether there may be more."""
    now, today = clock.now(), clock.today()
    async with pool.acquire() as connection, connection.transaction():
        due = await connection.fetch(QUERIES["claim_due_waiting"], today, DUE_ROWS_MAX)
        await enqueue(connection, [_settle(row, now) for row in due])
    return bool(due)


async def send_due_temporary(pool: Pool, clock: Clock) -> bool:
    """Puts a command for each term of a temporary registration that is due (rule 34) in the outbox.

    Returns whether there may be more.
    """
    now, today = clock.now(), clock.today()
    async with pool.acquire() as connection, connection.transaction():
        due = await connection.fetch(QUERIES["claim_due_temporary"], today, DUE_ROWS_MAX)
        in_order = sorted(due, key=itemgetter("due_on"))  # After an outage both may be due: asked first, then ended.
        await enqueue(connection, [_term(row, now) for row in in_order])
    return bool(due)


async def send_passed_days(pool: Pool, clock: Clock, partitions: Collection[int]) -> bool:
    """Puts a command for each day that has passed and each partition in the outbox; returns whether there may be more.

    A register that starts for the first time closes yesterday and nothing before it.
    """
    now, yesterday = clock.now(), clock.today() - ONE_DAY
    async with pool.acquire() as connection, connection.transaction():
        await _ensure_timers(connection, partitions, yesterday)
        passed = await connection.fetch(QUERIES["claim_passed_days"], list(partitions), yesterday, DAYS_MAX)
        await enqueue(connection, [_close(row["partition"], row["day"], now) for row in passed])
    return bool(passed)


async def _ensure_timers(connection: Connection, partitions: Collection[int], yesterday: date) -> None:
    await connection.execute(QUERIES["ensure_day_timers"], list(partitions), yesterday - ONE_DAY)


def _settle(row: Record, now: datetime) -> Outgoing:
    body = SettleWaiting(patient_id=row["patient_id"], offered_on=row["process_on"])
    envelope = _envelope(f"settle/{row['command_id']}", body, now, row["correlation_id"], row["command_id"])
    return Outgoing(COMMANDS.name, row["routing_key"], envelope, body, row["partition"])


def _term(row: Record, now: datetime) -> Outgoing:
    body: AskTemporary | EndTemporary
    if row["kind"] == "ask":
        body = AskTemporary(patient_id=row["patient_id"], offered_on=row["due_on"])
    else:
        body = EndTemporary(patient_id=row["patient_id"], offered_on=row["due_on"])
    name = f"{row['kind']}/{row['patient_id']}/{row['due_on'].isoformat()}"
    return Outgoing(COMMANDS.name, row["routing_key"], _envelope(name, body, now), body)


def _close(partition: int, day: date, now: datetime) -> Outgoing:
    body = CloseDay(day=day)
    envelope = _envelope(f"close/{partition}/{day.isoformat()}", body, now)
    return Outgoing(COMMANDS.name, None, envelope, body, partition)


def _envelope(
    name: str, body: Message, now: datetime, correlation_id: str | None = None, causation_id: str | None = None
) -> Envelope:
    identifier = str(uuid5(TIMER_NAMESPACE, name))
    return Envelope(
        id=identifier,
        source=SOURCE,
        type=body.TYPE,
        time=now,
        correlation_id=correlation_id or identifier,
        causation_id=causation_id,
    )
