"""Commands as the gateway will send them, for what no route of it takes yet: put on the topic, outcomes awaited."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from ion_contracts.catalogue import COMMANDS, OUTCOMES
from ion_contracts.codec import decode
from ion_contracts.envelope import Envelope
from ion_contracts.messages import ALL, CommandOutcome, Message
from ion_cov_gateway.domain.patient_reference import patient_reference
from ion_cov_gateway.services.commands import SOURCE
from ion_local.demo.world import DEADLINE_S, DemoError
from ion_local.keys import patient_reference_secret
from ion_local.practices import Practice
from ion_local.stack import Stack
from ion_platform.clock import Clock

OFFICE = "ION, registerbureau"


@dataclass(frozen=True, slots=True)
class Command:
    """A message with the key that it goes under; its id is the operation's."""

    body: Message
    key: bytes
    id: str = field(default_factory=lambda: str(uuid4()))


class Commands:
    """Sends commands to one running stack."""

    def __init__(self, stack: Stack) -> None:
        self._kafka = stack.endpoints["kafka"]
        self._secret = patient_reference_secret(stack.directory).encode()
        self._clock = Clock(stack.clock_file)

    def key_of(self, bsn: str) -> bytes:
        """Returns the routing key of a patient, as the gateway computes it."""
        return patient_reference(bsn, self._secret)

    def offered_by(self, practice: Practice | None) -> dict[str, Any]:
        """Returns what a command says of who offered it now: a practice, or the office."""
        now = self._moment()
        party = OFFICE if practice is None else practice.name
        return {"offered_on": self._clock.today(), "offered_at": now, "party": party, "office": practice is None}

    async def carry_out(self, *commands: Command) -> list[CommandOutcome]:
        """Sends commands one after the other and returns the first outcome of each, in their order."""
        consumer = AIOKafkaConsumer(OUTCOMES.name, bootstrap_servers=self._kafka, group_id=None)
        await consumer.start()
        try:
            for partition, end in (await consumer.end_offsets(consumer.assignment())).items():
                consumer.seek(partition, end)  # Else "the latest" might be behind the outcomes of these commands.
            await self._produce(commands)
            found = await _outcomes(consumer, {command.id for command in commands})
            return [found[command.id] for command in commands]
        finally:
            await consumer.stop()

    async def _produce(self, commands: Sequence[Command]) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self._kafka, acks="all", enable_idempotence=True)
        await producer.start()
        try:
            for command in commands:
                envelope = Envelope(command.id, SOURCE, command.body.TYPE, self._moment(), correlation_id=command.id)
                await producer.send(COMMANDS.name, command.body.to_json(), command.key, headers=envelope.headers())
            await producer.flush()
        finally:
            await producer.stop()

    def _moment(self) -> datetime:
        return self._clock.refresh()


async def _outcomes(consumer: AIOKafkaConsumer, wanted: set[str]) -> dict[str, CommandOutcome]:
    found: dict[str, CommandOutcome] = {}
    end_s = time.monotonic() + DEADLINE_S
    while wanted - found.keys():
        if time.monotonic() > end_s:
            raise DemoError(f"after {DEADLINE_S:.0f} s {len(wanted - found.keys())} commands still had no outcome")
        for records in (await consumer.getmany(timeout_ms=200)).values():
            for record in records:
                body = decode(record.headers, record.value, ALL).body
                if isinstance(body, CommandOutcome) and body.command_id in wanted:
                    found.setdefault(body.command_id, body)
    return found
