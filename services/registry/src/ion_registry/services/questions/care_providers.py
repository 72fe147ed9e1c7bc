"""Answers from the care provider register: who took over, where they are reached, and what was known at an import."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from ion_contracts.messages import CareProvider, ProviderKind
from ion_platform.database import Connection
from ion_platform.queries import load_queries
from ion_registry.domain.provider import Provider
from ion_registry.storage.providers import provider_of

QUERIES = load_queries("ion_registry.storage", "provider_questions.sql")

CHAIN_MAX = 50
"""Imports refuse successors in a circle; so long a chain is none that ever was."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a provider is found, as the register states it now."""

    agb_code: str
    kind: ProviderKind
    name: str
    street: str
    house_number: str
    postcode: str
    city: str


async def successor_chain(connection: Connection, agb_code: str, day: date) -> list[Provider]:
    """Returns the code and then who had taken over by this day, one after the other (rules 31 and 55).

    The last one is still in use, or has no successor. Empty when the code is not known.
    """
    rows = await connection.fetch(QUERIES["successor_chain"], agb_code, day, CHAIN_MAX)
    return [provider_of(row) for row in rows]


async def read_contacts(connection: Connection, agb_codes: Collection[str]) -> dict[str, Contact]:
    """Returns name and address of these codes, such as of the new GPs of who left; who is not known is not in it."""
    rows = await connection.fetch(QUERIES["contacts"], list(agb_codes))
    return {row["agb_code"]: Contact(**{**row, "kind": ProviderKind(row["kind"])}) for row in rows}


async def provider_as_of(connection: Connection, agb_code: str, version: int) -> CareProvider | None:
    """Returns what the register said of a code after this import, as a journal row that names it was judged by.

    `recorded_at` is when it was first known so. None when the code was not known then.
    """
    row = await connection.fetchrow(QUERIES["as_of_version"], agb_code, version)
    return None if row is None else CareProvider.model_validate(dict(row))
