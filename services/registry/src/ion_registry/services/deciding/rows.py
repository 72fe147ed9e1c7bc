"""What the journal says: a row for each entry of a decision, and for what is not about a patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ion_contracts.messages import CaseStep, Status
from ion_registry.domain.command import Command
from ion_registry.domain.entry import Code, Entry, Event
from ion_registry.domain.reference import Reference
from ion_registry.services.deciding.translate import KINDS
from ion_registry.storage.journal import JournalRow, Kind

DAY_CLOSED = "day-closed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the record stood that leads to something, and when the register knew it."""

    generation: int
    partition: int
    offset: int
    recorded_at: datetime
    recorded_on: date


def entry_row(place: Place, n: int, entry: Entry, reference: Reference, batch_id: UUID | None) -> JournalRow:
    """Returns the row of an entry. One ended registration has columns of its own; several stand in `replaced`."""
    command, change = entry.command, entry.change
    previous = entry.replaced[0] if _ends_one(entry) else None
    provider = reference.providers.get(entry.agb_code) if entry.agb_code else None
    return JournalRow(
        generation=place.generation,
        partition=place.partition,
        offset=place.offset,
        n=n,
        kind=KINDS[type(command)],
        command_id=command.command_id,
        correlation_id=command.correlation_id,
        causation_id=entry.caused_by,
        status=entry.status,
        code=entry.code,
        recorded_at=place.recorded_at,
        recorded_on=place.recorded_on,
        patient_id=entry.patient_id,
        agb_code=entry.agb_code,
        since=entry.since,
        previous_agb_code=previous.code if previous else None,
        previous_since=previous.since if previous else None,
        previous_until=previous.until if previous else None,
        sequence=entry.sequence,
        uzovi=entry.uzovi,
        previous_uzovi=entry.previous_uzovi,
        mode=getattr(command, "mode", None),
        party=command.party,
        offered_on=command.offered_on,
        process_on=entry.process_on,
        policy_version=entry.policy_version,
        provider_version=provider.version if provider else None,
        batch_id=batch_id,
        event=entry.event,
        holder=change.holder if change else None,
        valid_from=change.valid_from if change else None,
        valid_until=change.valid_until if change else None,
        replaced=[[span.code, span.since, span.until] for span in entry.replaced] if change and not previous else None,
        details=entry.details or None,
    )


def malformed_row(place: Place, command_id: str, correlation_id: str, reason: str) -> JournalRow:
    """Returns the row of a record that could not be taken; a command that cannot be read still ends in an outcome."""
    return _row(place, Kind.MALFORMED, command_id, correlation_id, Status.REFUSED, Code.MALFORMED)._replace(
        reason=reason
    )


def unknown_patient_row(place: Place, command: Command) -> JournalRow:
    """Returns the row of a command about somebody whom the register does not know."""
    row = _row(
        place,
        KINDS[type(command)],
        command.command_id,
        command.correlation_id,
        Status.REFUSED,
        Code.PATIENT_UNKNOWN,
    )
    return row._replace(party=command.party, offered_on=command.offered_on)


def closed_day_row(place: Place, command_id: str, correlation_id: str, day: date) -> JournalRow:
    """Returns the row of a day that has passed."""
    return _row(place, Kind.CLOSE_DAY, command_id, correlation_id, None, DAY_CLOSED)._replace(closed_day=day)


def list_row(
    place: Place,
    command_id: str,
    correlation_id: str,
    status: Status,
    code: str,
    *,
    agb_code: str | None,
    party: str,
    offered_on: date,
    operation_id: UUID,
) -> JournalRow:
    """Returns the row of a command that starts, stops or resumes an operation on a list."""
    return _row(place, Kind.LIST, command_id, correlation_id, status, code)._replace(
        agb_code=agb_code, party=party, offered_on=offered_on, details={"operationId": operation_id}
    )


def case_row(
    place: Place, command_id: str, correlation_id: str, status: Status, code: str, body: CaseStep
) -> JournalRow:
    """Returns the row of a step in a case of the ombudsman; its texts stand with the case only."""
    details = {"caseId": body.case_id, "step": body.step.kind}
    return _row(place, Kind.CASE, command_id, correlation_id, status, code)._replace(
        party=body.party, offered_on=body.offered_on, details=details
    )


def _row(
    place: Place, kind: Kind, command_id: str, correlation_id: str, status: Status | None, code: str
) -> JournalRow:
    return JournalRow(
        generation=place.generation,
        partition=place.partition,
        offset=place.offset,
        n=0,
        kind=kind,
        command_id=command_id,
        correlation_id=correlation_id,
        causation_id=command_id,
        status=status,
        code=code,
        recorded_at=place.recorded_at,
        recorded_on=place.recorded_on,
    )


def _ends_one(entry: Entry) -> bool:
    """Whether the change ended the one registration that it replaced, on the day before."""
    return entry.event in (Event.TRANSFERRED, Event.ENDED, Event.TEMPORARY_EXPIRED)
