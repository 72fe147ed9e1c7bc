"""What the registry would publish, about practices that do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4, uuid5

from ion_contracts.catalogue import EVENTS, PROVIDERS
from ion_contracts.codec import Received
from ion_contracts.envelope import Envelope
from ion_contracts.messages import (
    CareProvider,
    DayClosed,
    EndedPeriod,
    Message,
    ProviderKind,
    RegistrationStarted,
    RegistrationTransferred,
)
from ion_platform.subscription import Delivery

PREVIOUS, NEW = "01000001", "01000002"
MOVED_ON, ENDED_ON = date(2027, 4, 1), date(2027, 3, 31)
NOW = datetime(2027, 4, 1, 8, tzinfo=UTC)
_PATIENTS = UUID("3b0f9a58-6d0d-4a55-9a25-0f6f0f7e2f11")


@dataclass(frozen=True, slots=True)
class Made:
    """A message with its topic, key and envelope."""

    topic: str
    key: bytes
    envelope: Envelope
    body: Message

    def delivered(self, offset: int = 0) -> Delivery:
        """Returns it as a handler gets it."""
        return Delivery(self.topic, 0, offset, self.key, Received(self.envelope, self.body))


def transfer(number: int, previous: str = PREVIOUS, new: str = NEW) -> Made:
    """Returns the move of the made patient with this number; the same number is the same event."""
    patient_id = uuid5(_PATIENTS, str(number))
    body = RegistrationTransferred(
        patient_id=patient_id,
        agb_code=new,
        since=MOVED_ON,
        previous=EndedPeriod(agb_code=previous, since=date(2020, 1, 1), until=ENDED_ON),
        recorded_on=MOVED_ON,
        recorded_at=NOW,
    )
    return _made(EVENTS.name, patient_id.bytes, body, str(uuid5(patient_id, "event")), sequence=2)


def start(number: int) -> Made:
    """Returns the first registration of a made patient."""
    patient_id = uuid5(_PATIENTS, str(number))
    body = RegistrationStarted(
        patient_id=patient_id, agb_code=PREVIOUS, since=date(2020, 1, 1), recorded_on=MOVED_ON, recorded_at=NOW
    )
    return _made(EVENTS.name, patient_id.bytes, body, str(uuid4()), sequence=1)


def day_closed() -> Made:
    """Returns the end of a day in partition 0."""
    return _made(EVENTS.name, b"0", DayClosed(day=ENDED_ON, partition=0), str(uuid4()))


def provider(agb_code: str, address: str | None = "post@praktijk.example", recorded_at: datetime = NOW) -> Made:
    """Returns a practice as the care provider register has it."""
    body = CareProvider(
        agb_code=agb_code,
        kind=ProviderKind.PRACTICE,
        name=f"Huisartsenpraktijk {agb_code}",
        street="Dorpsstraat",
        house_number="1",
        postcode="1234 AB",
        city="Lindedam",
        change_message_address=address,
        recorded_at=recorded_at,
    )
    return _made(PROVIDERS.name, agb_code.encode(), body, str(uuid4()))


def _made(topic: str, key: bytes, body: Message, identifier: str, sequence: int | None = None) -> Made:
    envelope = Envelope(identifier, "urn:nld:ion:registry", body.TYPE, NOW, f"operation-{identifier}", None, sequence)
    return Made(topic, key, envelope, body)
