"""Builds the gateway from its settings: every part, subscription and task on one screen."""

from __future__ import annotations

from datetime import date

from ion_contracts.catalogue import OUTCOMES
from ion_cov_gateway.config import GatewaySettings
from ion_cov_gateway.handlers.body_limit import BodyLimit
from ion_cov_gateway.services.access import Access
from ion_cov_gateway.services.batches import Batches
from ion_cov_gateway.services.checks import Checks
from ion_cov_gateway.services.insurers import Insurers, InsurerSettings
from ion_cov_gateway.services.questions import RegistryQuestions
from ion_cov_gateway.services.registrations import Registrations
from ion_cov_gateway.services.waiters import Waiters
from ion_platform.problems import install_problems
from ion_platform.runtime import Service
from ion_platform.subscription import Subscription
from ion_platform.tasks import periodic

API_VERSION = "1.0.0"
CHECK_POLL_S = 0.5
"""A stored request wakes the worker at once; this finds what a killed process left."""


class Parts:
    """What the handlers use. The services exist once the database is there."""

    def __init__(self, service: Service, settings: GatewaySettings) -> None:
        self.settings = settings
        self.registry = RegistryQuestions(settings.registry_url)
        self._service = service
        self._secret = settings.patient_reference_secret.get_secret_value().encode()
        self._insurers = Insurers(settings.insurers, InsurerSettings())
        self.access: Access
        self.registrations: Registrations
        self.batches: Batches
        self.checks: Checks

    async def start(self) -> None:
        """Opens what reaches others, and builds the services."""
        await self._insurers.start()
        await self.registry.start()
        pool, clock, waiters = self._service.pool, self._service.clock, Waiters()
        self.access = Access(pool)
        self.registrations = Registrations(pool, clock, waiters)
        self.batches = Batches(pool, clock, self._secret, self.settings.batch_lines_max)
        self.checks = Checks(
            pool,
            clock,
            self._insurers,
            waiters,
            self._secret,
            self.settings.check_claim_s,
            self.settings.concurrent_checks_max,
        )

    async def close(self) -> None:
        """Closes what `start` opened."""
        await self._insurers.close()
        await self.registry.close()

    def today(self) -> date:
        """The day in the Netherlands."""
        return self._service.clock.today()

    def wake_outbox(self) -> None:
        """Says that commands were committed."""
        self._service.wake_outbox()

    async def check_operations(self) -> bool:
        """Checks registrations that were posted, and lets their commands leave."""
        worked = await self.checks.check_operations()
        if worked:
            self.wake_outbox()
        return worked


def create_service(settings: GatewaySettings) -> Service:
    """Returns the gateway, ready to run."""
    from ion_cov_gateway.handlers.http import create_router

    service = Service("cov-gateway", "ion_cov_gateway", settings, API_VERSION)
    parts = Parts(service, settings)
    service.on_start(parts.start, parts.close)
    service.add_subscription(
        lambda: Subscription(OUTCOMES, parts.registrations.take_outcomes, after_commit=parts.registrations.wake_waiters)
    )
    service.add_task(
        "registration checks", lambda: periodic(parts.registrations.posted, CHECK_POLL_S, parts.check_operations)
    )
    service.add_task("file checks", lambda: periodic(parts.batches.posted, CHECK_POLL_S, parts.checks.check_lines))
    service.app.add_middleware(BodyLimit, bytes_max=settings.body_bytes_max)
    install_problems(service.app, API_VERSION)
    # A path with a slash too many is another path (NL API Design Rules), not a redirect that drops the body.
    service.app.router.redirect_slashes = False
    service.app.openapi_url = "/v1/openapi.json"
    service.app.setup()
    service.app.include_router(create_router(parts))
    return service
