"""The care provider register: facts for the rules, and what an import reads and writes. Set by set."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from asyncpg import Record

from ion_contracts.messages import CareProvider, ProviderKind
from ion_platform.database import Connection
from ion_platform.queries import load_queries
from ion_registry.domain.provider import Provider

QUERIES = load_queries("ion_registry.storage", "providers.sql")

IMPORT_WAIT_S = 300
"""Longer than an import of the largest file takes: so long one import waits for another."""
_COLUMNS = (
    "agb_code",
    "kind",
    "name",
    "street",
    "house_number",
    "postcode",
    "city",
    "change_message_address",
    "invoice_address",
    "chamber_of_commerce_number",
    "active_from",
    "active_until",
    "successor",
)


class ImportRow(NamedTuple):
    """An import as it is kept, in the order of the columns; `rows` leaves out who disappeared."""

    number: int
    imported_at: datetime
    imported_by: str
    file_sha256: bytes
    whole: bool
    rows: int
    added: int
    changed: int
    ended: int
    disappeared: int
    unchanged: int


async def read_providers(connection: Connection, agb_codes: Collection[str]) -> dict[str, Provider]:
    """Returns what the rules need of these AGB codes; who is not known is not in it."""
    rows = await connection.fetch(QUERIES["read_facts"], list(agb_codes))
    return {row["agb_code"]: provider_of(row) for row in rows}


def provider_of(row: Record) -> Provider:
    """Returns the facts in a row of a query that selects them."""
    return Provider(
        agb_code=row["agb_code"],
        kind=ProviderKind(row["kind"]),
        active_from=row["active_from"],
        active_until=row["active_until"],
        successor=row["successor"],
        version=row["version"],
    )


async def read_full(connection: Connection, agb_codes: Collection[str]) -> list[CareProvider]:
    """Returns everything that is known of these AGB codes; associations by code and day."""
    rows = await connection.fetch(QUERIES["read_full"], list(agb_codes))
    return [CareProvider.model_validate(dict(row)) for row in rows]


async def read_all(connection: Connection) -> list[CareProvider]:
    """Returns everything that is known of everybody."""
    return [CareProvider.model_validate(dict(row)) for row in await connection.fetch(QUERIES["read_all"])]


async def lock_for_import(connection: Connection) -> None:
    """Waits for an import that runs, and makes the next one wait; until the end of the caller's transaction.

    Raises asyncpg.LockNotAvailableError or asyncpg.QueryCanceledError when the other one takes too long.
    """
    await connection.fetchrow(QUERIES["wait_for_lock"], f"{IMPORT_WAIT_S}s")
    await connection.execute(QUERIES["lock_providers"], timeout=IMPORT_WAIT_S + 5)


async def lock_for_reading_all(connection: Connection) -> None:
    """Keeps imports out until the end of the caller's transaction, so that what is read is the newest."""
    await connection.execute(QUERIES["lock_providers"])


async def read_successors(connection: Connection) -> dict[str, str]:
    """Returns who took over from whom, for the whole register."""
    return {row["agb_code"]: row["successor"] for row in await connection.fetch(QUERIES["read_successors"])}


async def read_persons_of(connection: Connection, practices: Collection[str]) -> dict[str, set[str]]:
    """Returns who is or was associated with each of these practices."""
    persons: dict[str, set[str]] = {}
    for row in await connection.fetch(QUERIES["read_persons_of"], list(practices)):
        persons.setdefault(row["practice"], set()).add(row["person"])
    return persons


async def count_active(connection: Connection, after: date) -> int:
    """Returns how many codes are in use after this day, as far as is known."""
    return int(await connection.fetchval(QUERIES["count_active"], after))


async def read_missing(connection: Connection, listed: Collection[str], after: date) -> list[str]:
    """Returns the codes that are in use after this day and are not listed."""
    return [row["agb_code"] for row in await connection.fetch(QUERIES["read_missing"], list(listed), after)]


async def next_version(connection: Connection) -> int:
    """Returns the number of the import that holds the lock."""
    return int(await connection.fetchval(QUERIES["next_version"]))


async def add_import(connection: Connection, row: ImportRow) -> None:
    """Keeps what an import was and did."""
    await connection.execute(QUERIES["add_import"], *row)


async def keep_history(connection: Connection, agb_codes: Sequence[str], version: int, now: datetime) -> None:
    """Keeps the rows that this version replaces, with their associations."""
    await connection.execute(QUERIES["keep_history"], agb_codes, version, now)


async def remove_associations(connection: Connection, persons: Sequence[str]) -> None:
    """Takes away the associations of persons for whom others are saved; after their history was kept."""
    await connection.execute(QUERIES["remove_associations"], persons)


async def save_providers(
    connection: Connection, providers: Sequence[CareProvider], version: int, now: datetime
) -> None:
    """Saves new and changed providers without their associations."""
    columns = [[getattr(provider, column) for provider in providers] for column in _COLUMNS]
    await connection.execute(QUERIES["save_providers"], *columns, version, now)


async def add_associations(connection: Connection, persons: Sequence[CareProvider]) -> None:
    """Saves all associations of these persons; those of before are gone, and every practice is there."""
    rows = [(person.agb_code, a.agb_code, a.since, a.until) for person in persons for a in person.associations]
    if rows:
        await connection.execute(QUERIES["add_associations"], *(list(column) for column in zip(*rows, strict=True)))
