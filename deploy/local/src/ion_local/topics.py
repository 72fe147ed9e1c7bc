"""Creates the topics of the catalogue, with what it says of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError

from ion_contracts.catalogue import Topic

ALREADY_EXISTS = 36
TRIES = 50


async def create_topics(bootstrap: str, topics: Iterable[Topic]) -> None:
    """Creates what is missing; what exists stays as it is. Raises RuntimeError when the broker refuses one."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    for tried in range(TRIES):
        try:
            await admin.start()
            break
        except (KafkaConnectionError, NodeNotReadyError):
            if tried == TRIES - 1:
                raise
            await asyncio.sleep(0.1)
    try:
        answer = await admin.create_topics([_new(topic) for topic in topics])
        for name, code, *message in answer.topic_errors:
            if code not in (0, ALREADY_EXISTS):
                raise RuntimeError(f"topic {name} could not be created: {code} {message}")
    finally:
        await admin.close()


def _new(topic: Topic) -> NewTopic:
    settings = {"retention.ms": str(-1 if topic.retention_ms is None else topic.retention_ms)}
    if topic.compacted:
        settings["cleanup.policy"] = "compact"
    return NewTopic(topic.name, topic.partitions_local, 1, topic_configs=settings)
