"""Builds billing from its settings."""

from __future__ import annotations

import asyncio
from datetime import date

from ion_billing.config import BillingSettings
from ion_billing.handlers.http import create_router
from ion_billing.rendering.document import Supplier
from ion_billing.services.counting import take_events, take_providers
from ion_billing.services.register_counts import RegisterNotReachableError, ask_register
from ion_billing.services.runs import Runs
from ion_contracts.catalogue import EVENTS, PROVIDERS
from ion_platform.clock import Clock
from ion_platform.database import Pool
from ion_platform.logging import get_logger
from ion_platform.problems import install_problems
from ion_platform.runtime import Service
from ion_platform.subscription import Subscription
from ion_platform.tasks import periodic

log = get_logger(__name__)


def create_runs(pool: Pool, clock: Clock, settings: BillingSettings) -> Runs:
    """Returns the yearly runs, for the service and for the command line."""

    async def ask(day: date) -> dict[str, int]:
        return await ask_register(settings.registry_url, day)

    supplier = Supplier(
        name=settings.supplier_name,
        street=settings.supplier_street,
        postcode=settings.supplier_postcode,
        city=settings.supplier_city,
        kvk_number=settings.supplier_kvk_number,
        vat_id=settings.supplier_vat_id,
        iban=settings.supplier_iban,
        email=settings.supplier_email,
    )
    return Runs(pool, clock, ask, settings.event_partitions, settings.payment_term_days, supplier)


def create_service(settings: BillingSettings) -> Service:
    """Returns billing, ready to run."""
    service = Service("billing", "ion_billing", settings)

    async def run_due_years() -> bool:
        """Runs what is due; a register that does not answer is asked again at the next interval."""
        try:
            if await create_runs(service.pool, service.clock, settings).run_due_years():
                service.wake_outbox()
        except RegisterNotReachableError:
            log.warning("the register cannot be asked for its count, trying again", task="runs")
        return False

    async def typeset() -> bool:
        return await create_runs(service.pool, service.clock, settings).typeset()

    service.add_subscription(lambda: Subscription(EVENTS, take_events))
    service.add_subscription(lambda: Subscription(PROVIDERS, take_providers))
    service.add_task("runs", lambda: periodic(asyncio.Event(), settings.run_interval_s, run_due_years))
    service.add_task("typesetting", lambda: periodic(asyncio.Event(), settings.run_interval_s / 2, typeset))
    install_problems(service.app, "1.0.0")
    service.app.include_router(create_router(service))
    return service
