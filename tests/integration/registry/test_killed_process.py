"""The registry as a process of its own, killed in the middle of its work as a power cut would."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp

from ion_contracts.catalogue import OUTCOMES
from ion_platform.clock import Clock
from ion_registry.config import RegistrySettings
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, register
from tests.integration.registry.running import (
    DEADLINE_S,
    produce,
    read_all,
    read_events,
    read_outcomes,
    read_until,
    until,
)

DAY = Clock().today() - timedelta(days=40)
PEOPLE = 1500


@asynccontextmanager
async def process(settings: RegistrySettings) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs `ion-registry serve` until the end of the block, unless it is gone by then; it is ready at its beginning."""
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        port = chosen.getsockname()[1]
    environment = {
        **os.environ,
        "ION_ENVIRONMENT": "test",
        "ION_INSTANCE": "registry-0",
        "ION_DATABASE_URL": settings.database_url.get_secret_value(),
        "ION_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "ION_HTTP_PORT": str(port),
        "ION_BATCH_RECORDS_MAX": "100",
    }
    started = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("ion-registry"), "serve", env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        async with aiohttp.ClientSession() as session:

            async def ready() -> bool:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/health/ready") as answer:
                        return answer.status == 200
                except aiohttp.ClientError:
                    return False

            await until(ready, "the process is ready")
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
        await asyncio.wait_for(started.wait(), DEADLINE_S)


async def test_a_registry_that_is_killed_and_started_again_loses_and_doubles_nothing(
    settings: RegistrySettings,
) -> None:
    bootstrap = settings.kafka_bootstrap
    began = [register(number, PRACTICE_A, DAY) for number in range(PEOPLE)]
    moved = [register(number, PRACTICE_B, DAY + timedelta(days=1)) for number in range(PEOPLE)]
    for commands, published in ((began, 1), (moved, PEOPLE // 2)):
        async with process(settings) as victim:
            await produce(bootstrap, commands)
            await read_until(bootstrap, OUTCOMES.name, lambda found, least=published: len(found) >= least)
            victim.send_signal(signal.SIGKILL)
            await victim.wait()
    async with process(settings):
        await read_outcomes(bootstrap, [*began, *moved])
        events = await read_events(bootstrap, 2 * PEOPLE)
    ids = {
        (one.message.envelope.id, one.message.envelope.causation_id) for one in await read_all(bootstrap, OUTCOMES.name)
    }
    per_command = Counter(command_id for _, command_id in ids)
    assert len(per_command) == 2 * PEOPLE
    assert set(per_command.values()) == {1}
    sequences: dict[bytes | None, list[int | None]] = {}
    for one in {one.message.envelope.id: one for one in events}.values():
        sequences.setdefault(one.key, []).append(one.message.envelope.sequence)
    assert len(sequences) == PEOPLE
    assert all(sequence == [1, 2] for sequence in sequences.values())


async def test_a_registry_that_is_asked_to_stop_ends_well(settings: RegistrySettings) -> None:
    async with process(settings) as asked:
        asked.terminate()
        assert await asyncio.wait_for(asked.wait(), DEADLINE_S) == 0
