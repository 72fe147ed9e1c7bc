"""What became of a step in a case, by name. Each is a row of the table of outcome codes in `ion_contracts`."""

from __future__ import annotations

from enum import StrEnum


class CaseCode(StrEnum):
    """The first three are accepted, the others refused."""

    CASE_OPENED = "case-opened"
    STEP_TAKEN = "case-step-taken"
    RULING_GIVEN = "ruling-given"

    CASE_UNKNOWN = "case-unknown"
    CASE_EXISTS = "case-exists"
    CASE_CLOSED = "case-closed"
    NOT_AUTHORISED = "not-authorised"
    PRECONDITIONS_MISSING = "preconditions-missing"
    SAME_PARTIES = "same-parties"
    PATIENT_UNKNOWN = "patient-unknown"
    CASE_DATE_WRONG = "case-date-wrong"
    NOT_A_PARTY = "not-a-party"
    ALREADY_CONTACTED = "already-contacted"
    TERM_ALREADY_EXTENDED = "term-already-extended"
    TERM_ALREADY_PASSED = "term-already-passed"
    BOTH_NOT_HEARD = "both-not-heard"
    PATIENT_WISH_MISSING = "patient-wish-missing"
    DIFFERS_FROM_PATIENT_WISH = "differs-from-patient-wish"
    RULING_MISSING = "ruling-missing"
    ALREADY_PUBLISHED = "already-published"
    PUBLICATION_NAMES_THE_PATIENT = "publication-names-the-patient"
    EXCLUSION_PERIOD_WRONG = "exclusion-period-wrong"
    EXCLUSION_OVERLAPS = "exclusion-overlaps"
    NOT_EXCLUDED = "not-excluded"


ACCEPTED_CODES = frozenset((CaseCode.CASE_OPENED, CaseCode.STEP_TAKEN, CaseCode.RULING_GIVEN))
