"""How far time has come in each partition of the commands topic."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from ion_platform.database import Connection
from ion_registry.storage.journal import QUERIES


@dataclass(slots=True)
class PartitionState:
    """The newest moment of recording, and the last day that was closed; None where there was none yet."""

    recorded_at: datetime | None = None
    closed_through: date | None = None


async def read_partitions(connection: Connection, partitions: Collection[int]) -> dict[int, PartitionState]:
    """Returns the state of each of these partitions."""
    rows = await connection.fetch(QUERIES["read_partition_states"], list(partitions))
    found = {row["partition"]: PartitionState(row["recorded_at"], row["closed_through"]) for row in rows}
    return {partition: found.get(partition, PartitionState()) for partition in partitions}


async def save_partitions(connection: Connection, states: dict[int, PartitionState]) -> None:
    """Saves them all."""
    await connection.execute(
        QUERIES["save_partition_states"],
        list(states),
        [state.recorded_at for state in states.values()],
        [state.closed_through for state in states.values()],
    )


async def add_partitions(connection: Connection, partitions: Collection[int]) -> None:
    """Makes partitions known in which nothing may have happened yet."""
    await connection.execute(QUERIES["add_partitions"], list(partitions))
