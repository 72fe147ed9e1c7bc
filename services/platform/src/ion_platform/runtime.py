"""One service process: database, consumers, relay, background tasks and HTTP in one lifespan."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from ion_platform import metrics
from ion_platform.clock import Clock
from ion_platform.consumer import Consumers
from ion_platform.database import DATABASE_ERRORS, Pool, is_infrastructure_error, open_pool
from ion_platform.exceptions import WrongStateError
from ion_platform.health import add_health_routes
from ion_platform.logging import get_logger, where
from ion_platform.migrations import check_schema
from ion_platform.outbox import QUERIES, OutboxSource
from ion_platform.publisher import Publisher
from ion_platform.relay import Relay
from ion_platform.settings import Settings
from ion_platform.subscription import Subscription
from ion_platform.topic_reader import ReaderSettings

log = get_logger(__name__)

START_RETRY_DELAY_S = 1.0
TASK_RETRY_DELAY_MAX_S = 5.0
GRACE_S = 20
"""Below the usual grace period of a pod (30 s)."""
BEAT_AGE_MAX_S = 30.0
OUTBOX_RELAY = "outbox relay"
EXIT_WRONG_STATE = 3
"""The exit code of a process that met a WrongStateError: a database of another version, a topic that lost records."""

Coroutine = Callable[[], Awaitable[None]]


class Service:
    """The parts of a process; a service adds its subscriptions, tasks and routes before `run`.

    `pool` exists once the process has started.
    """

    def __init__(self, name: str, package: str, settings: Settings, api_version: str = "0.1.0") -> None:
        self.name = name
        self.settings = settings
        self.clock = Clock(settings.simulated_clock_file)
        self.publisher = Publisher(settings.kafka_bootstrap, settings.instance or name)
        self.app = FastAPI(
            title=f"ION {name}", version=api_version, lifespan=self._lifespan, docs_url=None, redoc_url=None
        )
        self._package = package
        self._pool: Pool | None = None
        self._outbox_relay: Relay | None = None
        self._consumers: Consumers | None = None
        self._prepare: list[Coroutine] = []
        self._close: list[Coroutine] = []
        self._on_takeover: Coroutine | None = None
        self._subscriptions: list[Callable[[], Subscription]] = []
        self._tasks: dict[str, Coroutine] = {}
        self._failing: set[str] = set()
        self._started = False
        self._beat_s = time.monotonic()
        self._fatal: Exception | None = None
        self._server: uvicorn.Server | None = None
        add_health_routes(self.app, self)

    @property
    def pool(self) -> Pool:
        """The connections to the service's database."""
        assert self._pool is not None, "the service has not started"
        return self._pool

    def wake_outbox(self) -> None:
        """Says that messages were committed."""
        if self._outbox_relay is not None:
            self._outbox_relay.wake()

    def on_start(self, prepare: Coroutine, close: Coroutine | None = None) -> None:
        """Runs `prepare` when the database is there and before anything is consumed, and `close` at the end.

        `prepare` runs again when a connection fails in it, so doing it twice has to be harmless.
        """
        self._prepare.append(prepare)
        if close is not None:
            self._close.append(close)

    def on_takeover(self, write_again: Coroutine) -> None:
        """Runs when the outbox is taken over from a process that vanished: writes compacted topics again."""
        self._on_takeover = write_again

    def add_subscription(self, subscription: Callable[[], Subscription]) -> None:
        """Adds a topic to read; it is made when the database is there."""
        self._subscriptions.append(subscription)

    def add_task(self, name: str, run: Coroutine) -> None:
        """Adds a loop beside the consumers; when it fails it is run again, and readiness says so meanwhile."""
        self._tasks[name] = run

    async def checks(self) -> dict[str, bool]:
        """Returns what readiness depends on."""
        return {
            "started": self._started,
            "database": await self._database_answers(),
            "consumers": not self._subscriptions or (self._consumers is not None and self._consumers.ready),
            **{f"task {name}": name not in self._failing for name in (*self._tasks, OUTBOX_RELAY)},
        }

    async def measure(self) -> None:
        """Takes what Prometheus is told but no code path counts; without the database the last value stays."""
        if self._pool is not None:
            with contextlib.suppress(*DATABASE_ERRORS):
                metrics.OUTBOX_PENDING.set(await self._pool.fetchval(QUERIES["count_outbox"], timeout=2))

    @property
    def alive(self) -> bool:
        """Whether the event loop and the consumers go on. Kafka or the database being down is no reason to restart."""
        consuming = self._consumers is None or self._consumers.alive
        return self._fatal is None and consuming and time.monotonic() - self._beat_s < BEAT_AGE_MAX_S

    def run(self) -> int:
        """Serves until SIGTERM or SIGINT, finishes what runs, and returns the exit code."""
        config = uvicorn.Config(
            self.app,
            host=self.settings.http_host,
            port=self.settings.http_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
            server_header=False,
        )
        self._server = uvicorn.Server(config)
        for number in (signal.SIGTERM, signal.SIGINT):
            # uvicorn raises the signal again after an orderly stop: that must not look like a crash.
            signal.signal(number, lambda _number, _frame: sys.exit(0))
        log.info("service starts", host=self.settings.http_host, port=self.settings.http_port)
        self._server.run()
        return EXIT_WRONG_STATE if isinstance(self._fatal, WrongStateError) else int(self._fatal is not None)

    @asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        main = asyncio.create_task(self._main())
        heart = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            for task in (main, heart):
                task.cancel()
            await asyncio.gather(main, heart, return_exceptions=True)

    async def _main(self) -> None:
        """Starts the parts as soon as they can, runs them, and stops them in reverse order."""
        async with contextlib.AsyncExitStack() as stack:
            try:
                await self._until_it_works("database", lambda: self._open_database(stack))
                await self._start_parts(stack)
                self._started = True
                log.info("service started")
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                log.info("service stops")
                raise
            except Exception as error:
                self._fatal = error
                if isinstance(error, WrongStateError):
                    log.error("this needs an operator", error=type(error).__name__, reason=str(error))
                else:
                    log.error("service cannot start", error=type(error).__name__, where=where(error))
                if self._server is not None:
                    self._server.should_exit = True

    async def _open_database(self, stack: contextlib.AsyncExitStack) -> None:
        pool = await open_pool(self.settings)
        try:
            await check_schema(pool, self._package)
        except BaseException:
            pool.terminate()
            raise
        self._pool = pool
        stack.push_async_callback(self._close_pool)

    async def _close_pool(self) -> None:
        try:
            await asyncio.wait_for(self.pool.close(), timeout=5)
        except TimeoutError:
            self.pool.terminate()

    async def _start_parts(self, stack: contextlib.AsyncExitStack) -> None:
        for close in self._close:
            stack.push_async_callback(close)
        for prepare in self._prepare:
            await self._until_it_works("preparation", prepare)
        stack.push_async_callback(self.publisher.close)
        self._outbox_relay = Relay(
            OutboxSource(),
            self.pool,
            self.publisher,
            self.settings.instance or self.name,
            self.settings.lease_s,
            on_takeover=self._on_takeover,
        )
        self._run_relay(self._outbox_relay, stack)
        for name, run in self._tasks.items():
            self._run_in(stack, asyncio.create_task(self._keep_running(name, run)))
        if self._subscriptions:
            await self._until_it_works("kafka", lambda: self._start_consumers(stack))

    def _run_relay(self, relay: Relay, stack: contextlib.AsyncExitStack) -> None:
        """Runs it until the process stops; it finishes its batch and gives its lease back.

        Without it everything that is committed stays here unseen, so it is run again after whatever error.
        """
        task = asyncio.create_task(self._keep_running(OUTBOX_RELAY, relay.run))

        async def stop() -> None:
            relay.stop()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(task, timeout=GRACE_S / 2)

        stack.push_async_callback(stop)

    def _run_in(self, stack: contextlib.AsyncExitStack, task: asyncio.Task[None]) -> None:
        async def stop() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        stack.push_async_callback(stop)

    async def _start_consumers(self, stack: contextlib.AsyncExitStack) -> None:
        consumers = Consumers(
            ReaderSettings(
                service=self.name,
                bootstrap=self.settings.kafka_bootstrap,
                instance=self.settings.instance,
                batch_records_max=self.settings.batch_records_max,
                batch_wait_ms=self.settings.batch_wait_ms,
                session_timeout_ms=int(self.settings.session_timeout_s * 1000),
                retry_delay_max_s=self.settings.retry_delay_max_s,
            ),
            self.pool,
            self.clock,
            [make() for make in self._subscriptions],
            self.wake_outbox,
        )
        try:
            await consumers.start()
        except BaseException:
            await consumers.stop()
            raise
        self._consumers = consumers
        stack.push_async_callback(consumers.stop)

    async def _until_it_works(self, what: str, start: Coroutine) -> None:
        while True:
            try:
                await start()
                return
            except Exception as error:
                if not is_infrastructure_error(error):
                    raise
                log.warning("not there yet, trying again", task=what, error=type(error).__name__)
                await asyncio.sleep(START_RETRY_DELAY_S)

    async def _keep_running(self, name: str, run: Coroutine) -> None:
        failures = 0
        while True:
            try:
                self._failing.discard(name)
                await run()
                return
            except Exception as error:
                failures += 1
                self._failing.add(name)
                metrics.TASK_FAILURES.labels(task=name).inc()
                level = log.warning if is_infrastructure_error(error) else log.error
                level("task failed, trying again", task=name, error=type(error).__name__, where=where(error))
                await asyncio.sleep(min(0.2 * 2 ** min(failures, 6), TASK_RETRY_DELAY_MAX_S))

    async def _beat(self) -> None:
        while True:
            self._beat_s = time.monotonic()
            await asyncio.sleep(1)

    async def _database_answers(self) -> bool:
        if self._pool is None:
            return False
        try:
            await self._pool.fetchval("select 1", timeout=2)
        except DATABASE_ERRORS:
            return False
        return True
