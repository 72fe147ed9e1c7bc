"""A delivery in a sender's hand, with everything that its mail says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ion_notifier.domain.delivery import Purpose, Reason


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice as the care provider register knows it."""

    name: str
    street: str
    house_number: str
    postcode: str
    city: str


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """`elapsed_s` is the time since the first attempt, 0 before it; `new_practice` None when it is not known yet."""

    delivery_id: UUID
    event_id: str
    correlation_id: str
    purpose: Purpose
    agb_code: str
    name: str
    address: str
    reference: str
    ended_on: date
    lost_until: date | None
    reason: Reason
    new_agb_code: str | None
    new_practice: Practice | None
    message_id: str
    elapsed_s: float
