"""Counts patients per AGB code from the register's facts, without knowing who they are (rule 50)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from ion_billing.domain.count_changes import Change, count_changes
from ion_contracts.messages import CareProvider, DayClosed
from ion_platform.database import Connection
from ion_platform.inbox import new_deliveries
from ion_platform.queries import load_queries
from ion_platform.subscription import Delivery

QUERIES = load_queries("ion_billing.storage")


async def take_events(connection: Connection, batch: Sequence[Delivery]) -> None:
    """Counts what a batch says; an event that came before counts once."""
    changes: Counter[Change] = Counter()
    closed: dict[int, date] = {}
    for delivery in await new_deliveries(connection, batch):
        body = delivery.message.body
        if isinstance(body, DayClosed):
            closed[body.partition] = max(body.day, closed.get(body.partition, body.day))
        for change, delta in count_changes(body).items():
            changes[change] += delta
    in_order = sorted(changes)  # So that two processes that count the same lists never deadlock.
    agb_codes = [agb_code for agb_code, _, _ in in_order]
    valid_on = [day for _, day, _ in in_order]
    recorded_on = [day for _, _, day in in_order]
    deltas = [changes[change] for change in in_order]
    await connection.execute(QUERIES["add_count_changes"], agb_codes, valid_on, recorded_on, deltas)
    await connection.execute(QUERIES["close_days"], list(closed), list(closed.values()))


async def take_providers(connection: Connection, batch: Sequence[Delivery]) -> None:
    """Keeps the newest name and address of each care provider; an older message may come again, and late."""
    newest: dict[str, tuple[CareProvider, datetime]] = {}
    for delivery in batch:
        body = delivery.message.body
        assert isinstance(body, CareProvider)
        recorded_at = body.recorded_at or delivery.message.envelope.time
        if body.agb_code not in newest or newest[body.agb_code][1] <= recorded_at:
            newest[body.agb_code] = (body, recorded_at)
    rows = [(p.agb_code, p.name, p.street, p.house_number, p.postcode, p.city, at) for p, at in newest.values()]
    await connection.execute(QUERIES["save_providers"], *(list(column) for column in zip(*rows, strict=True)))
