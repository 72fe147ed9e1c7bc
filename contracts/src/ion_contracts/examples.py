"""One made example of every message, for the schemas and for whoever builds a reader. No real persons."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from ion_contracts import messages as m
from ion_contracts.messages import cases

_PATIENT = UUID("5b0c8a3e-5f0e-4c7f-9d0a-3f1f6a2b7c11")
_CASE = UUID("3c1f0c52-6a0e-4a39-9d55-7c0b4b1f2e21")
_COMMAND = "0b9f4d52-8a77-4c1d-9a52-6f3f0f7b1a01"
_BSN = "999990019"
_NEW_GP = "01023456"
_PREVIOUS_GP = "01034567"
_UZOVI = "3311"
_DAY = date(2027, 3, 15)
_DAY_BEFORE = date(2027, 3, 14)
_MOMENT = datetime(2027, 3, 15, 9, 30, 15, 250_000, tzinfo=UTC)
_OTHER_PATIENT = UUID("7d1f2a9c-3c55-4a55-8f3e-0d9c2b7e4a12")
_OPERATION = UUID("c1f2f0a4-5b0c-4d5c-9a43-6a1f0f7b1a05")
_CASE = UUID("0a8e9c71-5f4d-4c21-8e31-2c9f0b6d7a33")
_BATCH = UUID("e3b0c442-98fc-4c14-9afb-f4c8996fb924")
_PERSON = m.Person(
    bsn=_BSN,
    initials="J.A.",
    prefix="van",
    family_name="Voorbeeldstra",
    birth_date=date(1984, 2, 29),
    sex=m.Sex.FEMALE,
)
_OFFERED: dict[str, Any] = {"offered_on": _DAY, "offered_at": _MOMENT, "party": "Praktijk Voorbeeld"}
_BY_OFFICE: dict[str, Any] = {"offered_on": _DAY, "offered_at": _MOMENT, "party": "Bureau ION", "office": True}
_FACT: dict[str, Any] = {"patient_id": _PATIENT, "recorded_on": _DAY, "recorded_at": _MOMENT}
_ENDED = m.EndedPeriod(agb_code=_PREVIOUS_GP, since=date(2019, 6, 3), until=_DAY_BEFORE)

_MADE: tuple[m.Message, ...] = (
    m.Register(
        agb_code=_NEW_GP,
        person=_PERSON,
        mode=m.Mode.AUTOMATIC,
        uzovi=_UZOVI,
        **_OFFERED,
    ),
    m.Deregister(agb_code=_NEW_GP, subject=m.Subject(bsn=_BSN), reason=m.DeregistrationReason.EMIGRATED, **_OFFERED),
    m.Withdraw(agb_code=_NEW_GP, subject=m.Subject(bsn=_BSN), withdrawn_id=_COMMAND, **_OFFERED),
    m.RegisterTemporary(
        agb_code=_NEW_GP,
        person=m.PartialPerson(family_name="Voorbeeldstra", birth_date=_DAY, sex=m.Sex.FEMALE),
        ground=m.TemporaryGround.NEWBORN,
        **_OFFERED,
    ),
    m.ExtendTemporary(agb_code=_NEW_GP, subject=m.Subject(patient_id=_PATIENT), **_OFFERED),
    m.CompleteTemporary(
        agb_code=_NEW_GP, temporary_patient_id=_OTHER_PATIENT, person=_PERSON, uzovi=_UZOVI, **_OFFERED
    ),
    m.CoverageChanged(
        bsn=_BSN,
        uzovi="7095",
        valid_from=date(2028, 1, 1),
        offered_on=_DAY,
        offered_at=_MOMENT,
        party="Verzekeraar Voorbeeld",
    ),
    m.Correct(
        subject=m.Subject(bsn=_BSN),
        holder=_PREVIOUS_GP,
        valid_from=date(2027, 1, 4),
        valid_until=_DAY_BEFORE,
        reference="C-2027/104",
        **_BY_OFFICE,
    ),
    m.Unblock(
        agb_code=_NEW_GP,
        subject=m.Subject(bsn=_BSN),
        ground=m.UnblockGround.STATEMENT,
        reference="V-2027/12",
        **_BY_OFFICE,
    ),
    m.RemovePerson(patient_id=_PATIENT, reference="A-2027/3", **_BY_OFFICE),
    m.MoveList(operation_id=_OPERATION, from_agb_code=_PREVIOUS_GP, agb_code=_NEW_GP, **_OFFERED),
    m.WithdrawBatch(operation_id=_OPERATION, agb_code=_NEW_GP, withdrawn_batch_id=_BATCH, **_OFFERED),
    m.SteerList(operation_id=_OPERATION, steering=m.Steering.STOP, **_OFFERED),
    m.MovePatient(patient_id=_PATIENT, from_agb_code=_PREVIOUS_GP, agb_code=_NEW_GP, **_OFFERED),
    m.SettleWaiting(patient_id=_PATIENT, offered_on=date(2027, 4, 2)),
    m.AskTemporary(patient_id=_PATIENT, offered_on=date(2027, 5, 15)),
    m.EndTemporary(patient_id=_PATIENT, offered_on=date(2027, 6, 15)),
    m.CloseDay(day=_DAY),
    m.CaseStep(
        case_id=_CASE,
        step=cases.Opened(
            kind="opened",
            requester=cases.Requester(
                name="A. Voorbeeldarts", email="ombudsman@praktijk.example", mobile="06 00000000", agb_code=_NEW_GP
            ),
            other_agb_code=_PREVIOUS_GP,
            bsn=_BSN,
            on_date=date(2027, 1, 1),
            description="The patient moved in November; the other practice registered the patient again in December.",
            question="Who was the GP on 1 January 2027?",
            preconditions=cases.Preconditions(
                consulted_orally=True,
                consulted_in_writing=True,
                copies=("2027-014/letter-1", "2027-014/letter-2"),
                bsn_mix_up_excluded=True,
                identity_checked=True,
                patient_statement="2027-014/statement",
            ),
        ),
        offered_on=_DAY,
        offered_at=_MOMENT,
        party="Praktijk Voorbeeld",
        office=False,
    ),
    m.CarryOutRuling(
        case_id=_CASE,
        patient_id=_PATIENT,
        on_date=date(2027, 1, 1),
        agb_code=_NEW_GP,
        parties=(_NEW_GP, _PREVIOUS_GP),
        offered_on=date(2027, 3, 29),
        offered_at=datetime(2027, 3, 29, 9, 30, 15, 250_000, tzinfo=UTC),
        party="Ombudsman",
        office=True,
    ),
    m.CommandOutcome(
        command_id=_COMMAND,
        status=m.Status.ACCEPTED,
        code="transferred",
        registration=m.RegistrationState(agb_code=_NEW_GP, since=_DAY),
        recorded_at=_MOMENT,
    ),
    m.RegistrationStarted(agb_code=_NEW_GP, since=_DAY, **_FACT),
    m.RegistrationTransferred(agb_code=_NEW_GP, since=_DAY, previous=_ENDED, **_FACT),
    m.RegistrationEnded(ended=_ENDED, reason=m.EndReason.EMIGRATED, **_FACT),
    m.TemporaryDue(agb_code=_NEW_GP, since=_DAY, ends_on=date(2027, 6, 15), **_FACT),
    m.TemporaryExpired(ended=_ENDED, **_FACT),
    m.TemporaryCompleted(agb_code=_NEW_GP, since=_DAY, **_FACT),
    m.PatientBlocked(agb_codes=[_PREVIOUS_GP, _NEW_GP], blocked_on=_DAY, **_FACT),
    m.PatientUnblocked(ground=m.UnblockGround.STATEMENT, **_FACT),
    m.RegistrationCorrected(
        agb_code=_PREVIOUS_GP,
        valid_from=date(2027, 1, 4),
        valid_until=_DAY_BEFORE,
        replaced=[m.HeldPeriod(agb_code=_NEW_GP, since=date(2027, 1, 4), until=_DAY_BEFORE)],
        reason=m.CorrectionReason.CORRECTION,
        **_FACT,
    ),
    m.RulingCarriedOut(
        agb_code=_PREVIOUS_GP,
        valid_from=date(2027, 4, 1),
        replaced=[m.HeldPeriod(agb_code=_NEW_GP, since=date(2027, 4, 1))],
        case_id=_CASE,
        **_FACT,
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
    m.InsuredCorrected(
        patient_id=_PATIENT,
        bsn=_BSN,
        uzovi=_UZOVI,
        agb_code=_PREVIOUS_GP,
        valid_from=date(2027, 1, 4),
        valid_until=_DAY_BEFORE,
        replaced=[m.HeldPeriod(agb_code=_NEW_GP, since=date(2027, 1, 4), until=_DAY_BEFORE)],
        recorded_at=_MOMENT,
    ),
    m.CareProvider(
        agb_code="01045678",
        kind=m.ProviderKind.PERSON,
        name="J.A. Voorbeeldarts",
        street="Voorbeeldstraat",
        house_number="12a",
        postcode="1234 AB",
        city="Voorbeeldstad",
        change_message_address="mutaties@praktijk.example",
        invoice_address="administratie@praktijk.example",
        chamber_of_commerce_number="00000000",
        active_from=date(2004, 9, 1),
        active_until=_DAY_BEFORE,
        successor=_NEW_GP,
        associations=(
            m.Association(agb_code=_PREVIOUS_GP, since=date(2004, 9, 1), until=date(2015, 12, 31)),
            m.Association(agb_code=_NEW_GP, since=date(2016, 1, 1), until=_DAY_BEFORE),
        ),
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
