from __future__ import annotations

from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError

from ion_platform.outbox import Record
from ion_platform.publisher import Publisher, PublishError


class _SilentProducer:
    """Knows its partitions, but the broker acknowledges nothing."""

    stopped = False

    async def partitions_for(self, _topic: str) -> set[int]:
        return {0, 1}

    def create_batch(self) -> Any:
        raise KafkaTimeoutError

    async def stop(self) -> None:
        self.stopped = True


async def test_partitions_that_are_not_acknowledged_are_an_error_to_wait_out_and_the_producer_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publisher, producer = Publisher("127.0.0.1:1", "test"), _SilentProducer()
    monkeypatch.setattr(publisher, "_producer", producer)
    with pytest.raises(PublishError):
        await publisher.publish([Record("made.v1", None, [], b"", partition) for partition in (0, 1)])
    assert producer.stopped
