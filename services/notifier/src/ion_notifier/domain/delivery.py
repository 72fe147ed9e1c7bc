"""What has to be told to whom: one delivery per event and purpose, recognisable for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID, uuid5

from ion_contracts.envelope import Envelope
from ion_contracts.messages import RegistrationTransferred

_NAMESPACE = UUID("0d9d1f0e-5c11-5b43-9a53-1b0f6a2f7c01")
"""Chosen once; another value would mail everybody again."""
_REFERENCE_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, so that it survives the telephone."""


class Purpose(StrEnum):
    """Why somebody is told."""

    PATIENT_LEFT = "patient-left"


class Reason(StrEnum):
    """Why the registration ended (rules 35 and 37)."""

    TRANSFERRED = "transferred"


class Status(StrEnum):
    """Where a delivery stands. `sent` and `failed` are final, until an operator retries a failed one."""

    DUE = "due"
    NO_ADDRESS = "no-address"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """One mail to send, to the practice with `agb_code`. It names no patient: who it was stands in the portal."""

    delivery_id: UUID
    event_id: str
    correlation_id: str
    purpose: Purpose
    agb_code: str
    reference: str
    ended_on: date
    new_agb_code: str
    reason: Reason


def patient_left(envelope: Envelope, event: RegistrationTransferred) -> PlannedDelivery:
    """Returns what the previous GP is told of a transfer (rule 35). The same event always gives the same delivery."""
    delivery_id = uuid5(_NAMESPACE, f"{envelope.id}/{Purpose.PATIENT_LEFT}")
    return PlannedDelivery(
        delivery_id=delivery_id,
        event_id=envelope.id,
        correlation_id=envelope.correlation_id,
        purpose=Purpose.PATIENT_LEFT,
        agb_code=event.previous.agb_code,
        reference=reference_of(delivery_id),
        ended_on=event.previous.until,
        new_agb_code=event.agb_code,
        reason=Reason.TRANSFERRED,
    )


def reference_of(delivery_id: UUID) -> str:
    """Returns what people quote, as `M-7K3Q-9XWD`: 40 bits, so unique within a practice, though not for ever."""
    number = delivery_id.int >> 88
    digits = "".join(_REFERENCE_DIGITS[number >> shift & 31] for shift in range(35, -1, -5))
    return f"M-{digits[:4]}-{digits[4:]}"


def message_id_of(delivery_id: UUID, domain: str) -> str:
    """Returns the mail's Message-ID: a mail that is sent again carries the same one."""
    return f"<{delivery_id}@{domain}>"
