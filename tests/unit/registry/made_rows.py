"""Journal rows as the register writes them, and what is rendered of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from ion_contracts.catalogue import EVENTS
from ion_contracts.messages import EndedPeriod, Message, Status
from ion_platform.outbox import Outgoing
from ion_registry.services.publishing.render import render
from ion_registry.storage.journal import JournalRow, Kind, PublishableRow

PATIENT = UUID("00000000-0000-4000-8000-000000000001")
NAMESPACE = UUID("00000000-0000-4000-8000-00000000000f")
KEY = b"0123456789abcdef"
MADE_BSN = "999900006"
MOMENT = datetime(2027, 3, 10, 9, 30, tzinfo=UTC)
REGISTERED = JournalRow(
    generation=1,
    partition=4,
    offset=77,
    n=0,
    kind=Kind.REGISTER,
    command_id="command-1",
    correlation_id="operation-1",
    causation_id="command-1",
    status=Status.ACCEPTED,
    code="registered",
    recorded_at=MOMENT,
    recorded_on=date(2027, 3, 10),
    patient_id=PATIENT,
    agb_code="01023456",
    since=date(2027, 3, 10),
    sequence=1,
    uzovi="3311",
    event="started",
    holder="01023456",
    valid_from=date(2027, 3, 10),
)
TRANSFERRED = REGISTERED._replace(
    code="transferred",
    event="transferred",
    sequence=2,
    previous_agb_code="01034567",
    previous_since=date(2027, 1, 5),
    previous_until=date(2027, 3, 9),
    previous_uzovi="3311",
)
ENDED = EndedPeriod(agb_code="01034567", since=date(2027, 1, 5), until=date(2027, 3, 9))
PRACTICE_A, PRACTICE_B, PRACTICE_C = "01034567", "01023456", "01045678"
MARCH_1, MARCH_9, MARCH_10, MARCH_20 = date(2027, 3, 1), date(2027, 3, 9), date(2027, 3, 10), date(2027, 3, 20)
DEREGISTERED = TRANSFERRED._replace(
    kind=Kind.DEREGISTER,
    code="deregistered",
    event="ended",
    agb_code=PRACTICE_A,
    since=None,
    uzovi=None,
    holder=None,
    details={"reason": "emigrated"},
)
EXPIRED = DEREGISTERED._replace(
    kind=Kind.END, code="temporary-expired", status=None, event="temporary-expired", details=None
)
CORRECTED = REGISTERED._replace(
    kind=Kind.CORRECT,
    code="corrected",
    event="corrected",
    sequence=4,
    uzovi=None,
    agb_code=PRACTICE_C,
    holder=PRACTICE_C,
    valid_from=MARCH_1,
    valid_until=MARCH_20,
    replaced=[[PRACTICE_A, "2027-03-01", "2027-03-09"], [PRACTICE_B, "2027-03-10", "2027-03-20"]],
    details={"reason": "correction", "insurers": [["3311", "2027-03-01", "2027-03-09"]]},
)
COVERED = REGISTERED._replace(
    kind=Kind.COVERAGE,
    code="insurance-recorded",
    event=None,
    sequence=None,
    holder=None,
    valid_from=None,
    uzovi="7119",
    previous_uzovi="3311",
    details={"insuredFrom": "2027-03-20"},
)


def rendered(row: JournalRow, bsn: str | None = MADE_BSN) -> list[Outgoing]:
    """Returns all messages of a row."""
    return render(PublishableRow(row, NAMESPACE, KEY if row.patient_id else None, bsn))


def event_in(row: JournalRow) -> Message:
    """Returns the event of a row."""
    (event,) = [message.body for message in rendered(row) if message.topic == EVENTS.name]
    return event


def to_insurers(row: JournalRow) -> list[tuple[str, Message]]:
    """Returns each insurer's message of a row, with its topic."""
    return [(message.topic, message.body) for message in rendered(row) if message.topic.startswith("insurers.")]
