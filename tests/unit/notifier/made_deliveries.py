"""Deliveries and events about practices that do not exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from ion_contracts.envelope import Envelope
from ion_contracts.messages import EndedPeriod, RegistrationTransferred
from ion_notifier.domain.claimed import ClaimedDelivery, Practice
from ion_notifier.domain.delivery import PlannedDelivery, Purpose, Reason, patients_left

PREVIOUS, NEW = "01000001", "01000002"
EVENT_ID = "b3f5a7de-7f4f-5a0a-9c53-5f0f5b7a4a01"
PRACTICE = Practice("Huisartsenpraktijk De Linde", "Dorpsstraat", "12a", "1234AB", "Lindedam")


def made_event(event_id: str = EVENT_ID) -> tuple[Envelope, RegistrationTransferred]:
    """Returns a transfer from one practice to the other on 1 April 2027."""
    now = datetime(2027, 4, 1, 8, tzinfo=UTC)
    body = RegistrationTransferred(
        patient_id=UUID(int=7),
        agb_code=NEW,
        since=date(2027, 4, 1),
        previous=EndedPeriod(agb_code=PREVIOUS, since=date(2020, 1, 1), until=date(2027, 3, 31)),
        recorded_on=date(2027, 4, 1),
        recorded_at=now,
    )
    return Envelope(event_id, "urn:nld:ion:registry", body.TYPE, now, "operation-1", "command-1", 2), body


def made_envelope() -> Envelope:
    """Returns the envelope of an event of any type."""
    return made_event()[0]


def planned_one(event_id: str = EVENT_ID) -> PlannedDelivery:
    """Returns what is planned for that transfer."""
    (planned,) = patients_left(*made_event(event_id))
    return planned


def made_delivery(new_practice: Practice | None = PRACTICE, **changes: object) -> ClaimedDelivery:
    """Returns the delivery of that transfer, with some things changed."""
    planned = planned_one()
    delivery = ClaimedDelivery(
        delivery_id=planned.delivery_id,
        event_id=planned.event_id,
        correlation_id=planned.correlation_id,
        purpose=Purpose.PATIENT_LEFT,
        agb_code=PREVIOUS,
        name="Huisartsenpraktijk De Eik",
        address="post@praktijk-eik.example",
        reference=planned.reference,
        ended_on=planned.ended_on,
        lost_until=None,
        reason=Reason.TRANSFERRED,
        new_agb_code=NEW,
        new_practice=new_practice,
        message_id=f"<{planned.delivery_id}@ion.example>",
        elapsed_s=0.0,
    )
    return replace(delivery, **changes)  # type: ignore[arg-type] # names and types are those of the fields
