"""The record layout is data (`vz31-profile.toml`); here it becomes slices."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Kind = Literal["text", "number", "date"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record; positions count from 1 and both belong to it."""

    name: str
    first: int
    last: int
    kind: Kind
    required: bool
    allowed: frozenset[str]

    @property
    def width(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Layout:
    """A profile: the records by the first two characters of a line."""

    message_code: str
    version: str
    line_length: int
    records: dict[str, tuple[Field, ...]]
    codes: dict[str, str]

    def fields(self, record: str) -> tuple[Field, ...]:
        """Returns the fields of `header`, `insured`, `comment` or `trailer`."""
        return self.records[record]


@cache
def load_layout(name: str = "vz31-profile.toml") -> Layout:
    """Reads a profile of this package. Raises ValueError when fields overlap or leave the line."""
    data = tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    records = {record: tuple(_field(f) for f in table["fields"]) for record, table in data["records"].items()}
    for record, fields in records.items():
        end = 2
        for field in fields:
            if not end < field.first <= field.last <= data["line_length"]:
                raise ValueError(f"{name}: {record}.{field.name} overlaps the field before it, or leaves the line")
            end = field.last
    codes = {table["code"]: record for record, table in data["records"].items()}
    return Layout(data["message_code"], data["version"], data["line_length"], records, codes)


def _field(data: dict[str, Any]) -> Field:
    allowed = frozenset(data.get("allowed", ()))
    return Field(data["name"], data["first"], data["last"], data["kind"], data.get("required", False), allowed)
