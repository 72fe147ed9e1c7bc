"""Reads a file of active patients (rules 20, 22 and 23). Every line is good, or rejected with a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ion_contracts.identifiers import NO_BSN, InvalidIdentifierError, normalise_bsn
from ion_cov_gateway.domain.vz31.layout import Field, Layout, load_layout
from ion_cov_gateway.domain.vz31.records import SEX_OF_CODE, FileError, InsuredLine, ReadResult, RejectedLine

LINES_MAX = 100_000
ERRORS_MAX = 50
"""A file that is wrong in every line is told so fifty times, not a hundred thousand."""
EARLIEST_BIRTH = date(1880, 1, 1)

WORDS = {
    "001": ("is empty but has to be filled", "is ten onrechte niet ingevuld"),
    "002": ("holds a value that is not allowed", "bevat een waarde die niet is toegestaan"),
    "003": ("is not numeric", "is niet numeriek"),
    "007": ("is not valid", "is ongeldig"),
    "051": ("is a date that does not exist", "is een datum die niet bestaat"),
    "052": ("lies too early", "ligt te vroeg"),
    "053": ("lies too late", "ligt te laat"),
    "140": ("says that the patient is deceased", "geeft aan dat de patiënt is overleden"),
    "0435": ("is missing or not valid", "ontbreekt of is onjuist"),
    "0001": ("the line has not the right length", "de regel heeft niet de juiste lengte"),
    "0002": ("the record type is missing or wrong", "het recordtype ontbreekt of is onjuist"),
    "duplicate-in-file": ("stood in this file before", "komt eerder in dit bestand voor"),
    "number-out-of-order": ("does not follow the number before it", "volgt niet op het vorige nummer"),
}


def read_file(content: bytes, *, today: date, lines_max: int = LINES_MAX) -> ReadResult:
    """Returns what the file holds. Never raises, whatever the bytes are."""
    result = ReadResult()
    if not content.strip():
        return _refuse(result, 1, "0001", "the file is empty", "het bestand is leeg")
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        words = (
            "the file is not plain ASCII: export it without accents and byte order mark",
            "het bestand is geen ASCII",
        )
        return _refuse(result, line, "0001", *words)
    lines = text.split("\r\n")
    if lines[-1].strip("\x1a") == "":
        lines.pop()
    if len(lines) < 2:
        return _refuse(
            result,
            1,
            "0001",
            "lines have to end in CR LF",
            "regels moeten eindigen op CR LF, met voorloop- en sluitrecord",
        )
    if len(lines) > lines_max:
        words = f"there are more than {lines_max} lines", f"er zijn meer dan {lines_max} regels"
        return _refuse(result, lines_max + 1, "0001", *words)
    _Reader(load_layout(), today, result).read(lines)
    return result


@dataclass(slots=True)
class _Counts:
    insured: int = 0
    comments: int = 0


class _Reader:
    """Reads the lines of one file."""

    def __init__(self, layout: Layout, today: date, result: ReadResult) -> None:
        self._layout = layout
        self._today = today
        self._result = result
        self._counts = _Counts()
        self._seen: set[str] = set()
        self._last_number = 0
        self._insured_fields = [(f, slice(f.first - 1, f.last)) for f in layout.fields("insured")]

    def read(self, lines: list[str]) -> None:
        self._read_header(lines[0])
        for index, line in enumerate(lines[1:-1], start=2):
            self._read_detail(index, line)
        self._read_trailer(len(lines), lines[-1])

    def _read_header(self, line: str) -> None:
        if not self._is_record(line, "header"):
            _refuse(self._result, 1, "0002", "the first line is no header", "de eerste regel is geen voorlooprecord")
            return
        values = {f.name: line[f.first - 1 : f.last].strip() for f in self._layout.fields("header")}
        if values["message_code"] != self._layout.message_code:
            _refuse(self._result, 1, "0010", "the message code is wrong", "de berichtcode is onjuist")
        if values["version"] != self._layout.version:
            _refuse(self._result, 1, "0011", "the version is wrong", "het versienummer is onjuist")
        codes = (values["practice_agb"], values["provider_agb"])
        self._result.agb_code = next((code for code in codes if code.strip("0")), None)
        if self._result.agb_code is None:
            _refuse(self._result, 1, "001", "there is no AGB code", "er is geen AGB-code ingevuld")

    def _read_detail(self, index: int, line: str) -> None:
        record = self._layout.codes.get(line[:2])
        if record in ("header", "trailer"):
            words = f"a {record} stands among the lines", "een voorloop- of sluitrecord staat tussen de regels"
            _refuse(self._result, index, "0002", *words)
        elif record == "comment":
            self._counts.comments += 1
        elif record is None:
            self._counts.insured += 1
            self._result.rejected.append(_line_fault(index, "0002"))
        else:
            self._counts.insured += 1
            if len(line) != self._layout.line_length:
                self._result.rejected.append(_line_fault(index, "0001"))
            else:
                self._read_insured(index, line)

    def _read_insured(self, index: int, line: str) -> None:
        faults: list[tuple[Field, str]] = []
        values: dict[str, str] = {}
        for field, position in self._insured_fields:
            value = line[position].rstrip() if field.kind == "text" else line[position]
            fault = _fault(field, value)
            if fault is not None:
                faults.append((field, fault))
            values[field.name] = value
        by_name = {field.name: field for field, _ in self._insured_fields}
        broken = {field.name for field, _ in faults}
        faults += [(by_name[name], code) for name, code in self._deeper_faults(values, broken) if name not in broken]
        number = int(values["number"]) if "number" not in broken else None
        if number is not None:
            self._last_number = max(number, self._last_number)
        if faults:
            self._result.rejected += [_field_fault(index, number, field, code) for field, code in faults]
        else:
            self._result.lines.append(_insured(index, values))

    def _deeper_faults(self, values: dict[str, str], broken: set[str]) -> list[tuple[str, str]]:
        """Faults that a single field's form does not show."""
        faults: list[tuple[str, str]] = []
        if "number" not in broken and int(values["number"]) <= self._last_number:
            faults.append(("number", "number-out-of-order"))
        if "bsn" not in broken:
            faults += self._bsn_faults(values["bsn"])
        if "birth_date" not in broken:
            birth = _date(values["birth_date"])
            if birth is not None and birth > self._today:
                faults.append(("birth_date", "053"))
            if birth is not None and birth < EARLIEST_BIRTH:
                faults.append(("birth_date", "052"))
        if values["deceased"] == "1":
            faults.append(("deceased", "140"))
        return faults

    def _bsn_faults(self, text: str) -> list[tuple[str, str]]:
        try:
            bsn = normalise_bsn(text)
        except InvalidIdentifierError:
            return [("bsn", "0435")]
        if bsn == NO_BSN:
            return [("bsn", "0435")]
        if bsn in self._seen:
            return [("bsn", "duplicate-in-file")]
        self._seen.add(bsn)
        return []

    def _read_trailer(self, index: int, line: str) -> None:
        if not self._is_record(line, "trailer"):
            _refuse(self._result, index, "0002", "the last line is no trailer", "de laatste regel is geen sluitrecord")
            return
        expected = {
            "insured_count": self._counts.insured,
            "comment_count": self._counts.comments,
            "detail_count": self._counts.insured + self._counts.comments,
        }
        for field in self._layout.fields("trailer"):
            told = line[field.first - 1 : field.last]
            if field.name in expected and (not told.isdigit() or int(told) != expected[field.name]):
                words = f"{field.name} tells another number of records than there are: {expected[field.name]}"
                _refuse(self._result, index, "007", words, "de aantallen in het sluitrecord kloppen niet")

    def _is_record(self, line: str, record: str) -> bool:
        return self._layout.codes.get(line[:2]) == record and len(line) == self._layout.line_length


