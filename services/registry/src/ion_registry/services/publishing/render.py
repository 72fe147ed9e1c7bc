"""From a journal row to the messages that it stands for. Pure: the same row always gives the same messages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid5

from ion_contracts.catalogue import EVENTS, OUTCOMES
from ion_contracts.envelope import Envelope
from ion_contracts.messages import CommandOutcome, DayClosed, Message, RegistrationState, Status
from ion_platform.outbox import Outgoing
from ion_registry.services.publishing.render_changes import insurer_changes, insurers_of_row
from ion_registry.services.publishing.render_events import event_of
from ion_registry.storage.journal import JournalRow, Kind, PublishableRow

SOURCE = "urn:nld:ion:registry"


def render(publishable: PublishableRow) -> list[Outgoing]:
    """Returns the messages of one row, the outcome first; a row that is published again keeps its ids."""
    row, namespace = publishable.row, publishable.event_namespace
    if row.kind == Kind.CLOSE_DAY:
        return [_day_closed(row, namespace)]
    messages = []
    if row.status is not None:
        messages.append(_outcome(row, publishable.routing_key, namespace))
    if row.event is not None:
        assert row.patient_id is not None
        body = event_of(row)
        envelope = _envelope(row, body, namespace, "event", row.sequence)
        messages.append(Outgoing(EVENTS.name, row.patient_id.bytes, envelope, body, row.partition))
    if publishable.bsn is not None:
        messages += [
            Outgoing(topic, body.patient_id.bytes, _envelope(row, body, namespace, purpose, row.sequence), body)
            for topic, purpose, body in insurer_changes(row, publishable.bsn)
        ]
    return messages


def insurers_of(rows: Sequence[PublishableRow]) -> set[str]:
    """Returns the insurers that hear of these rows."""
    return {uzovi for publishable in rows for uzovi in insurers_of_row(publishable.row)}


def _outcome(row: JournalRow, routing_key: bytes | None, namespace: UUID) -> Outgoing:
    """A malformed command has no patient: what its key holds is not known, so it is not repeated."""
    registration = None
    if row.status == Status.ACCEPTED and row.agb_code is not None and row.since is not None:
        registration = RegistrationState(agb_code=row.agb_code, since=row.since, patient_id=row.patient_id)
    assert row.status is not None
    body = CommandOutcome(
        command_id=row.command_id,
        status=Status(row.status),
        code=row.code,
        registration=registration,
        process_on=row.process_on,
        recorded_at=row.recorded_at,
    )
    return Outgoing(OUTCOMES.name, routing_key, _envelope(row, body, namespace, "outcome"), body, row.partition)


def _day_closed(row: JournalRow, namespace: UUID) -> Outgoing:
    assert row.closed_day is not None
    body = DayClosed(day=row.closed_day, partition=row.partition)
    key = str(row.partition).encode()
    return Outgoing(EVENTS.name, key, _envelope(row, body, namespace, "event"), body, row.partition)


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
