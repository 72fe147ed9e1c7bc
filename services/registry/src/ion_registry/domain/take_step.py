"""What a step does to a case of the ombudsman (rules 40 and 41). Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from ion_contracts.messages import CaseStep
from ion_contracts.messages import cases as steps
from ion_registry.domain.case import Case, CaseState, Ruling, contact_due, ruling_due
from ion_registry.domain.case_code import ACCEPTED_CODES, CaseCode
from ion_registry.domain.exclusion import EXCLUSION_DAYS_MAX, Exclusion
from ion_registry.domain.publication import names_the_patient

REGISTER_BEGAN_ON = date(2006, 1, 1)
LAST_DAY = date(2199, 12, 31)
"""A later day is a mistake of the sender; terms need room behind it."""
_OF_A_PARTY = steps.Statement | steps.Heard | steps.PatientWish | steps.Ruled | steps.Excluded | steps.ExclusionLifted


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """What the register knows of the patient that a case is about; no BSN and no name once the person was removed."""

    patient_id: UUID
    bsn: str | None
    family_name: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the register knows beside the case: its patient, and the exclusions of whom the step excludes or lifts."""

    patient: KnownPatient | None = None
    exclusions: Sequence[Exclusion] = ()


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """What became of a step. A refused one leaves the case as it was, and does nothing else."""

    case: Case | None
    code: CaseCode
    ruling: Ruling | None = None
    excluded: Exclusion | None = None
    lifted: tuple[Exclusion, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the step was taken."""
        return self.code in ACCEPTED_CODES


def take_step(case: Case | None, message: CaseStep, known: Known) -> CaseDecision:
    """Returns what `message` does to the case; None is a case that nobody opened."""
    step, day = message.step, message.offered_on
    if not isinstance(step, steps.Opened) and not message.office:
        return CaseDecision(case, CaseCode.NOT_AUTHORISED)
    if not REGISTER_BEGAN_ON <= day <= LAST_DAY:
        return CaseDecision(case, CaseCode.CASE_DATE_WRONG)
    if isinstance(step, steps.Opened):
        return _open(case, message.case_id, step, day, known.patient)
    if case is None:
        return CaseDecision(None, CaseCode.CASE_UNKNOWN)
    decision = _judge(case, step, day, known)
    if decision.accepted:
        decision = replace(decision, case=replace(decision.case or case, steps=case.steps + 1))
    return decision


def _judge(case: Case, step: steps.AfterOpening, day: date, known: Known) -> CaseDecision:
    refusal = _refusal(case, step, day)
    if refusal is not None:
        return CaseDecision(case, refusal)
    match step:
        case steps.Contacted():
            return _contact(case, day)
        case steps.Statement():
            return _taken(case)
        case steps.Heard():
            return _taken(replace(case, heard=case.heard | {step.agb_code}))
        case steps.PatientWish():
            return _taken(replace(case, wish=step.agb_code))
        case steps.TermExtended():
            return _extend(case, day)
        case steps.Ruled():
            return _rule(case, step, day)
        case steps.Published():
            return _publish(case, step, day, known.patient)
        case steps.Withdrawn():
            return _taken(replace(case, withdrawn_on=day))
        case steps.Excluded():
            return _exclude(case, step, day, known.exclusions)
        case steps.ExclusionLifted():
            return _lift(case, step, day, known.exclusions)
        case _:
            assert_never(step)


def _refusal(case: Case, step: steps.AfterOpening, day: date) -> CaseCode | None:
    """Returns what several kinds of steps are refused for."""
    if day < case.opened_on:
        return CaseCode.CASE_DATE_WRONG
    if case.state is CaseState.WITHDRAWN:
        return CaseCode.CASE_CLOSED
    if isinstance(step, steps.Published | steps.Excluded | steps.ExclusionLifted):
        if case.state is CaseState.OPEN:
            return CaseCode.RULING_MISSING
    elif case.state is not CaseState.OPEN:  # binding, no appeal
        return CaseCode.CASE_CLOSED
    if isinstance(step, _OF_A_PARTY) and step.agb_code not in case.parties:
        return CaseCode.NOT_A_PARTY
    if isinstance(step, steps.Heard) and not case.opened_on <= step.on <= day:
        return CaseCode.CASE_DATE_WRONG
    if isinstance(step, steps.TermExtended) and not case.opened_on <= step.parties_told_on <= day:
        return CaseCode.CASE_DATE_WRONG
    return None


def _open(
    case: Case | None, case_id: UUID, step: steps.Opened, day: date, patient: KnownPatient | None
) -> CaseDecision:
    requester = step.requester.agb_code
    if case is not None:
        return CaseDecision(case, CaseCode.CASE_EXISTS)
    if requester == step.other_agb_code:
        return CaseDecision(None, CaseCode.SAME_PARTIES)
    if not REGISTER_BEGAN_ON <= step.on_date <= day:
        return CaseDecision(None, CaseCode.CASE_DATE_WRONG)
    if not _complete(step.preconditions):
        return CaseDecision(None, CaseCode.PRECONDITIONS_MISSING)
    if patient is None:
        return CaseDecision(None, CaseCode.PATIENT_UNKNOWN)
    opened = Case(
        case_id=case_id,
        patient_id=patient.patient_id,
        on_date=step.on_date,
        requester=requester,
        other=step.other_agb_code,
        opened_on=day,
        contact_due=contact_due(day),
        ruling_due=ruling_due(day, extended=False),
        steps=1,
    )
    return CaseDecision(opened, CaseCode.CASE_OPENED)


def _complete(given: steps.Preconditions) -> bool:
    """Rule 40: consulted in both ways with copies, no BSN mix-up, identity checked, the patient's written statement."""
    consulted = given.consulted_orally and given.consulted_in_writing and bool(given.copies)
    return consulted and given.bsn_mix_up_excluded and given.identity_checked and given.patient_statement is not None


def _contact(case: Case, day: date) -> CaseDecision:
    if case.contacted_on is not None:
        return CaseDecision(case, CaseCode.ALREADY_CONTACTED)
    return _taken(replace(case, contacted_on=day))


def _extend(case: Case, day: date) -> CaseDecision:
    """Once, with notice to both, and before the term has passed."""
    if case.extended_on is not None:
        return CaseDecision(case, CaseCode.TERM_ALREADY_EXTENDED)
    if day > case.ruling_due:
        return CaseDecision(case, CaseCode.TERM_ALREADY_PASSED)
    return _taken(replace(case, extended_on=day, ruling_due=ruling_due(case.opened_on, extended=True)))


def _rule(case: Case, step: steps.Ruled, day: date) -> CaseDecision:
    """Both are heard, and the patient's wish decides. A ruling that is late is a ruling."""
    if case.heard != set(case.parties):
        return CaseDecision(case, CaseCode.BOTH_NOT_HEARD)
    if case.wish is None:
        return CaseDecision(case, CaseCode.PATIENT_WISH_MISSING)
    if case.wish != step.agb_code:
        return CaseDecision(case, CaseCode.DIFFERS_FROM_PATIENT_WISH)
    if case.patient_id is None:
        return CaseDecision(case, CaseCode.PATIENT_UNKNOWN)
    ruling = Ruling(case.case_id, case.patient_id, case.on_date, step.agb_code, case.parties)
    return CaseDecision(replace(case, ruled=step.agb_code, ruled_on=day), CaseCode.RULING_GIVEN, ruling)


def _publish(case: Case, step: steps.Published, day: date, patient: KnownPatient | None) -> CaseDecision:
    if case.published_on is not None:
        return CaseDecision(case, CaseCode.ALREADY_PUBLISHED)
    bsn, family_name = (patient.bsn, patient.family_name) if patient else (None, None)
    if names_the_patient(step.text, bsn=bsn, family_name=family_name, agb_codes=case.parties):
        return CaseDecision(case, CaseCode.PUBLICATION_NAMES_THE_PATIENT)
    return _taken(replace(case, published_on=day))


def _exclude(case: Case, step: steps.Excluded, day: date, exclusions: Sequence[Exclusion]) -> CaseDecision:
    """Never into the past: what was registered until now stands."""
    if not day <= step.since <= step.until or (step.until - step.since).days >= EXCLUSION_DAYS_MAX:
        return CaseDecision(case, CaseCode.EXCLUSION_PERIOD_WRONG)
    exclusion = Exclusion(step.agb_code, step.since, step.until)
    if any(other.agb_code == step.agb_code and other.overlaps(exclusion) for other in exclusions):
        return CaseDecision(case, CaseCode.EXCLUSION_OVERLAPS)
    return CaseDecision(case, CaseCode.STEP_TAKEN, excluded=exclusion)


def _lift(case: Case, step: steps.ExclusionLifted, day: date, exclusions: Sequence[Exclusion]) -> CaseDecision:
    """Lifts all that is not over, also what another case excluded this GP for."""
    lifted = tuple(other for other in exclusions if other.agb_code == step.agb_code and other.until >= day)
    if not lifted:
        return CaseDecision(case, CaseCode.NOT_EXCLUDED)
    return CaseDecision(case, CaseCode.STEP_TAKEN, lifted=lifted)


def _taken(case: Case) -> CaseDecision:
    return CaseDecision(case, CaseCode.STEP_TAKEN)
