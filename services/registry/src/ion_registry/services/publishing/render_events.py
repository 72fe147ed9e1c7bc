"""What everybody who reads the events hears of a journal row: no BSN, no name."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ion_contracts import messages as m
from ion_registry.domain.entry import Event
from ion_registry.storage.journal import JournalRow


def event_of(row: JournalRow) -> m.Message:
    """Returns the event of a row that has one."""
    assert row.event is not None
    fact: dict[str, Any] = {
        "patient_id": row.patient_id,
        "recorded_on": row.recorded_on,
        "recorded_at": row.recorded_at,
    }
    details: dict[str, Any] = row.details if isinstance(row.details, dict) else {}
    match Event(row.event):
        case Event.STARTED | Event.TRANSFERRED as event:
            return _registered(event, row, fact, details)
        case Event.ENDED:
            merged_into = details.get("mergedInto")
            return m.RegistrationEnded(
                ended=ended_period(row),
                reason=details["reason"],
                merged_into=merged_into and UUID(str(merged_into)),
                **fact,
            )
        case Event.TEMPORARY_EXPIRED:
            return m.TemporaryExpired(ended=ended_period(row), **fact)
        case Event.TEMPORARY_DUE:
            return m.TemporaryDue(agb_code=row.agb_code, since=row.since, ends_on=details["endsOn"], **fact)
        case Event.TEMPORARY_COMPLETED:
            return m.TemporaryCompleted(agb_code=row.agb_code, since=row.since, **fact)
        case Event.BLOCKED:
            return m.PatientBlocked(agb_codes=details["agbCodes"], blocked_on=details["blockedOn"], **fact)
        case Event.UNBLOCKED:
            return m.PatientUnblocked(ground=details["ground"], **fact)
        case Event.CORRECTED:
            return m.RegistrationCorrected(reason=details["reason"], **_rewritten(row), **fact)
        case Event.RULED:
            return m.RulingCarriedOut(case_id=UUID(str(details["caseId"])), **_rewritten(row), **fact)


def ended_period(row: JournalRow) -> m.EndedPeriod:
    """Returns the registration that a row ended."""
    assert row.previous_agb_code is not None
    assert row.previous_since is not None
    assert row.previous_until is not None
    return m.EndedPeriod(agb_code=row.previous_agb_code, since=row.previous_since, until=row.previous_until)


def replaced_periods(row: JournalRow) -> list[m.HeldPeriod]:
    """Returns what the register had on the days that a row rewrote."""
    periods: Any = row.replaced or []
    return [
        m.HeldPeriod(agb_code=code, since=as_day(since), until=until and as_day(until))
        for code, since, until in periods
    ]


def _registered(event: Event, row: JournalRow, fact: dict[str, Any], details: dict[str, Any]) -> m.Message:
    fact = {**fact, "agb_code": row.agb_code, "since": row.since, "temporary": details.get("temporary", False)}
    if event is Event.STARTED:
        return m.RegistrationStarted(**fact)
    reason = details.get("reason", m.TransferReason.REGISTERED_ELSEWHERE)
    return m.RegistrationTransferred(previous=ended_period(row), reason=reason, **fact)


def _rewritten(row: JournalRow) -> dict[str, Any]:
    return {
        "agb_code": row.holder,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "replaced": replaced_periods(row),
    }


def as_day(value: object) -> date:
    """Returns a day out of `details` or `replaced`: once they have been stored, days in them are text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))
