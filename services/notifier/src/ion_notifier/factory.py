"""Builds the notifier from its settings: every part, subscription and task on one screen."""

from __future__ import annotations

from collections.abc import Collection

from ion_contracts.catalogue import EVENTS, PROVIDERS
from ion_notifier.config import NotifierSettings
from ion_notifier.handlers.http import create_router
from ion_notifier.services.mail_server import MailServerSettings
from ion_notifier.services.rendering import Sender as MailSender
from ion_notifier.services.sender import Sender
from ion_notifier.services.take_messages import EventHandler, take_providers
from ion_platform.problems import install_problems
from ion_platform.runtime import Service
from ion_platform.subscription import Subscription

API_VERSION = "1.0.0"


class Parts:
    """What exists once the database is there."""

    def __init__(self, service: Service, settings: NotifierSettings) -> None:
        self._service = service
        self._settings = settings
        self.sender: Sender

    async def start(self) -> None:
        """Builds the sender."""
        settings = self._settings
        self.sender = Sender(
            pool=self._service.pool,
            clock=self._service.clock,
            server=MailServerSettings(
                settings.smtp_host, settings.smtp_port, settings.smtp_timeout_s, settings.mails_per_connection
            ),
            mail=MailSender(settings.mail_from, settings.portal_url),
            policy=settings.retry_policy,
            connections=settings.smtp_connections,
            mails_per_set=settings.mails_per_set,
            claim_s=settings.claim_s,
            wake_outbox=self._service.wake_outbox,
        )

    async def close(self) -> None:
        """Closes the connections to the mail server."""
        await self.sender.close()

    def wake_sender(self, _partitions: Collection[int]) -> None:
        """Says that a batch was committed."""
        self.sender.wake()


def create_service(settings: NotifierSettings) -> Service:
    """Returns the notifier, ready to run."""
    service = Service("notifier", "ion_notifier", settings, API_VERSION)
    parts = Parts(service, settings)
    events = EventHandler(settings.message_id_domain)
    service.on_start(parts.start, parts.close)
    service.add_subscription(lambda: Subscription(PROVIDERS, take_providers, after_commit=parts.wake_sender))
    service.add_subscription(lambda: Subscription(EVENTS, events, after_commit=parts.wake_sender))
    service.add_task("sender", lambda: parts.sender.run())
    install_problems(service.app, API_VERSION)
    service.app.include_router(create_router(lambda: service.pool))
    return service
