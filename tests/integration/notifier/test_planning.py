"""What is planned for facts other than a transfer, on a real database: who is told, and who is not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from ion_contracts import messages as m
from ion_contracts.codec import Received
from ion_contracts.envelope import Envelope
from ion_notifier.services.take_messages import EventHandler
from ion_platform.database import Pool
from ion_platform.subscription import Delivery
from tests.integration.notifier.made_messages import NEW, PREVIOUS

NOW = datetime(2027, 4, 1, 8, tzinfo=UTC)
MARCH_1, MARCH_9, MARCH_10, MARCH_31 = date(2027, 3, 1), date(2027, 3, 9), date(2027, 3, 10), date(2027, 3, 31)
FACT: dict[str, Any] = {"patient_id": UUID(int=7), "recorded_on": date(2027, 4, 1), "recorded_at": NOW}
ENDED = m.EndedPeriod(agb_code=PREVIOUS, since=MARCH_1, until=MARCH_31)
THIRD = "01000003"


def delivered(body: m.Message) -> Delivery:
    envelope = Envelope(str(uuid4()), "urn:nld:ion:registry", body.TYPE, NOW, "made")
    return Delivery("made", 0, 0, None, Received(envelope, body))


async def planned(pool: Pool, *bodies: m.Message) -> list[tuple[object, ...]]:
    """Takes them twice, as a topic may repeat them, and returns what is planned."""
    handler, batch = EventHandler("ion.example"), [delivered(body) for body in bodies]
    for _ in range(2):
        async with pool.acquire() as connection, connection.transaction():
            await handler(connection, batch)
    rows = await pool.fetch("select agb_code, reason, ended_on, lost_until, new_agb_code from delivery order by 1, 3")
    return [tuple(row) for row in rows]


async def test_an_expiry_is_one_mail_without_a_new_gp(pool: Pool) -> None:
    expired = m.TemporaryExpired(ended=ENDED, **FACT)
    assert await planned(pool, expired) == [(PREVIOUS, "expired", MARCH_31, None, None)]


async def test_a_ruling_that_takes_days_from_two_gps_is_a_mail_to_each(pool: Pool) -> None:
    replaced = [
        m.HeldPeriod(agb_code=PREVIOUS, since=MARCH_1, until=MARCH_9),
        m.HeldPeriod(agb_code=THIRD, since=MARCH_10, until=MARCH_31),
    ]
    ruled = m.RulingCarriedOut(
        agb_code=NEW, valid_from=MARCH_1, valid_until=MARCH_31, replaced=replaced, case_id=UUID(int=2), **FACT
    )
    assert await planned(pool, ruled) == [
        (PREVIOUS, "ruled", date(2027, 2, 28), MARCH_9, NEW),
        (THIRD, "ruled", MARCH_9, MARCH_31, NEW),
    ]


async def test_what_a_party_did_itself_is_no_mail(pool: Pool) -> None:
    ended = m.RegistrationEnded(ended=ENDED, reason=m.EndReason.MOVED, **FACT)
    withdrawn = m.RegistrationCorrected(
        valid_from=MARCH_1,
        replaced=[m.HeldPeriod(agb_code=PREVIOUS, since=MARCH_1)],
        reason=m.CorrectionReason.WITHDRAWN,
        **FACT,
    )
    assert await planned(pool, ended, withdrawn) == []
