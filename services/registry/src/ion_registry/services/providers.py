"""The care provider register: what an import changes is kept and published in one transaction (rule 32)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from pydantic import ValidationError

from ion_contracts.catalogue import PROVIDERS
from ion_contracts.envelope import Envelope
from ion_contracts.messages import CareProvider
from ion_platform.database import Connection
from ion_platform.outbox import Outgoing, enqueue
from ion_platform.queries import load_queries
from ion_registry.services.render import SOURCE

QUERIES = load_queries("ion_registry.storage", "providers.sql")

COLUMNS = (
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
)


class InvalidProvidersError(ValueError):
    """Some lines are not care providers. Nothing was imported; the errors name each line, field and fault."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class ProviderChange:
    """What an import does to one AGB code: the fields that change, or None when it is new."""

    provider: CareProvider
    changed_fields: tuple[str, ...] | None


def parse_providers(lines: Iterable[str]) -> list[CareProvider]:
    """Reads JSON lines, one provider each; blank lines are skipped. Raises InvalidProvidersError with all errors."""
    providers: dict[str, CareProvider] = {}
    errors: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            provider = CareProvider.model_validate_json(line)
        except ValidationError as error:
            for detail in error.errors(include_input=False, include_url=False):
                field = ".".join(str(part) for part in detail["loc"]) or "line"
                errors.append(f"line {number}: {field}: {detail['msg']}")
            continue
        if provider.agb_code in providers:
            errors.append(f"line {number}: agbCode: {provider.agb_code} stands in the file twice")
        providers[provider.agb_code] = provider
    if errors:
        raise InvalidProvidersError(errors)
    return list(providers.values())


async def import_providers(
    connection: Connection, providers: Sequence[CareProvider], now: datetime
) -> list[ProviderChange]:
    """Saves what is new or changed, and puts it in the outbox, in the caller's transaction; returns those changes.

    A provider that is not in the file stays as it is.
    """
    await connection.execute(QUERIES["lock_providers"])
    rows = await connection.fetch(QUERIES["read_providers"], [provider.agb_code for provider in providers])
    known = {row["agb_code"]: tuple(row) for row in rows}
    changes = [_compare(provider, known.get(provider.agb_code)) for provider in providers]
    changes = [change for change in changes if change.changed_fields != ()]
    if not changes:
        return []
    columns = zip(*(_values(change.provider) for change in changes), strict=True)
    await connection.execute(QUERIES["save_providers"], *(list(column) for column in columns), now)
    await enqueue(connection, [_message(change.provider, now, now) for change in changes])
    return changes


async def publish_all_again(connection: Connection, now: datetime) -> int:
    """Puts every provider in the outbox as it is known, in the caller's transaction; returns how many.

    `recorded_at` stays: receivers that have it take it for what it is, a repetition.
    """
    await connection.execute(QUERIES["lock_providers"])
    rows = [dict(row) for row in await connection.fetch(QUERIES["read_all_providers"])]
    await enqueue(connection, [_message(CareProvider.model_validate(row), now, row["recorded_at"]) for row in rows])
    return len(rows)


def _compare(provider: CareProvider, known: tuple[object, ...] | None) -> ProviderChange:
    if known is None:
        return ProviderChange(provider, None)
    pairs = zip(COLUMNS, known, _values(provider), strict=True)
    return ProviderChange(provider, tuple(column for column, old, new in pairs if old != new))


def _values(provider: CareProvider) -> tuple[str | None, ...]:
    return tuple(getattr(provider, column) for column in COLUMNS)


def _message(provider: CareProvider, now: datetime, recorded_at: datetime) -> Outgoing:
    identifier = str(uuid4())
    envelope = Envelope(id=identifier, source=SOURCE, type=CareProvider.TYPE, time=now, correlation_id=identifier)
    return Outgoing(
        PROVIDERS.name,
        provider.agb_code.encode("ascii"),
        envelope,
        provider.model_copy(update={"recorded_at": recorded_at}),
    )
