"""Messages that leave in the transaction that decided them. The relay publishes them after the commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from ion_contracts.envelope import Envelope, Headers
from ion_contracts.messages import Message
from ion_platform.database import Connection
from ion_platform.queries import load_queries

QUERIES = load_queries("ion_platform")
Position = tuple[int, ...]
"""How far a relay has come in its source; compared as tuples are."""


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record as it will be published. Without a partition, its key chooses one."""

    topic: str
    key: bytes | None
    headers: Headers
    value: bytes
    partition: int | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send."""

    topic: str
    key: bytes | None
    envelope: Envelope
    body: Message
    partition: int | None = None

    def record(self) -> Record:
        """Returns it as bytes."""
        return Record(self.topic, self.key, self.envelope.headers(), self.body.to_json(), self.partition)


async def enqueue(connection: Connection, messages: Sequence[Outgoing]) -> None:
    """Adds messages to the outbox in the caller's transaction; never commits."""
    await enqueue_records(connection, [message.record() for message in messages])


async def enqueue_records(connection: Connection, records: Sequence[Record]) -> None:
    """The same for records that are bytes already, such as a dead letter that is offered again."""
    if not records:
        return
    await connection.copy_records_to_table(
        "outbox",
        records=[(r.topic, r.partition, r.key, _pack(r.headers), r.value) for r in records],
        columns=["topic", "partition", "key", "headers", "value"],
    )


class OutboxSource:
    """The outbox table as a relay's source. Positions are (transaction id, row id)."""

    name = "outbox"
    start: Position = (0, 0)

    async def fetch(
        self, connection: Connection, after: Position, limit: int
    ) -> list[tuple[Position, Sequence[Record]]]:
        """Returns what comes after a position, in order, and removes what lies before it."""
        await connection.execute(QUERIES["forget_published"], *after)
        rows = await connection.fetch(QUERIES["read_outbox"], *after, limit)
        return [
            (
                (row["transaction_id"], row["id"]),
                [Record(row["topic"], row["key"], _unpack(row["headers"]), row["value"], row["partition"])],
            )
            for row in rows
        ]


def _pack(headers: Headers) -> bytes:
    return orjson.dumps({name: value.decode("latin-1") for name, value in headers})


def _unpack(packed: bytes) -> Headers:
    return [(name, value.encode("latin-1")) for name, value in orjson.loads(packed).items()]
