"""All own codes in one overview, and what waits for them (rules 6, 15 and 28)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ion_contracts.messages import ProviderKind
from ion_platform.database import Connection
from ion_registry.domain.asker import Asker
from ion_registry.domain.entry import Code
from ion_registry.domain.reference import Reference
from ion_registry.services.questions.asking import Answer, require_own_codes
from ion_registry.services.questions.lists import QUERIES
from ion_registry.storage.exclusions import read_exclusions
from ion_registry.storage.policies import read_policy
from ion_registry.storage.providers import read_providers


@dataclass(frozen=True, slots=True)
class CodeOverview:
    """One code. `unusable` says why nobody can be registered on it today: then its patients stand on a wrong code."""

    agb_code: str
    name: str | None
    kind: ProviderKind | None
    total: int
    temporary: int
    waiting: int
    unusable: Code | None


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Commands that wait, and after which (day, command id) the next page begins."""

    rows: Sequence[Mapping[str, Any]]
    next_after: tuple[date, str] | None


async def overview(
    connection: Connection, asker: Asker, agb_codes: Collection[str], today: date
) -> Answer[list[CodeOverview]]:
    """Returns how each of these codes stands, in the order in which they were named. Raises RefusedError."""
    require_own_codes(asker, agb_codes)
    codes = list(dict.fromkeys(agb_codes))
    reference = Reference(
        await read_policy(connection),
        await read_providers(connection, codes),
        await read_exclusions(connection, codes),
    )
    rows = await connection.fetch(QUERIES["overview"], codes)
    return Answer([_overview(dict(row.items()), reference, today) for row in rows], None)


async def waiting_of(
    connection: Connection, asker: Asker, agb_codes: Collection[str], after: tuple[date, str] | None, limit: int
) -> Answer[WaitingPage]:
    """Returns what waits for these codes, the first to be processed first. Raises RefusedError."""
    require_own_codes(asker, agb_codes)
    day, command_id = after or (date.min, "")
    rows = await connection.fetch(QUERIES["waiting_of_codes"], list(agb_codes), day, command_id, limit + 1)
    shown = [dict(row.items()) for row in rows[:limit]]
    last = (shown[-1]["process_on"], shown[-1]["command_id"]) if len(rows) > limit else None
    return Answer(WaitingPage(shown, last), [row["patient_id"] for row in shown])


def _overview(row: Mapping[str, Any], reference: Reference, today: date) -> CodeOverview:
    provider = reference.providers.get(row["agb_code"])
    kind = None if provider is None else provider.kind
    return CodeOverview(**row, kind=kind, unusable=reference.refuses(row["agb_code"], today))
