"""Reads a file of care providers as a stream, within limits, and finds everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, BinaryIO

import orjson
from pydantic import ValidationError

from ion_contracts.messages import CareProvider
from ion_registry.domain.provider_checks import ListedProvider, check_alone
from ion_registry.domain.provider_faults import Fault, FaultCode, Faults
from ion_registry.services.importing.csv_file import CsvFaultError, read_csv
from ion_registry.services.importing.fields import check_fields, explain

ROWS_MAX = 200_000
"""Ten times the GPs and practices of the country, in everything that was ever in use."""
ROW_BYTES_MAX = 16 * 1024
"""A person with fifty associations takes a third of it."""
FILE_BYTES_MAX = 256 * 1024 * 1024
PROGRESS_ROWS = 10_000

Progress = Callable[[int], None]
"""Is told how many rows were read, every PROGRESS_ROWS."""


class FileFormat(StrEnum):
    """How a file of care providers is written; docs/providers.md describes both."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(slots=True)
class ProviderFile:
    """What a file says: the providers in its order, and what is wrong with it.

    `unread` are the codes of lines that cannot be taken; others may name them without being wrong for it.
    """

    providers: list[ListedProvider] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    unread: set[str] = field(default_factory=set)
    sha256: bytes = b""


class _UnreadableError(Exception):
    """Reading stops here."""

    def __init__(self, line: int, code: FaultCode, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(line, "", code, f"{message}; nothing after it was read")


def read_provider_file(stream: BinaryIO, file_format: FileFormat, progress: Progress) -> ProviderFile:
    """Returns everything that the file says and all its faults. Whatever it holds, nothing is raised for it."""
    file, digest = ProviderFile(), hashlib.sha256()
    lines = _lines(stream, digest.update, file.faults)
    lines_of_codes: dict[str, int] = {}
    try:
        rows = read_csv(lines) if file_format is FileFormat.CSV else _read_json_lines(lines)
        for count, (line, row) in enumerate(rows, start=1):
            if count > ROWS_MAX:
                raise _UnreadableError(line, FaultCode.TOO_MANY_ROWS, f"a file has at most {ROWS_MAX:,} rows: split it")
            if count % PROGRESS_ROWS == 0:
                progress(count)
            _take_row(file, line, row, lines_of_codes)
    except _UnreadableError as stopped:
        file.faults.add(stopped.fault)
    except CsvFaultError as error:
        file.faults.add(error.fault)
    if not lines_of_codes and not file.faults.total:
        text = "there is no provider in the file: was it exported well?"
        file.faults.add(Fault(1, "", FaultCode.NO_PROVIDERS, text))
    file.sha256 = digest.digest()
    return file


def _lines(stream: BinaryIO, digest: Callable[[bytes], None], faults: Faults) -> Iterator[str]:
    """Yields lines of text; what is not UTF-8 in them is told and replaced, so that the rest of the file is checked."""
    size = number = 0
    while raw := stream.readline(ROW_BYTES_MAX + 1):
        digest(raw)
        number += 1
        size += len(raw)
        if len(raw) > ROW_BYTES_MAX:
            text = f"a line has at most {ROW_BYTES_MAX:,} bytes: is this a text file with a line per provider?"
            raise _UnreadableError(number, FaultCode.ROW_TOO_LONG, text)
        if size > FILE_BYTES_MAX:
            text = f"a file has at most {FILE_BYTES_MAX:,} bytes: split it"
            raise _UnreadableError(number, FaultCode.FILE_TOO_LARGE, text)
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError as error:
            text = f"byte {error.start + 1} is not UTF-8: save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"
            faults.add(Fault(number, "", FaultCode.NOT_UTF_8, text))
            yield raw.decode("utf-8", errors="replace")


def _read_json_lines(lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any] | Fault]]:
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            row = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            message = (
                f"is not JSON ({error.msg} at character {error.colno}): one object on each line, without commas between"
            )
            yield number, Fault(number, "", FaultCode.NOT_JSON, message)
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            message = "is not a JSON object: one {...} on each line, without brackets around them"
            yield number, Fault(number, "", FaultCode.NOT_JSON, message)


def _take_row(file: ProviderFile, line: int, row: Mapping[str, Any] | Fault, lines_of_codes: dict[str, int]) -> None:
    if isinstance(row, Fault):
        file.faults.add(row)
        return
    code = row.get("agbCode")
    faults = list(check_fields(line, row))
    if isinstance(code, str) and code in lines_of_codes:
        text = f"{code} stands on line {lines_of_codes[code]} already: keep one of them"
        faults.append(Fault(line, "agbCode", FaultCode.DOUBLE_CODE, text))
    try:
        listed = ListedProvider(line, _in_order(CareProvider.model_validate(row)))
        faults += check_alone(listed)
    except ValidationError as error:
        told = {fault.field for fault in faults}
        faults += (fault for fault in explain(line, error) if fault.field not in told)
    if isinstance(code, str):
        lines_of_codes.setdefault(code, line)
    if not faults:
        file.providers.append(listed)
        return
    for fault in faults:
        file.faults.add(fault)
    if isinstance(code, str):
        file.unread.add(code)


def _in_order(provider: CareProvider) -> CareProvider:
    """Associations are a set: another order in the file is no change."""
    if len(provider.associations) < 2:
        return provider
    ordered = tuple(sorted(provider.associations, key=lambda a: (a.agb_code, a.since, a.until or date.max)))
    return provider.model_copy(update={"associations": ordered})
