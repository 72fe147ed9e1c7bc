"""Care providers who do not exist, as lines of a file, and the file read as the register reads it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ion_registry.domain.provider_faults import Fault
from ion_registry.services.importing.file import FileFormat, ProviderFile, read_provider_file

LINDE: Mapping[str, Any] = {
    "agbCode": "01023456",
    "kind": "practice",
    "name": "Huisartsenpraktijk De Linde",
    "street": "Lindelaan",
    "houseNumber": "12",
    "postcode": "1234 AB",
    "city": "Voorbeeldstad",
    "changeMessageAddress": "post@praktijk-a.example",
}
EIK: Mapping[str, Any] = {**LINDE, "agbCode": "01034567", "name": "Huisartsenpraktijk De Eik"}
ARTS: Mapping[str, Any] = {
    **LINDE,
    "agbCode": "01045678",
    "kind": "person",
    "name": "J. Voorbeeldarts",
    "associations": [{"agbCode": "01023456", "since": "2016-01-01"}],
}


def json_lines(*rows: Mapping[str, Any]) -> bytes:
    """Returns the file with these lines."""
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def read(content: bytes, file_format: FileFormat = FileFormat.JSON_LINES) -> ProviderFile:
    """Reads a file as the import does."""
    return read_provider_file(io.BytesIO(content), file_format, lambda _: None)


def codes_of(faults: Sequence[Fault]) -> list[tuple[int, str, str]]:
    """Returns (line, field, code of the fault)."""
    return [(fault.line, fault.field, fault.code.value) for fault in faults]
