"""Care providers as a spreadsheet writes them: any usual separator, Dutch days, associations in one column."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ion_registry.domain.provider_faults import Fault, FaultCode
from ion_registry.services.importing.fields import DAY_FIELDS, FIELDS, REQUIRED_FIELDS

SEPARATORS = ";,\t"
ASSOCIATION_SEPARATOR = "|"
_DUTCH_DAY = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})")
_CODE_WITHOUT_ZERO = re.compile(r"1[0-9]{6}")


class CsvFaultError(Exception):
    """The header makes no sense, so no row can be read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def read_csv(lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any] | Fault]]:
    """Yields (line, provider as in JSON, or what is wrong with the row). Raises CsvFaultError for its header."""
    header = next(lines, "")
    if not header.strip():
        text = "the first line is empty: it names the columns, such as agbCode;kind;name"
        raise CsvFaultError(Fault(1, "", FaultCode.NO_PROVIDERS, text))
    separator = max(SEPARATORS, key=header.count)
    columns = _read_header(header, separator)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 2  # The header was read before; a quoted value may take more than one line.
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            text = f"is not CSV ({error}): put a value that holds quotes or separators in quotes, and double its quotes"
            yield line, Fault(line, "", FaultCode.NOT_CSV, text)
            continue
        if any(cell.strip() for cell in cells):
            yield line, _read_row(line, columns, cells)


def _read_header(header: str, separator: str) -> list[str]:
    """Returns the fields of the columns; upper and lower case are the same there."""
    by_name = {name.lower(): name for name in FIELDS}
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=separator))]
    unknown = [name for name in names if name not in by_name]
    if unknown:
        shown = ", ".join(f"'{name[:40]}'" for name in unknown[:5])
        text = f"no such column: {shown}; the columns are {', '.join(FIELDS)}"
        raise CsvFaultError(Fault(1, "", FaultCode.UNKNOWN_FIELD, text))
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        text = "this column comes twice: keep one"
        raise CsvFaultError(Fault(1, by_name[double], FaultCode.WRONG_COLUMNS, text))
    missing = [name for name in REQUIRED_FIELDS if name.lower() not in names]
    if missing:
        text = f"these columns are missing: {', '.join(missing)}"
        raise CsvFaultError(Fault(1, "", FaultCode.MISSING_FIELD, text))
    return [by_name[name] for name in names]


def _read_row(line: int, columns: list[str], cells: list[str]) -> Mapping[str, Any] | Fault:
    if len(cells) != len(columns):
        text = (
            f"has {len(cells)} columns where the first line has {len(columns)}: put values with a separator in quotes"
        )
        return Fault(line, "", FaultCode.WRONG_COLUMNS, text)
    row: dict[str, Any] = {}
    for column, cell in zip(columns, cells, strict=True):
        value = cell.strip()
        if value:
            row[column] = _read_associations(value) if column == "associations" else _read_value(column, value)
    return row


def _read_value(column: str, value: str) -> str:
    if column in DAY_FIELDS:
        return _iso_day(value)
    return _with_zero(value) if column in ("agbCode", "successor") else value


def _read_associations(value: str) -> list[dict[str, str]]:
    """`code since` or `code since until`, with | between; what is too much goes under a name that is refused."""
    associations = []
    for part in value.split(ASSOCIATION_SEPARATOR):
        words = part.split()
        association = dict(zip(("agbCode", "since", "until"), words, strict=False))
        for name, word in association.items():
            association[name] = _with_zero(word) if name == "agbCode" else _iso_day(word)
        if len(words) > 3:
            association[" ".join(words[3:])[:40]] = ""
        associations.append(association)
    return associations


def _iso_day(value: str) -> str:
    """A spreadsheet in Dutch turns 2027-03-15 into 15-3-2027."""
    dutch = _DUTCH_DAY.fullmatch(value)
    return value if dutch is None else f"{dutch[3]}-{dutch[2]:0>2}-{dutch[1]:0>2}"


def _with_zero(value: str) -> str:
    """A spreadsheet takes 01023456 for a number. All codes here begin with 01, so the zero can be given back."""
    return f"0{value}" if _CODE_WITHOUT_ZERO.fullmatch(value) else value
