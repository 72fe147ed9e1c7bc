"""Requests that wait for the end of their operation (`Prefer: wait`)."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from uuid import UUID

POLL_INTERVAL_S = 0.25
"""The state is in the database. Another process may have written the outcome, so nobody only waits to be woken."""


class Waiters:
    """Wakes who waits in this process."""

    def __init__(self) -> None:
        self._events: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)

    def wake(self, operation_ids: Iterable[UUID]) -> None:
        """Says that these operations have changed."""
        for operation_id in operation_ids:
            for event in self._events.get(operation_id, ()):
                event.set()

    @contextlib.contextmanager
    def interest(self, operation_id: UUID) -> Iterator[asyncio.Event]:
        """Gives an event that is set when the operation changes."""
        event = asyncio.Event()
        self._events[operation_id].add(event)
        try:
            yield event
        finally:
            self._events[operation_id].discard(event)
            if not self._events[operation_id]:
                del self._events[operation_id]
