"""What others hear of a delivery that ended."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from ion_contracts.catalogue import DELIVERIES
from ion_contracts.envelope import Envelope
from ion_contracts.messages import DeliveryEnded, DeliveryResult
from ion_notifier.domain.delivery import Status
from ion_notifier.storage.deliveries import Result
from ion_platform.outbox import Outgoing

SOURCE = "urn:nld:ion:notifier"
RESULTS = {Status.SENT: DeliveryResult.SENT, Status.FAILED: DeliveryResult.FAILED}


def ended_message(result: Result, attempts: int, now: datetime) -> Outgoing:
    """Returns the message about a delivery that was sent or failed, after so many attempts.

    A failed delivery that an operator retries ends again, with another id.
    """
    delivery = result.delivery
    body = DeliveryEnded(
        delivery_id=delivery.delivery_id,
        event_id=delivery.event_id,
        agb_code=delivery.agb_code,
        purpose=delivery.purpose,
        result=RESULTS[result.verdict.status],
        attempts=attempts,
        ended_at=now,
    )
    envelope = Envelope(
        id=str(uuid5(delivery.delivery_id, f"ended/{attempts}")),
        source=SOURCE,
        type=body.TYPE,
        time=now,
        correlation_id=delivery.correlation_id,
        causation_id=delivery.event_id,
    )
    return Outgoing(DELIVERIES.name, delivery.agb_code.encode("ascii"), envelope, body)
