"""From a journal row to the messages that it stands for. Pure: the same row always gives the same messages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid5

from ion_contracts.catalogue import EVENTS, OUTCOMES, insurer_changes_topic
from ion_contracts.envelope import Envelope
from ion_contracts.messages import (
    CommandOutcome,
    DayClosed,
    EndedPeriod,
    InsuredLeft,
    InsuredRegistered,
    Message,
    RegistrationStarted,
    RegistrationState,
    RegistrationTransferred,
    Status,
)
from ion_platform.outbox import Outgoing
from ion_registry.storage.journal import JournalRow, Kind, PublishableRow

SOURCE = "urn:nld:ion:registry"


def render(publishable: PublishableRow) -> list[Outgoing]:
    """Returns the messages of one row, the outcome first; a row that is published again keeps its ids."""
    row, namespace = publishable.row, publishable.event_namespace
    if row.kind == Kind.CLOSE_DAY:
        return [_day_closed(row, namespace)]
    messages = [_outcome(row, publishable.routing_key, namespace)]
    if row.sequence is not None:
        messages.append(_event(row, namespace))
        if publishable.bsn is not None:
            messages += _insurer_changes(row, publishable.bsn, namespace)
    return messages


def insurers_of(rows: Sequence[PublishableRow]) -> set[str]:
    """Returns the insurers that hear of these rows."""
    changes = [publishable.row for publishable in rows if publishable.row.sequence is not None]
    codes = {row.uzovi for row in changes} | {row.previous_uzovi for row in changes}
    return {uzovi for uzovi in codes if uzovi is not None}


def _outcome(row: JournalRow, routing_key: bytes | None, namespace: UUID) -> Outgoing:
    """A malformed command has no patient: what its key holds is not known, so it is not repeated."""
    registration = None
    if row.status == Status.ACCEPTED and row.agb_code is not None and row.since is not None:
        registration = RegistrationState(agb_code=row.agb_code, since=row.since)
    body = CommandOutcome(
        command_id=row.command_id,
        status=Status(row.status),
        code=row.code,
        registration=registration,
        process_on=row.process_on,
        recorded_at=row.recorded_at,
    )
    envelope = _envelope(row, body, namespace, "outcome")
    return Outgoing(OUTCOMES.name, routing_key, envelope, body, row.partition)


def _event(row: JournalRow, namespace: UUID) -> Outgoing:
    assert row.patient_id is not None
    assert row.agb_code is not None
    assert row.since is not None
    previous = _ended(row)
    body: Message
    if previous is None:
        body = RegistrationStarted(
            patient_id=row.patient_id,
            agb_code=row.agb_code,
            since=row.since,
            recorded_on=row.recorded_on,
            recorded_at=row.recorded_at,
        )
    else:
        body = RegistrationTransferred(
            patient_id=row.patient_id,
            agb_code=row.agb_code,
            since=row.since,
            previous=previous,
            recorded_on=row.recorded_on,
            recorded_at=row.recorded_at,
        )
    envelope = _envelope(row, body, namespace, "event", row.sequence)
    return Outgoing(EVENTS.name, row.patient_id.bytes, envelope, body, row.partition)


def _day_closed(row: JournalRow, namespace: UUID) -> Outgoing:
    assert row.closed_day is not None
    body = DayClosed(day=row.closed_day, partition=row.partition)
    key = str(row.partition).encode()
    return Outgoing(EVENTS.name, key, _envelope(row, body, namespace, "event"), body, row.partition)


def _insurer_changes(row: JournalRow, bsn: str, namespace: UUID) -> list[Outgoing]:
    """An insurer hears of its own insured only (rule 43): the old one that the person left, not to whom."""
    assert row.patient_id is not None
    assert row.agb_code is not None
    assert row.since is not None
    previous = _ended(row)
    same_insurer = row.uzovi == row.previous_uzovi
    changes: list[tuple[str, InsuredLeft | InsuredRegistered]] = []
    if row.previous_uzovi is not None and previous is not None and not same_insurer:
        left = InsuredLeft(
            patient_id=row.patient_id,
            bsn=bsn,
            uzovi=row.previous_uzovi,
            previous=previous,
            recorded_at=row.recorded_at,
        )
        changes.append(("insured-left", left))
    if row.uzovi is not None:
        registered = InsuredRegistered(
            patient_id=row.patient_id,
            bsn=bsn,
            uzovi=row.uzovi,
            agb_code=row.agb_code,
            since=row.since,
            previous=previous if same_insurer else None,
            recorded_at=row.recorded_at,
        )
        changes.append(("insured-registered", registered))
    return [
        Outgoing(
            topic=insurer_changes_topic(body.uzovi).name,
            key=row.patient_id.bytes,
            envelope=_envelope(row, body, namespace, purpose, row.sequence),
            body=body,
        )
        for purpose, body in changes
    ]


def _ended(row: JournalRow) -> EndedPeriod | None:
    if row.previous_agb_code is None or row.previous_since is None or row.previous_until is None:
        return None
    return EndedPeriod(agb_code=row.previous_agb_code, since=row.previous_since, until=row.previous_until)


def _envelope(row: JournalRow, body: Message, namespace: UUID, purpose: str, sequence: int | None = None) -> Envelope:
    place = f"{row.generation}/{row.partition}/{row.offset}/{row.n}"
    return Envelope(
        id=str(uuid5(namespace, f"{place}/{purpose}")),
        source=SOURCE,
        type=body.TYPE,
        time=row.recorded_at,
        correlation_id=row.correlation_id,
        causation_id=row.causation_id,
        sequence=sequence,
    )
