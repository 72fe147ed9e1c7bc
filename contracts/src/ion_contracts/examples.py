"""One made example of every message, for the schemas and for whoever builds a reader. No real persons."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from ion_contracts import messages as m

_PATIENT = UUID("5b0c8a3e-5f0e-4c7f-9d0a-3f1f6a2b7c11")
_COMMAND = "0b9f4d52-8a77-4c1d-9a52-6f3f0f7b1a01"
_BSN = "999990019"
_NEW_GP = "01023456"
_PREVIOUS_GP = "01034567"
_UZOVI = "3311"
_DAY = date(2027, 3, 15)
_DAY_BEFORE = date(2027, 3, 14)
_MOMENT = datetime(2027, 3, 15, 9, 30, 15, 250_000, tzinfo=UTC)
_ENDED = m.EndedPeriod(agb_code=_PREVIOUS_GP, since=date(2019, 6, 3), until=_DAY_BEFORE)

_MADE: tuple[m.Message, ...] = (
    m.Register(
        agb_code=_NEW_GP,
        person=m.Person(
            bsn=_BSN,
            initials="J.A.",
            prefix="van",
            family_name="Voorbeeldstra",
            birth_date=date(1984, 2, 29),
            sex=m.Sex.FEMALE,
        ),
        mode=m.Mode.AUTOMATIC,
        offered_on=_DAY,
        offered_at=_MOMENT,
        uzovi=_UZOVI,
        party="Praktijk Voorbeeld",
    ),
    m.SettleWaiting(patient_id=_PATIENT, offered_on=date(2027, 4, 2)),
    m.CloseDay(day=_DAY),
    m.CommandOutcome(
        command_id=_COMMAND,
        status=m.Status.ACCEPTED,
        code="transferred",
        registration=m.RegistrationState(agb_code=_NEW_GP, since=_DAY),
        recorded_at=_MOMENT,
    ),
    m.RegistrationStarted(patient_id=_PATIENT, agb_code=_NEW_GP, since=_DAY, recorded_on=_DAY, recorded_at=_MOMENT),
    m.RegistrationTransferred(
        patient_id=_PATIENT, agb_code=_NEW_GP, since=_DAY, previous=_ENDED, recorded_on=_DAY, recorded_at=_MOMENT
    ),
    m.DayClosed(day=_DAY, partition=3),
    m.InsuredRegistered(
        patient_id=_PATIENT,
        bsn=_BSN,
        uzovi=_UZOVI,
        agb_code=_NEW_GP,
        since=_DAY,
        previous=_ENDED,
        recorded_at=_MOMENT,
    ),
    m.InsuredLeft(patient_id=_PATIENT, bsn=_BSN, uzovi="7095", previous=_ENDED, recorded_at=_MOMENT),
    m.CareProvider(
        agb_code=_NEW_GP,
        kind=m.ProviderKind.PRACTICE,
        name="Praktijk Voorbeeld",
        street="Voorbeeldstraat",
        house_number="12a",
        postcode="1234 AB",
        city="Voorbeeldstad",
        change_message_address="mutaties@praktijk.example",
        invoice_address="administratie@praktijk.example",
        chamber_of_commerce_number="00000000",
        recorded_at=_MOMENT,
    ),
    m.DeliveryEnded(
        delivery_id=UUID("c8b16a53-2d4d-5b63-8b1d-6e0c1b1f7d02"),
        event_id="1d0a0c1e-90f5-5a0c-8f43-0f3b64a0f203",
        agb_code=_PREVIOUS_GP,
        purpose="patient-left",
        result=m.DeliveryResult.SENT,
        attempts=1,
        ended_at=_MOMENT,
    ),
    m.InvoiceIssued(
        number="2027-000042",
        agb_code=_NEW_GP,
        year=2027,
        reference_date=date(2027, 4, 1),
        patients=3370,
        total_cents=12132,
        payment_reference="5000056789012345",
        issued_on=date(2027, 5, 3),
    ),
    m.DeadLetter(
        service="registry",
        topic="registration.commands.v1",
        partition=3,
        offset=1041,
        headers=[("ce_id", base64.b64encode(_COMMAND.encode()))],
        value=base64.b64encode(b"{"),
        value_bytes=1,
        reason="not-json: the value is not valid JSON",
        correlation_id=_COMMAND,
        dead_lettered_at=_MOMENT,
    ),
)

EXAMPLES: Mapping[type[m.Message], m.Message] = {type(message): message for message in _MADE}
