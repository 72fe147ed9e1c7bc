"""What can become of an operation: ONE table, `outcome-codes.toml`.

The gateway's answers and docs/outcomes.md come from it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any


class OperationStatus(StrEnum):
    """How far an operation is. `processing` and `deferred` are interim; the other two are final."""

    PROCESSING = "processing"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OutcomeCode:
    """One code. `ours` says that the sources name no such code and we chose it; `rules` that it follows from."""

    code: str
    status: OperationStatus
    rules: tuple[int, ...]
    ours: bool
    title_en: str
    detail_en: str
    title_nl: str
    advice_nl: str


def _read(giver: str) -> tuple[OutcomeCode, ...]:
    rows = tomllib.loads(files("ion_contracts").joinpath("outcome-codes.toml").read_text(encoding="utf-8"))
    return tuple(_row(code, row) for code, row in rows.items() if row["from"] == giver)


def _row(code: str, row: Mapping[str, Any]) -> OutcomeCode:
    return OutcomeCode(
        code=code,
        status=OperationStatus(row["status"]),
        rules=tuple(row["rules"]),
        ours=row.get("ours", True),
        title_en=row["title"],
        detail_en=row["detail"],
        title_nl=row["titel"],
        advice_nl=row["advies"],
    )


REGISTRY_CODES: tuple[OutcomeCode, ...] = _read("register")
"""Given by the register, on the outcomes topic."""
GATEWAY_CODES: tuple[OutcomeCode, ...] = _read("gateway")
"""Given by the gateway; these never reach the register."""
OUTCOME_CODES: Mapping[str, OutcomeCode] = MappingProxyType(
    {row.code: row for row in (*REGISTRY_CODES, *GATEWAY_CODES)}
)
