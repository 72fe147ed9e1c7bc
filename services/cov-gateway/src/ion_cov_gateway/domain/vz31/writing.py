"""Writes a file as a GP system would export it: for trying things out, and for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ion_cov_gateway.domain.vz31.layout import Field, load_layout
from ion_cov_gateway.domain.vz31.records import CODE_OF_SEX, InsuredLine


def write_file(persons: Sequence[InsuredLine], agb_code: str, on: date) -> bytes:
    """Returns the file of a practice on a day. BSNs are written as they are, so a wrong one stays wrong."""
    layout = load_layout()
    header = {
        "message_code": layout.message_code,
        "version": layout.version,
        "production_or_test": "T",
        "vendor": "IONTST",
        "practice_agb": agb_code,
        "period_begin": f"{on:%Y%m%d}",
        "period_end": f"{on:%Y%m%d}",
    }
    count = str(len(persons))
    lines = [
        _line("header", header),
        *(_line("insured", _values(person)) for person in persons),
        _line("trailer", {"insured_count": count, "detail_count": count}),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _values(person: InsuredLine) -> dict[str, str]:
    return {
        "number": str(person.number),
        "bsn": person.bsn,
        "uzovi": person.uzovi or "",
        "insured_number": person.insured_number or "",
        "birth_date": f"{person.birth_date:%Y%m%d}",
        "sex": CODE_OF_SEX[person.sex],
        "name_code": "1",
        "family_name": person.family_name,
        "prefix": person.prefix,
        "initials": person.initials,
        "name_order": "1",
        "deceased": "1" if person.deceased else "2",
    }


def _line(record: str, values: Mapping[str, str]) -> str:
    layout = load_layout()
    code = next(code for code, name in layout.codes.items() if name == record)
    characters = [" "] * layout.line_length
    characters[:2] = code
    for field in layout.fields(record):
        characters[field.first - 1 : field.last] = _fill(field, values.get(field.name, ""))
    return "".join(characters)


def _fill(field: Field, value: str) -> str:
    text = value[: field.width]
    return text.ljust(field.width) if field.kind == "text" else text.rjust(field.width, "0")
