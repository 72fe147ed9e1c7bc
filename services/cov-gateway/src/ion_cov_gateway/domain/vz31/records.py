"""What a file holds once it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ion_contracts.messages import Sex

SEX_OF_CODE = {"0": Sex.UNKNOWN, "1": Sex.MALE, "2": Sex.FEMALE, "9": Sex.NOT_SPECIFIED}
CODE_OF_SEX = {sex: code for code, sex in SEX_OF_CODE.items()}


@dataclass(frozen=True, slots=True)
class InsuredLine:
    """A patient of the practice. `line` counts from 1 in the file, `number` is the record's own."""

    line: int
    number: int
    bsn: str
    uzovi: str | None
    insured_number: str | None
    family_name: str
    prefix: str
    initials: str
    birth_date: date
    sex: Sex
    deceased: bool = False


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """One fault of a line: a Vektis code, or one of ours in words. Positions `first` to `last`; no value is told."""

    line: int
    number: int | None
    code: str
    field: str | None
    first: int | None
    last: int | None
    message: str
    message_nl: str


@dataclass(frozen=True, slots=True)
class FileError:
    """Why the file as a whole cannot be trusted."""

    line: int
    code: str
    message: str
    message_nl: str


@dataclass(slots=True)
class ReadResult:
    """The good lines, the faults of the others, and what is wrong with the whole."""

    agb_code: str | None = None
    lines: list[InsuredLine] = field(default_factory=list)
    rejected: list[RejectedLine] = field(default_factory=list)
    errors: list[FileError] = field(default_factory=list)
