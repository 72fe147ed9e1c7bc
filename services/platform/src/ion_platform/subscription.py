"""What a service says about a topic that it reads, and what its handler gets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from ion_contracts.catalogue import Topic
from ion_contracts.codec import Received
from ion_contracts.envelope import readable_id
from ion_contracts.messages import Message
from ion_platform.database import Connection


@dataclass(frozen=True, slots=True)
class Delivery:
    """A decoded record. The same message may come in two deliveries: producers repeat."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    message: Received[Message]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that cannot be taken; `message_id` is what could be read of its id. `reason` holds no value of it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: Sequence[tuple[str, bytes]]
    value: bytes | None
    reason: str

    @property
    def message_id(self) -> str | None:
        return readable_id(self.headers)


class BatchHandler(Protocol):
    """Does what a batch asks for, within the transaction of its connection; it never commits."""

    async def __call__(self, connection: Connection, batch: Sequence[Delivery]) -> None: ...


PartitionsHook = Callable[[Collection[int]], Awaitable[None]]
UnreadableHook = Callable[[Connection, Sequence[Unreadable]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One topic that a service reads as a group.

    `on_unreadable` may write an answer in the transaction that dead-letters the records; `after_commit` gets the
    partitions of a committed batch, to wake relays; `on_assigned` and `on_revoked` the partitions that come and go.
    While `is_paused` says so, nothing is taken: records stay on their topic.
    """

    topic: Topic
    handler: BatchHandler
    on_unreadable: UnreadableHook | None = None
    after_commit: Callable[[Collection[int]], None] | None = None
    on_assigned: PartitionsHook | None = None
    on_revoked: PartitionsHook | None = None
    is_paused: Callable[[], bool] | None = None
