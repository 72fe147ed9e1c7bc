"""The register and its commands topic belong together: a topic that lost records must not be read on unnoticed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer

from ion_contracts.catalogue import COMMANDS
from ion_platform.database import Pool
from ion_platform.exceptions import WrongStateError
from ion_registry.storage.journal import QUERIES

ASK_TIMEOUT_S = 5.0
"""A broker that is up answers in milliseconds; the caller asks again."""


class TopicLostRecordsError(WrongStateError):
    """The commands topic ends below the position in the database: it was made anew, or restored from before."""


class TopicMissingError(ConnectionError):
    """The commands topic is not there yet."""


async def read_end_offsets(bootstrap: str) -> dict[int, int]:
    """Returns where each partition of the commands topic ends.

    Raises TopicMissingError, or KafkaError or TimeoutError when the broker cannot be asked.
    """
    # The client goes on asking who led a partition when its topic was made, for much longer than asking anew takes.
    async with asyncio.timeout(ASK_TIMEOUT_S):
        return await _ask_end_offsets(bootstrap)


async def _ask_end_offsets(bootstrap: str) -> dict[int, int]:
    consumer = AIOKafkaConsumer(COMMANDS.name, bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
    try:
        await consumer.start()
        partitions = consumer.assignment()
        if not partitions:
            raise TopicMissingError(f"there is no topic {COMMANDS.name}")
        ends = await consumer.end_offsets(partitions)
        return {partition.partition: end for partition, end in ends.items()}
    finally:
        await consumer.stop()


async def refuse_lost_records(pool: Pool, ends: Mapping[int, int]) -> None:
    """Raises TopicLostRecordsError when a partition ends below the position of this register, or is gone."""
    rows = await pool.fetch(QUERIES["read_stored_positions"], COMMANDS.name)
    behind = {
        row["partition"]: row["next_offset"] for row in rows if ends.get(row["partition"], 0) < row["next_offset"]
    }
    if behind:
        partition, position = min(behind.items())
        raise TopicLostRecordsError(
            f"{COMMANDS.name} ends below the position of this register in {len(behind)} of its partitions (partition"
            f" {partition} at {ends.get(partition, 0)}, read up to {position}). New commands there would be taken for"
            " old ones. Connect to the Kafka that belongs to this database, or restore the database from before."
        )
