"""Commands that the office gives by hand: judged beforehand by the register's own rules, and sent the one way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID, uuid4

from ion_contracts.catalogue import COMMANDS
from ion_contracts.codec import Received
from ion_contracts.envelope import Envelope
from ion_contracts.messages import Message, Status
from ion_platform.clock import Clock
from ion_platform.database import Connection
from ion_platform.outbox import Outgoing, enqueue
from ion_platform.subscription import Delivery
from ion_registry.services.deciding.handle_commands import CommandHandler
from ion_registry.services.publishing.render import SOURCE
from ion_registry.storage.office import QUERIES

NO_PARTITION = 999_999
"""Where a command is judged that is not sent; the rows that this writes are rolled back."""


class KnownPatient(NamedTuple):
    """A patient whom the office can give commands about: the register keeps the key of whom it knows."""

    patient_id: UUID
    routing_key: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would become of a command, or did."""

    status: Status
    code: str
    process_on: date | None

    @property
    def is_refused(self) -> bool:
        """Whether nothing comes of it."""
        return self.status is Status.REFUSED


async def find_known(connection: Connection, bsn: str | None, patient_id: UUID | None) -> KnownPatient | None:
    """Returns the patient with this BSN or this id, who may go on under another id by now; None for nobody."""
    row = await connection.fetchrow(QUERIES["find_known_patient"], bsn, patient_id)
    return None if row is None else KnownPatient(row["patient_id"], row["routing_key"])


def as_outgoing(body: Message, key: bytes, clock: Clock) -> Outgoing:
    """Returns a command of the office under a new id."""
    command_id = str(uuid4())
    envelope = Envelope(id=command_id, source=SOURCE, type=body.TYPE, time=clock.now(), correlation_id=command_id)
    return Outgoing(COMMANDS.name, key, envelope, body)


async def judge(connection: Connection, command: Outgoing, clock: Clock) -> Verdict:
    """Returns what the register would do with a command now. Whatever that would change is rolled back."""
    delivery = Delivery(COMMANDS.name, NO_PARTITION, 0, command.key, Received(command.envelope, command.body))
    transaction = connection.transaction()
    await transaction.start()
    try:
        await CommandHandler(clock).handle(connection, [delivery])
        verdicts = await outcomes_of(connection, command.envelope.id)
    finally:
        await transaction.rollback()
    return verdicts[-1]


async def send(connection: Connection, command: Outgoing) -> None:
    """Puts a command in the outbox, in the caller's transaction."""
    await enqueue(connection, [command])


async def outcomes_of(connection: Connection, command_id: str) -> Sequence[Verdict]:
    """Returns what the journal says of a command: nothing yet, one outcome, or two when it waited."""
    rows = await connection.fetch(QUERIES["outcomes_of_command"], command_id)
    return [Verdict(Status(row["status"]), row["code"], row["process_on"]) for row in rows]


async def party_of_command(connection: Connection, command_id: str) -> str | None:
    """Returns who gave a command, or None."""
    party: str | None = await connection.fetchval(QUERIES["party_of_command"], command_id)
    return party


async def parties_of_batch(connection: Connection, batch_id: UUID) -> list[str]:
    """Returns who gave the commands of a file or of an operation on a list."""
    return [row["party"] for row in await connection.fetch(QUERIES["parties_of_batch"], batch_id)]
