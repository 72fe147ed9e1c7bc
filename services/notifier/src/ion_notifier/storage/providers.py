"""Who can be mailed, and where. Deliveries follow when an address comes or goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ion_contracts.messages import CareProvider
from ion_notifier.domain.address import is_mailable
from ion_notifier.storage.deliveries import QUERIES
from ion_platform.database import Connection


async def save(connection: Connection, known: Mapping[str, tuple[CareProvider, datetime]]) -> None:
    """Takes over providers, by AGB code with the moment the register knew them, in the caller's transaction.

    What waited for an address becomes due, what lost its address waits.
    """
    await connection.execute(QUERIES["lock_addresses"])
    providers = [provider for provider, _ in known.values()]
    await connection.execute(
        QUERIES["save_providers"],
        [p.agb_code for p in providers],
        [p.name for p in providers],
        [p.street for p in providers],
        [p.house_number for p in providers],
        [p.postcode for p in providers],
        [p.city for p in providers],
        [mailable_address(p) for p in providers],
        [recorded_at for _, recorded_at in known.values()],
    )
    await connection.execute(QUERIES["settle_deliveries_with_address"], list(known))
    await connection.execute(QUERIES["settle_deliveries_without_address"], list(known))


def mailable_address(provider: CareProvider) -> str | None:
    """Returns the address for change messages, if a mail can go there."""
    address = provider.change_message_address
    return address if address is not None and is_mailable(address) else None
