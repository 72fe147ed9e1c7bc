"""What has to be told to whom: one delivery per event, purpose and addressee, recognisable for ever."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from ion_contracts.envelope import Envelope
from ion_contracts.messages import (
    CorrectionReason,
    HeldPeriod,
    Message,
    RegistrationCorrected,
    RegistrationTransferred,
    RulingCarriedOut,
    TemporaryExpired,
)

_NAMESPACE = UUID("0d9d1f0e-5c11-5b43-9a53-1b0f6a2f7c01")
"""Chosen once; another value would mail everybody again."""
_REFERENCE_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, so that it survives the telephone."""


class Purpose(StrEnum):
    """Why somebody is told."""

    PATIENT_LEFT = "patient-left"


class Reason(StrEnum):
    """Why the patient is no longer there (rules 35 and 37)."""

    TRANSFERRED = "transferred"
    EXPIRED = "expired"
    CORRECTED = "corrected"
    RULED = "ruled"


class Status(StrEnum):
    """Where a delivery stands. `sent` and `failed` are final, until an operator retries a failed one."""

    DUE = "due"
    NO_ADDRESS = "no-address"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """One mail to send, to the practice with `agb_code`. It names no patient: who it was stands in the portal.

    `ended_on` is the last day there; `lost_until` the last day that a correction or a ruling took away, None until
    further notice; `new_agb_code` None when the patient is with nobody.
    """

    delivery_id: UUID
    event_id: str
    correlation_id: str
    purpose: Purpose
    agb_code: str
    reference: str
    ended_on: date
    lost_until: date | None
    new_agb_code: str | None
    reason: Reason


def patients_left(envelope: Envelope, event: Message) -> list[PlannedDelivery]:
    """Returns what previous GPs are told of an event (rules 35 and 37); the same event always gives the same.

    A GP's own deregistration is told to nobody (rule 30), nor is what a party withdrew itself, nor that two records of
    one patient became one.
    """
    match event:
        case RegistrationTransferred():
            previous = event.previous
            return [_left(envelope, previous.agb_code, previous.until, Reason.TRANSFERRED, event.agb_code)]
        case TemporaryExpired():
            return [_left(envelope, event.ended.agb_code, event.ended.until, Reason.EXPIRED)]
        case RegistrationCorrected(reason=CorrectionReason.CORRECTION):
            return _lost(envelope, event, Reason.CORRECTED)
        case RulingCarriedOut():
            return _lost(envelope, event, Reason.RULED)
    return []


def _lost(envelope: Envelope, event: RegistrationCorrected | RulingCarriedOut, reason: Reason) -> list[PlannedDelivery]:
    """One for each GP who lost days to another, or to nobody; about all those days at once."""
    agb_codes = dict.fromkeys(period.agb_code for period in event.replaced if period.agb_code != event.agb_code)
    deliveries = []
    for agb_code in agb_codes:
        since, until = _first_and_last(period for period in event.replaced if period.agb_code == agb_code)
        day_before = since - timedelta(days=1)
        deliveries.append(_left(envelope, agb_code, day_before, reason, event.agb_code, until))
    return deliveries


def _first_and_last(periods: Iterable[HeldPeriod]) -> tuple[date, date | None]:
    in_order = sorted(periods, key=lambda period: period.since)
    return in_order[0].since, in_order[-1].until


def _left(
    envelope: Envelope,
    agb_code: str,
    ended_on: date,
    reason: Reason,
    new_agb_code: str | None = None,
    lost_until: date | None = None,
) -> PlannedDelivery:
    name = f"{envelope.id}/{Purpose.PATIENT_LEFT}"
    if reason in (Reason.CORRECTED, Reason.RULED):
        name += f"/{agb_code}"
    delivery_id = uuid5(_NAMESPACE, name)
    return PlannedDelivery(
        delivery_id=delivery_id,
        event_id=envelope.id,
        correlation_id=envelope.correlation_id,
        purpose=Purpose.PATIENT_LEFT,
        agb_code=agb_code,
        reference=reference_of(delivery_id),
        ended_on=ended_on,
        lost_until=lost_until,
        new_agb_code=new_agb_code,
        reason=reason,
    )


def reference_of(delivery_id: UUID) -> str:
    """Returns what people quote, as `M-7K3Q-9XWD`: 40 bits, so unique within a practice, though not for ever."""
    number = delivery_id.int >> 88
    digits = "".join(_REFERENCE_DIGITS[number >> shift & 31] for shift in range(35, -1, -5))
    return f"M-{digits[:4]}-{digits[4:]}"


def message_id_of(delivery_id: UUID, domain: str) -> str:
    """Returns the mail's Message-ID: a mail that is sent again carries the same one."""
    return f"<{delivery_id}@{domain}>"
