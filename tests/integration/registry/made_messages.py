"""Commands as the gateway sends them, about people who do not exist."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from itertools import count, islice
from uuid import UUID, uuid4

from stdnum.nl import bsn as elfproef

from ion_contracts.catalogue import COMMANDS
from ion_contracts.codec import Received
from ion_contracts.envelope import Envelope
from ion_contracts.messages import CloseDay, Message, Mode, Person, Register, SettleWaiting, Sex, Subject
from ion_platform.subscription import Delivery

PRACTICE_A = "01023456"
PRACTICE_B = "01034567"
PRACTICE_C = "01045678"
PRACTICES = (PRACTICE_A, PRACTICE_B, PRACTICE_C)
"""Known to the care provider register of every test database."""
PERSON_CODE = "01123456"
SOURCE = "urn:nld:ion:cov-gateway"
MADE_SECRET = b"a made secret of at least 32 bytes"


@cache
def made_bsns() -> tuple[str, ...]:
    """Returns all test numbers 9999xxxxx that pass the elfproef."""
    return tuple(str(number) for number in range(999900000, 1000000000) if elfproef.is_valid(str(number)))


def routing_key(bsn: str) -> bytes:
    """Returns the key of a patient's commands, as the gateway computes it."""
    return hmac.new(MADE_SECRET, bsn.encode(), hashlib.sha256).digest()[:16]


def person(number: int, family_name: str | None = None) -> Person:
    """Returns the made person with this number."""
    return Person(
        bsn=made_bsns()[number],
        initials=f"{chr(65 + number % 26)}.",
        prefix="van der" if number % 5 == 0 else "",
        family_name=family_name or f"Gemaakt{number:04}",
        birth_date=date(1960 + number % 60, 1 + number % 12, 1 + number % 28),
        sex=Sex.FEMALE if number % 2 else Sex.MALE,
    )


@dataclass(frozen=True, slots=True)
class Made:
    """A command with its envelope and the key that it goes under."""

    body: Message
    key: bytes | None
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def envelope(self) -> Envelope:
        now = datetime.now(UTC)
        return Envelope(self.id, SOURCE, self.body.TYPE, now, correlation_id=f"operation-{self.id}")


def register(
    number: int,
    agb_code: str,
    offered_on: date,
    start_date: date | None = None,
    *,
    uzovi: str | None = "3311",
    family_name: str | None = None,
) -> Made:
    """Returns a command to register the person with this number."""
    who = person(number, family_name)
    body = Register(
        agb_code=agb_code,
        person=who,
        mode=Mode.AUTOMATIC,
        offered_on=offered_on,
        offered_at=datetime.now(UTC),
        start_date=start_date,
        uzovi=uzovi,
        party=party_of(agb_code),
    )
    return Made(body, routing_key(who.bsn))


def party_of(agb_code: str) -> str:
    """Returns who acts for a code."""
    return f"made party of {agb_code}"


def subject(who: int | UUID) -> Subject:
    """Returns how a command names a patient: the person with this number by BSN, or the register's own id."""
    return Subject(patient_id=who) if isinstance(who, UUID) else Subject(bsn=made_bsns()[who])


def key_of(who: int) -> bytes:
    """Returns the key of the commands about the person with this number."""
    return routing_key(made_bsns()[who])


class Partition:
    """Hands out deliveries of one partition, with offsets that go on from batch to batch."""

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self._offsets = count()

    def deliver(self, made: Iterable[Made]) -> list[Delivery]:
        """Returns the next records of the partition, decoded."""
        return [
            Delivery(COMMANDS.name, self.number, offset, one.key, Received(one.envelope, one.body))
            for one, offset in zip(made, self._offsets, strict=False)
        ]

    def skip(self, records: int) -> int:
        """Passes over records and returns the offset of the first."""
        return next(islice(self._offsets, 0, records))


def settle(made: Made, patient_id: object, due_on: date) -> Made:
    """Returns the timer's command for a patient."""
    return Made(SettleWaiting(patient_id=patient_id, offered_on=due_on), made.key)


def close(day: date) -> Made:
    """Returns the timer's command that closes a day."""
    return Made(CloseDay(day=day), None)
