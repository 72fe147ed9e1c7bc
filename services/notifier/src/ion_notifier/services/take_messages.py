"""What the notifier makes of each message: a patient who left is a mail to plan, a provider is an address to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ion_contracts.messages import CareProvider
from ion_notifier.domain.delivery import patients_left
from ion_notifier.storage import deliveries, providers
from ion_platform.database import Connection
from ion_platform.logging import get_logger
from ion_platform.subscription import Delivery

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class EventHandler:
    """Plans a mail to each GP whom a patient left; other facts are nothing to tell anybody here.

    An event that comes again meets its own delivery, so no inbox is needed.
    """

    message_id_domain: str

    async def __call__(self, connection: Connection, batch: Sequence[Delivery]) -> None:
        planned = [
            planned for delivery in batch for planned in patients_left(delivery.message.envelope, delivery.message.body)
        ]
        if planned:
            await deliveries.plan(connection, planned, self.message_id_domain)


async def take_providers(connection: Connection, batch: Sequence[Delivery]) -> None:
    """Takes over the newest of each provider; the same message again changes nothing, so no inbox is needed."""
    newest: dict[str, tuple[CareProvider, datetime]] = {}
    for delivery in batch:
        provider = delivery.message.body
        if isinstance(provider, CareProvider):
            recorded_at = provider.recorded_at or delivery.message.envelope.time
            if provider.agb_code not in newest or newest[provider.agb_code][1] <= recorded_at:
                newest[provider.agb_code] = (provider, recorded_at)
    unmailable = sum(
        provider.change_message_address is not None and providers.mailable_address(provider) is None
        for provider, _ in newest.values()
    )
    if unmailable:
        log.warning("providers have an address for change messages that no mail can go to", count=unmailable)
    await providers.save(connection, newest)
