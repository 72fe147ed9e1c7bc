"""Cases and steps as the unit tests of the ombudsman need them. No real persons."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

from ion_contracts.messages import CaseStep
from ion_contracts.messages import cases as steps
from ion_registry.domain.case import Case
from ion_registry.domain.take_step import CaseDecision, Known, KnownPatient, take_step

CASE = UUID("00000000-0000-4000-8000-0000000000ca")
REQUESTER = "01023456"
OTHER = "01034567"
STRANGER = "01045678"
OPENED_ON = date(2027, 2, 1)
"""A Monday, with no holiday in the weeks behind it."""
BSN = "999990019"
PATIENT = KnownPatient(UUID("00000000-0000-4000-8000-000000000001"), BSN, "Voorbeeldstra")
KNOWN = Known(patient=PATIENT)

COMPLETE = steps.Preconditions(
    consulted_orally=True,
    consulted_in_writing=True,
    copies=("2027-014/letter-1",),
    bsn_mix_up_excluded=True,
    identity_checked=True,
    patient_statement="2027-014/statement",
)


def opened(
    *,
    on_date: date = date(2027, 1, 1),
    other: str = OTHER,
    preconditions: steps.Preconditions = COMPLETE,
    bsn: str = BSN,
) -> steps.Opened:
    """Returns the request of the first party."""
    return steps.Opened(
        kind="opened",
        requester=steps.Requester(
            name="A. Voorbeeldarts", email="arts@praktijk.example", mobile="06 00000000", agb_code=REQUESTER
        ),
        other_agb_code=other,
        bsn=bsn,
        on_date=on_date,
        description="Twice registered back and forth.",
        question="Who was the GP?",
        preconditions=preconditions,
    )


def contacted() -> steps.Contacted:
    return steps.Contacted(kind="contacted")


def statement(agb_code: str = OTHER) -> steps.Statement:
    return steps.Statement(kind="statement", agb_code=agb_code, text="The patient never left.")


def heard(agb_code: str, on: date = OPENED_ON, *, declined: bool = False) -> steps.Heard:
    return steps.Heard(kind="heard", agb_code=agb_code, on=on, declined=declined)


def wish(agb_code: str = REQUESTER) -> steps.PatientWish:
    return steps.PatientWish(kind="patient-wish", agb_code=agb_code)


def extended(told_on: date = OPENED_ON) -> steps.TermExtended:
    return steps.TermExtended(kind="term-extended", reason="A party is away.", parties_told_on=told_on)


def ruled(agb_code: str = REQUESTER) -> steps.Ruled:
    return steps.Ruled(kind="ruled", agb_code=agb_code, text="The requester was the GP.")


def published(text: str = "On 1 January 2027 the requesting practice was the GP.") -> steps.Published:
    return steps.Published(kind="published", text=text)


def withdrawn() -> steps.Withdrawn:
    return steps.Withdrawn(kind="withdrawn")


def excluded(since: date, until: date, agb_code: str = OTHER) -> steps.Excluded:
    return steps.Excluded(kind="excluded", agb_code=agb_code, since=since, until=until, reason="Did not comply.")


def lifted(agb_code: str = OTHER) -> steps.ExclusionLifted:
    return steps.ExclusionLifted(kind="exclusion-lifted", agb_code=agb_code)


def message(step: steps.Step, on: date = OPENED_ON, *, office: bool = True, case_id: UUID = CASE) -> CaseStep:
    """Returns the command that offers a step on a day."""
    return CaseStep(
        case_id=case_id,
        step=step,
        offered_on=on,
        offered_at=datetime.combine(on, time(10), UTC),
        party="Ombudsman" if office else "Praktijk Voorbeeld",
        office=office,
    )


def take(
    case: Case | None, step: steps.Step, on: date = OPENED_ON, *, office: bool = True, known: Known = KNOWN
) -> CaseDecision:
    """Returns what becomes of a step that is offered on a day."""
    return take_step(case, message(step, on, office=office), known)


def case_after(*taken: steps.Step, opened_on: date = OPENED_ON) -> Case:
    """Returns a case that was opened and in which these steps were taken, all on the day of opening."""
    case = take(None, opened(), opened_on).case
    for step in taken:
        decision = take(case, step, opened_on)
        assert decision.accepted, decision.code
        case = decision.case
    assert case is not None
    return case


def ruled_case() -> Case:
    """Returns a case with a ruling for the requester."""
    return case_after(heard(REQUESTER), heard(OTHER), wish(), ruled())
