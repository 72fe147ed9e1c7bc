"""A practice's own list of BSNs against the register (rules 25 and 26): what to register and what to deregister."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ion_contracts.identifiers import InvalidIdentifierError, normalise_bsn
from ion_platform.database import Connection
from ion_registry.domain.asker import Asker
from ion_registry.services.questions.asking import Answer, require_own_codes
from ion_registry.services.questions.histories import QUERIES


@dataclass(frozen=True, slots=True)
class ToRegister:
    """A BSN, by its position in the question (from 0), that is not on the list; and with whom that person is."""

    position: int
    with_agb_code: str | None
    blocked: bool


@dataclass(slots=True)
class Reconciliation:
    """What differs. `invalid` are positions; `duplicates` are (position, position of the first); both from 0.

    `without_bsn` are temporary patients on the list, whom no BSN can name; they and `to_deregister` are rows.
    """

    same: int = 0
    to_register: list[ToRegister] = field(default_factory=list)
    to_deregister: list[Mapping[str, Any]] = field(default_factory=list)
    without_bsn: list[Mapping[str, Any]] = field(default_factory=list)
    invalid: list[int] = field(default_factory=list)
    duplicates: list[tuple[int, int]] = field(default_factory=list)


async def reconcile(connection: Connection, asker: Asker, agb_code: str, bsns: Sequence[str]) -> Answer[Reconciliation]:
    """Returns how a list of BSNs differs from the register's list of a code. Raises RefusedError."""
    require_own_codes(asker, [agb_code])
    result = Reconciliation()
    first = _read(bsns, result)
    await connection.execute(QUERIES["plan_each_time"])
    rows = await connection.fetch(QUERIES["reconcile"], agb_code, list(first), list(first.values()))
    subjects: list[UUID] = []
    for row in rows:
        if row["patient_id"] is not None:
            subjects.append(row["patient_id"])
        if row["position"] is None:
            person = {name: row[name] for name in _PERSON}
            (result.to_deregister if row["bsn"] else result.without_bsn).append(person)
        elif row["agb_code"] == agb_code:
            result.same += 1
        else:
            result.to_register.append(ToRegister(row["position"], row["agb_code"], bool(row["blocked"])))
    result.to_register.sort(key=lambda one: one.position)
    return Answer(result, subjects)


def _read(bsns: Sequence[str], result: Reconciliation) -> dict[str, int]:
    """Returns the position of each valid BSN, and notes what is wrong."""
    first: dict[str, int] = {}
    for position, text in enumerate(bsns):
        try:
            bsn = normalise_bsn(text)
        except InvalidIdentifierError:
            result.invalid.append(position)
            continue
        if first.setdefault(bsn, position) != position:
            result.duplicates.append((position, first[bsn]))
    return first


_PERSON = ("patient_id", "bsn", "initials", "prefix", "family_name", "birth_date", "since")
