"""Every command beside a plain registration, as the gateway, the office and the register itself send them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from ion_contracts import messages as m
from tests.integration.registry.made_messages import Made, key_of, party_of, person, subject

OFFICE = "made office"
REFERENCE = "C-2027/104"


def _offered(day: date, party: str, *, office: bool = False, batch_id: UUID | None = None) -> dict[str, Any]:
    return {
        "offered_on": day,
        "offered_at": datetime.now(UTC),
        "party": party,
        "office": office,
        "batch_id": batch_id,
    }


def deregister(who: int | UUID, agb_code: str, day: date, key: bytes | None = None) -> Made:
    """Returns the end of a registration by its own GP; `key` when the patient is named by the register's id."""
    reason = m.DeregistrationReason.MOVED
    offered = _offered(day, party_of(agb_code))
    return Made(m.Deregister(agb_code=agb_code, subject=subject(who), reason=reason, **offered), key or key_of(who))


def register_temporary(
    number: int, agb_code: str, day: date, key: bytes | None = None, *, batch_id: UUID | None = None
) -> Made:
    """Returns a temporary registration: under a random `key` without the BSN, else with it."""
    who = person(number)
    partial = m.PartialPerson(
        bsn=None if key else who.bsn,
        initials=who.initials,
        family_name=who.family_name,
        birth_date=who.birth_date,
        sex=who.sex,
    )
    offered = _offered(day, party_of(agb_code), batch_id=batch_id)
    body = m.RegisterTemporary(agb_code=agb_code, person=partial, ground=m.TemporaryGround.FROM_ABROAD, **offered)
    return Made(body, key or key_of(number))


def extend(who: int | UUID, agb_code: str, day: date, key: bytes | None = None) -> Made:
    """Returns the one action by which a temporary registration is extended."""
    body = m.ExtendTemporary(agb_code=agb_code, subject=subject(who), **_offered(day, party_of(agb_code)))
    return Made(body, key or key_of(who))


def complete(number: int, temporary: UUID, agb_code: str, day: date, *, uzovi: str = "3311") -> Made:
    """Returns the command by which BSN and insurance of a temporary patient arrive."""
    body = m.CompleteTemporary(
        agb_code=agb_code,
        temporary_patient_id=temporary,
        person=person(number),
        uzovi=uzovi,
        **_offered(day, party_of(agb_code)),
    )
    return Made(body, key_of(number))


def withdraw(
    withdrawn: Made, who: int | UUID, agb_code: str, day: date, key: bytes | None = None, *, party: str | None = None
) -> Made:
    """Returns the undoing of an earlier command, of the code's own party if not of another."""
    offered = _offered(day, party or party_of(agb_code))
    body = m.Withdraw(agb_code=agb_code, subject=subject(who), withdrawn_id=withdrawn.id, **offered)
    return Made(body, key or key_of(who))


def coverage(
    number: int, uzovi: str | None, valid_from: date, valid_until: date | None = None, *, day: date | None = None
) -> Made:
    """Returns what an insurer says about the person with this number."""
    body = m.CoverageChanged(
        bsn=person(number).bsn,
        uzovi=uzovi,
        valid_from=valid_from,
        valid_until=valid_until,
        offered_on=day or valid_from,
        offered_at=datetime.now(UTC),
        party="made insurer",
    )
    return Made(body, key_of(number))


def correct(
    who: int | UUID,
    holder: str | None,
    valid_from: date,
    valid_until: date | None = None,
    *,
    day: date,
    office: bool = True,
    key: bytes | None = None,
) -> Made:
    """Returns a correction."""
    body = m.Correct(
        subject=subject(who),
        holder=holder,
        valid_from=valid_from,
        valid_until=valid_until,
        reference=REFERENCE,
        **_offered(day, OFFICE, office=office),
    )
    return Made(body, key or key_of(who))


def unblock(number: int, agb_code: str, day: date, *, office: bool = True) -> Made:
    """Returns the lifting of a block on the patient's statement."""
    body = m.Unblock(
        agb_code=agb_code,
        subject=subject(number),
        ground=m.UnblockGround.STATEMENT,
        reference=REFERENCE,
        **_offered(day, OFFICE, office=office),
    )
    return Made(body, key_of(number))


def remove(patient_id: UUID, key: bytes, day: date, *, office: bool = True) -> Made:
    """Returns the removal of a person."""
    offered = _offered(day, OFFICE, office=office)
    return Made(m.RemovePerson(patient_id=patient_id, reference=REFERENCE, **offered), key)


def move_list(from_agb_code: str, agb_code: str, day: date, operation_id: UUID | None = None) -> Made:
    """Returns the start of an operation that moves a whole list."""
    operation = operation_id or uuid4()
    offered = _offered(day, party_of(from_agb_code))
    body = m.MoveList(operation_id=operation, from_agb_code=from_agb_code, agb_code=agb_code, **offered)
    return Made(body, operation.bytes)


def withdraw_batch(batch_id: UUID, agb_code: str, day: date) -> Made:
    """Returns the start of an operation that withdraws what a file did."""
    operation = uuid4()
    offered = _offered(day, party_of(agb_code))
    body = m.WithdrawBatch(operation_id=operation, agb_code=agb_code, withdrawn_batch_id=batch_id, **offered)
    return Made(body, operation.bytes)


def steer(operation_id: UUID, steering: m.Steering, agb_code: str, day: date) -> Made:
    """Returns the stopping or resuming of an operation by the party of a code."""
    body = m.SteerList(operation_id=operation_id, steering=steering, **_offered(day, party_of(agb_code)))
    return Made(body, operation_id.bytes)


def ask(patient_id: UUID, key: bytes, day: date) -> Made:
    """Returns the timer of two months."""
    return Made(m.AskTemporary(patient_id=patient_id, offered_on=day), key)


def end(patient_id: UUID, key: bytes, day: date) -> Made:
    """Returns the timer of three months."""
    return Made(m.EndTemporary(patient_id=patient_id, offered_on=day), key)


def carry_out(patient_id: UUID, key: bytes, agb_code: str, other: str, on_date: date, *, day: date) -> Made:
    """Returns what a ruling of the ombudsman becomes."""
    body = m.CarryOutRuling(
        case_id=uuid4(),
        patient_id=patient_id,
        on_date=on_date,
        agb_code=agb_code,
        parties=(agb_code, other),
        **_offered(day, "register", office=True),
    )
    return Made(body, key)


def case_step(message: m.CaseStep) -> Made:
    """Returns a step in a case of the ombudsman."""
    return Made(message, message.case_id.bytes)
