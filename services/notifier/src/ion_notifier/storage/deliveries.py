"""Deliveries: planned, claimed, recorded, looked at, and retried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Record

from ion_notifier.domain.claimed import ClaimedDelivery, Practice
from ion_notifier.domain.delivery import PlannedDelivery, Purpose, Reason, Status, message_id_of
from ion_notifier.domain.retry import Attempt, Verdict
from ion_platform.database import Connection, Pool
from ion_platform.queries import load_queries

QUERIES = load_queries("ion_notifier.storage")


@dataclass(frozen=True, slots=True)
class Result:
    """What one attempt was, and what the delivery becomes by it."""

    delivery: ClaimedDelivery
    attempt: Attempt
    verdict: Verdict


async def plan(connection: Connection, planned: Sequence[PlannedDelivery], message_id_domain: str) -> None:
    """Adds what was not planned before, in the caller's transaction."""
    await connection.execute(QUERIES["lock_addresses_shared"])
    await connection.execute(
        QUERIES["plan_deliveries"],
        [p.delivery_id for p in planned],
        [p.event_id for p in planned],
        [p.correlation_id for p in planned],
        [p.purpose for p in planned],
        [p.agb_code for p in planned],
        [p.reference for p in planned],
        [p.ended_on for p in planned],
        [p.lost_until for p in planned],
        [p.new_agb_code for p in planned],
        [p.reason for p in planned],
        [message_id_of(p.delivery_id, message_id_domain) for p in planned],
    )


async def claim(pool: Pool, limit: int, claim_id: UUID, claim_s: float) -> list[ClaimedDelivery]:
    """Returns the next deliveries that are due, which nobody else gets for `claim_s`."""
    return [_claimed(row) for row in await pool.fetch(QUERIES["claim_deliveries"], limit, claim_id, claim_s)]


async def record(connection: Connection, claim_id: UUID, results: Sequence[Result]) -> dict[UUID, int]:
    """Writes what came of a set and gives back the rest, in the caller's transaction.

    Returns the number of attempts by delivery, of those only that the claim still held.
    """
    await connection.execute(QUERIES["lock_addresses_shared"])
    rows = await connection.fetch(
        QUERIES["record_results"],
        claim_id,
        [r.delivery.delivery_id for r in results],
        [r.verdict.status for r in results],
        [r.verdict.delay_s for r in results],
    )
    attempts = {row["delivery_id"]: row["attempts"] for row in rows}
    now = await connection.fetchval("select now()")
    await connection.copy_records_to_table(
        "delivery_attempt",
        records=[
            (r.delivery.delivery_id, attempts[r.delivery.delivery_id], now, r.attempt.result, r.attempt.reply_class)
            for r in results
            if r.delivery.delivery_id in attempts
        ],
        columns=["delivery_id", "n", "at", "result", "reply_class"],
    )
    await connection.execute(QUERIES["release_claim"], claim_id)
    return attempts


async def counts(pool: Pool) -> dict[Status, int]:
    """Returns how many deliveries there are in each status, the empty ones too."""
    found = {row["status"]: row["count"] for row in await pool.fetch(QUERIES["count_deliveries"])}
    return {status: found.get(status, 0) for status in Status}


async def find_of_addressee(pool: Pool, agb_code: str, page: int, page_size: int) -> tuple[int, list[Record]]:
    """Returns the total, and one page, of what went to an AGB code; newest first."""
    total: int = await pool.fetchval(QUERIES["count_deliveries_of"], agb_code)
    return total, await pool.fetch(QUERIES["find_deliveries_of"], agb_code, page_size, (page - 1) * page_size)


async def newest(connection: Connection, status: Status | None, limit: int) -> list[Record]:
    """Returns the newest deliveries, perhaps of one status."""
    return await connection.fetch(QUERIES["list_deliveries"], status, limit)


async def retry_failed(connection: Connection, delivery_id: UUID | None) -> int:
    """Lets one failed delivery, or without an id all of them, start anew; returns how many."""
    return len(await connection.fetch(QUERIES["retry_failed"], delivery_id))


def _claimed(row: Record) -> ClaimedDelivery:
    practice = None
    if row["new_name"] is not None:
        practice = Practice(
            row["new_name"], row["new_street"], row["new_house_number"], row["new_postcode"], row["new_city"]
        )
    return ClaimedDelivery(
        delivery_id=row["delivery_id"],
        event_id=row["event_id"],
        correlation_id=row["correlation_id"],
        purpose=Purpose(row["purpose"]),
        agb_code=row["agb_code"],
        name=row["name"],
        address=row["address"],
        reference=row["reference"],
        ended_on=row["ended_on"],
        lost_until=row["lost_until"],
        reason=Reason(row["reason"]),
        new_agb_code=row["new_agb_code"],
        new_practice=practice,
        message_id=row["message_id"],
        elapsed_s=row["elapsed_s"],
    )
