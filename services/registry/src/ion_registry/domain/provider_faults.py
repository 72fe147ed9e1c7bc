"""What can be wrong with a file of care providers, by line and field, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

FAULTS_SHOWN_MAX = 1000
"""More are counted and not kept: who has a thousand has one cause for them."""


class FaultCode(StrEnum):
    """Stable names of faults; `docs/providers.md` lists them."""

    FILE_TOO_LARGE = "file-too-large"
    TOO_MANY_ROWS = "too-many-rows"
    ROW_TOO_LONG = "row-too-long"
    NO_PROVIDERS = "no-providers"
    NOT_UTF_8 = "not-utf-8"
    NOT_JSON = "not-json"
    NOT_CSV = "not-csv"
    WRONG_COLUMNS = "wrong-columns"
    UNKNOWN_FIELD = "unknown-field"
    MISSING_FIELD = "missing-field"
    INVALID_VALUE = "invalid-value"
    CONTROL_CHARACTER = "control-character"
    DOUBLE_CODE = "double-code"
    ENDS_BEFORE_IT_BEGAN = "ends-before-it-began"
    OWN_SUCCESSOR = "own-successor"
    SUCCESSOR_WITHOUT_END = "successor-without-end"
    SUCCESSOR_UNKNOWN = "successor-unknown"
    SUCCESSOR_CYCLE = "successor-cycle"
    ASSOCIATIONS_OF_A_PRACTICE = "associations-of-a-practice"
    ASSOCIATION_UNKNOWN = "association-unknown"
    ASSOCIATION_WITH_A_PERSON = "association-with-a-person"
    ASSOCIATIONS_OVERLAP = "associations-overlap"
    STILL_ASSOCIATED = "still-associated"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault; `line` counts from 1 and `field` is as in the file, empty when it is about the line as a whole."""

    line: int
    field: str
    code: FaultCode
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}, {self.field}" if self.field else f"line {self.line}"
        return f"{place}: {self.message} ({self.code})"


@dataclass(slots=True)
class Faults:
    """The faults of one file: all are counted, the first ones are kept."""

    kept: list[Fault] = field(default_factory=list)
    total: int = 0

    def add(self, fault: Fault) -> None:
        """Counts a fault, and keeps it while there is room."""
        self.total += 1
        if len(self.kept) < FAULTS_SHOWN_MAX:
            self.kept.append(fault)


class InvalidProvidersError(ValueError):
    """The file cannot be taken, and nothing of it was. Correct what `faults` says, by line, and offer it again."""

    def __init__(self, faults: Faults) -> None:
        self.faults = sorted(faults.kept)
        self.total = faults.total
        super().__init__("\n".join(str(fault) for fault in self.faults))
