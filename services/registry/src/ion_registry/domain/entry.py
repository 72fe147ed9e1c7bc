"""What one row of the journal says about a registration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from ion_contracts.messages import Status
from ion_registry.domain.command import Command
from ion_registry.domain.spans import Span


class Code(StrEnum):
    """What became of a command, by name. Each is a row of the table of outcome codes in `ion_contracts`."""

    REGISTERED = "registered"
    TRANSFERRED = "transferred"
    ALREADY_REGISTERED = "already-registered"
    DEFERRED_CLOSED_DAY = "deferred-closed-day"
    NO_LONGER_POSSIBLE = "no-longer-possible"
    SECOND_REGISTRATION_SAME_DAY = "second-registration-same-day"
    START_IN_PAST = "start-in-past"
    START_IN_FUTURE = "start-in-future"
    OVERLAPS_EARLIER_REGISTRATION = "overlaps-earlier-registration"
    COVERAGE_MISSING = "coverage-missing"
    UNKNOWN_AGB_CODE = "unknown-agb-code"
    AGB_CODE_NOT_ACTIVE = "agb-code-not-active"
    AGB_CODE_EXCLUDED = "agb-code-excluded"
    PRACTICE_CODE_REQUIRED = "practice-code-required"
    PATIENT_BLOCKED = "patient-blocked"
    REGISTERED_TEMPORARY = "registered-temporary"
    REGISTERED_TEMPORARY_LIKELY_DOUBLE = "registered-temporary-likely-double"
    EXTENDED = "extended"
    NOT_TEMPORARY = "not-temporary"
    COMPLETED = "completed"
    COMPLETED_KNOWN_ELSEWHERE = "completed-known-elsewhere"
    TEMPORARY_DUE = "temporary-due"
    TEMPORARY_EXPIRED = "temporary-expired"
    DEREGISTERED = "deregistered"
    NOT_REGISTERED_HERE = "not-registered-here"
    BEGAN_TODAY = "began-today"
    WITHDRAWN = "withdrawn"
    WITHDRAWN_BEFORE_PROCESSING = "withdrawn-before-processing"
    NOTHING_TO_WITHDRAW = "nothing-to-withdraw"
    BUILT_UPON = "built-upon"
    WITHDRAW_TERM_OVER = "withdraw-term-over"
    CORRECTED = "corrected"
    NOTHING_TO_CORRECT = "nothing-to-correct"
    WRONG_PERIOD = "wrong-period"
    RULING_CARRIED_OUT = "ruling-carried-out"
    UNBLOCKED = "unblocked"
    NOT_BLOCKED = "not-blocked"
    INSURANCE_RECORDED = "insurance-recorded"
    INSURANCE_UNCHANGED = "insurance-unchanged"
    PERSON_REMOVED = "person-removed"
    PERSON_HAS_REGISTRATION = "person-has-registration"
    PATIENT_UNKNOWN = "patient-unknown"
    NOT_AUTHORISED = "not-authorised"
    INTAKE_PAUSED = "intake-paused"
    MALFORMED = "malformed"


class Event(StrEnum):
    """What others hear of a change. Each takes the next `sequence` of its patient."""

    STARTED = "started"
    TRANSFERRED = "transferred"
    ENDED = "ended"
    TEMPORARY_DUE = "temporary-due"
    TEMPORARY_EXPIRED = "temporary-expired"
    TEMPORARY_COMPLETED = "temporary-completed"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    CORRECTED = "corrected"
    RULED = "ruled"


@dataclass(frozen=True, slots=True)
class Change:
    """From `valid_from` until `valid_until` (None: until further notice) `holder` has the patient, or nobody.

    This is all that history is made of: later changes lie over earlier ones. `since` is the start of the
    registration that these days belong to.
    """

    holder: str | None
    valid_from: date
    valid_until: date | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one command did, or did not do. Without a status it is a consequence, and no outcome.

    `since` is the start of the registration that the command made or met. `sequence` and `event` are there when
    others have to hear of it; `change` when the registration changed. `replaced` is the registration that it ended,
    with its new last day; of a rewriting, the days that were taken away. `uzovi` is the insurer on the day from which
    the change holds, `previous_uzovi` the one that heard of what ended. `caused_by` is the id of the message that led
    to this: the command itself, or what settled it when it had waited. `details` hold what only some events say,
    without names and numbers of persons.
    """

    command: Command
    patient_id: UUID
    caused_by: str
    status: Status | None
    code: Code
    policy_version: int
    agb_code: str | None = None
    since: date | None = None
    process_on: date | None = None
    event: Event | None = None
    sequence: int | None = None
    change: Change | None = None
    replaced: tuple[Span, ...] = ()
    uzovi: str | None = None
    previous_uzovi: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
