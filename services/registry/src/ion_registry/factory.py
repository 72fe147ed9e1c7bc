"""How the parts of the registry are put together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from enum import StrEnum
from uuid import uuid4

from aiokafka.errors import KafkaError

from ion_contracts.catalogue import COMMANDS
from ion_platform.clock import Clock
from ion_platform.database import Pool
from ion_platform.logging import get_logger
from ion_platform.problems import install_problems
from ion_platform.runtime import START_RETRY_DELAY_S, Service
from ion_platform.subscription import Subscription
from ion_platform.tasks import periodic
from ion_registry.config import RegistrySettings
from ion_registry.handlers.http import create_router
from ion_registry.services.deciding.handle_commands import CommandHandler
from ion_registry.services.deciding.list_operations import send_next_portion
from ion_registry.services.deciding.timers import send_due_temporary, send_due_waiting, send_passed_days
from ion_registry.services.importing.providers import publish_all_again
from ion_registry.services.publishing.journal_relays import JournalRelays
from ion_registry.services.questions.proof_signing import load_signer
from ion_registry.services.topic_guard import read_end_offsets, refuse_lost_records
from ion_registry.storage.intake import all_paused
from ion_registry.storage.partitions import add_partitions

log = get_logger(__name__)

NAME = "registry"
PACKAGE = "ion_registry"
API_VERSION = "0.1.0"


class Part(StrEnum):
    """What a process of the registry does; the journal is published by who reads its partition."""

    CONSUMER = "consumer"
    TIMERS = "timers"
    QUESTIONS = "questions"


ALL_PARTS = frozenset(Part)


def create_service(settings: RegistrySettings, parts: AbstractSet[Part] = ALL_PARTS) -> Service:
    """Returns the registry, ready to run: commands in, the journal out, timers and questions; or some of these."""
    service = Service(NAME, PACKAGE, settings, API_VERSION)
    install_problems(service.app, API_VERSION)
    registry = _Registry(service, settings)
    service.on_takeover(registry.publish_providers_again)
    if Part.QUESTIONS in parts:
        signer = load_signer(settings.proof_key_file, settings.proof_key_id, settings.proof_former_keys_file)
        service.app.include_router(create_router(lambda: service.pool, service.clock, signer))
    if parts & {Part.CONSUMER, Part.TIMERS}:
        service.on_start(registry.know_partitions)
    if Part.CONSUMER in parts:
        _add_consumer(service, registry, settings)
    if Part.TIMERS in parts:
        service.add_task("waiting", lambda: registry.run(send_due_waiting))
        service.add_task("temporary", lambda: registry.run(send_due_temporary))
        service.add_task("lists", lambda: registry.run(send_next_portion))
        service.add_task("days", lambda: registry.run(registry.send_days))
    return service


def _add_consumer(service: Service, registry: _Registry, settings: RegistrySettings) -> None:
    relays = JournalRelays(service, holder=settings.instance or f"{NAME}-{uuid4()}")
    handler = CommandHandler(service.clock)
    service.on_start(registry.know_intake, relays.stop_all)
    service.add_task("intake", registry.watch_intake)
    service.add_subscription(
        lambda: Subscription(
            topic=COMMANDS,
            handler=handler.handle,
            on_unreadable=handler.refuse_unreadable,
            after_commit=relays.wake,
            on_assigned=relays.start,
            on_revoked=relays.stop,
            is_paused=lambda: registry.intake_paused,
        )
    )


class _Registry:
    """What the registry does beside its consumer."""

    def __init__(self, service: Service, settings: RegistrySettings) -> None:
        self._service = service
        self._interval_s = settings.timer_interval_s
        self._partitions: list[int] = []
        self.intake_paused = False

    async def know_intake(self) -> None:
        """Reads whether commands are taken; no query per batch, so a pause holds within an interval."""
        self.intake_paused = await all_paused(self._service.pool)

    async def watch_intake(self) -> None:
        """Does so for as long as the process runs."""
        await periodic(asyncio.Event(), self._interval_s, self.know_intake)

    async def know_partitions(self) -> None:
        """Waits for the commands topic, and refuses to start on one that lost records. Raises TopicLostRecordsError."""
        ends = await self._wait_for_topic()
        await refuse_lost_records(self._service.pool, ends)
        self._partitions = sorted(ends)
        async with self._service.pool.acquire() as connection:
            await add_partitions(connection, self._partitions)

    async def publish_providers_again(self) -> None:
        """Puts the care providers on their compacted topic once more."""
        async with self._service.pool.acquire() as connection, connection.transaction():
            await publish_all_again(connection, self._service.clock.now())

    async def run(self, send: Callable[[Pool, Clock], Awaitable[bool]]) -> None:
        """Sends commands that are due, again and again for as long as the process runs."""

        async def work() -> bool:
            sent = await send(self._service.pool, self._service.clock)
            if sent:
                self._service.wake_outbox()
            return sent

        await periodic(asyncio.Event(), self._interval_s, work)

    async def send_days(self, pool: Pool, clock: Clock) -> bool:
        """Closes each day that has passed, in every partition."""
        return await send_passed_days(pool, clock, self._partitions)

    async def _wait_for_topic(self) -> dict[int, int]:
        while True:
            try:
                return await read_end_offsets(self._service.settings.kafka_bootstrap)
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("not there yet, trying again", task="commands topic", error=type(error).__name__)
                await asyncio.sleep(START_RETRY_DELAY_S)