def _fault(field: Field, value: str) -> str | None:
    """Returns the code of what is wrong with the form of one field."""
    if field.kind == "text":
        if field.required and not value.strip():
            return "001"
        # ASCII has control characters too: no name holds them, and PostgreSQL does not store a NUL.
        if not value.isprintable():
            return "007"
    elif not value.isdigit():
        return "001" if field.required and not value.strip() else "003" if value.strip() else None
    elif field.kind == "date":
        if value.strip("0") == "":
            return "001" if field.required else None
        return "051" if _date(value) is None else None
    if field.allowed and value not in field.allowed:
        return "002"
    return None


def _date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _insured(index: int, values: dict[str, str]) -> InsuredLine:
    birth = _date(values["birth_date"])
    assert birth is not None, "checked before"
    uzovi = values["uzovi"] if values["uzovi"].strip("0 ") else None
    return InsuredLine(
        line=index,
        number=int(values["number"]),
        bsn=normalise_bsn(values["bsn"]),
        uzovi=uzovi,
        insured_number=values["insured_number"].strip() or None,
        family_name=values["family_name"].strip(),
        prefix=values["prefix"].strip(),
        initials=values["initials"].strip(),
        birth_date=birth,
        sex=SEX_OF_CODE.get(values["sex"], SEX_OF_CODE["0"]),
    )


def _field_fault(index: int, number: int | None, field: Field, code: str) -> RejectedLine:
    english, dutch = WORDS[code]
    message = f"{field.name} (positions {field.first}-{field.last}) {english}"
    message_nl = f"{field.name} (posities {field.first}-{field.last}) {dutch}"
    return RejectedLine(index, number, code, field.name, field.first, field.last, message, message_nl)


def _line_fault(index: int, code: str) -> RejectedLine:
    english, dutch = WORDS[code]
    return RejectedLine(index, None, code, None, None, None, english, dutch)


def _refuse(result: ReadResult, line: int, code: str, message: str, message_nl: str) -> ReadResult:
    if len(result.errors) < ERRORS_MAX:
        result.errors.append(FileError(line, code, message, message_nl))
    return result
