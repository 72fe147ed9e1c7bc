"""Proofs of registration, made from what the register knows now (rule 48)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import uuid4

from ion_platform.database import Connection
from ion_registry.domain.asker import Asker
from ion_registry.domain.proof import Proof
from ion_registry.services.questions.asking import Answer, Refusal, RefusedError, scope_of
from ion_registry.services.questions.care_providers import read_contacts
from ion_registry.services.questions.histories import QUERIES, read_persons
from ion_registry.services.questions.patients import Subject


async def make_proof(
    connection: Connection,
    asker: Asker,
    subject: Subject,
    own_codes: Collection[str],
    on_date: date,
    now: datetime,
) -> Answer[Proof]:
    """Returns the proof that an own code had this patient on a day; the office makes it for any GP.

    Raises RefusedError; nobody gets one to whom the patient did not belong on that day.
    """
    scope = scope_of(asker, own_codes)
    if scope.uzovi_codes:
        raise RefusedError(Refusal.NOT_FOR_THIS_ROLE)
    row = await connection.fetchrow(QUERIES["holder_on_day"], subject.bsn, subject.patient_id, on_date, None)
    if row is None:
        raise RefusedError(Refusal.NOT_FOUND)
    patient_id, agb_code = row["patient_id"], row["holder"]
    if agb_code is None or not (scope.everybody or agb_code in scope.agb_codes):
        raise RefusedError(Refusal.NOT_FOUND, [patient_id])
    person = (await read_persons(connection, [patient_id]))[patient_id]
    if row["uzovi"] is None or person["bsn"] is None:
        raise RefusedError(Refusal.INSURER_NOT_KNOWN, [patient_id])
    contact = (await read_contacts(connection, [agb_code])).get(agb_code)
    proof = Proof(
        proof_id=uuid4(),
        issued_at=now,
        patient_id=patient_id,
        bsn=person["bsn"],
        initials=person["initials"],
        birth_date=person["birth_date"],
        agb_code=agb_code,
        gp_name=None if contact is None else contact.name,
        on_date=on_date,
        since=row["since"],
        uzovi=row["uzovi"],
    )
    return Answer(proof, [patient_id])
