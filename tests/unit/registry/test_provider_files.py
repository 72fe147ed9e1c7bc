"""What a file of care providers may look like, and what is told of one that is wrong."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest

from ion_contracts.messages import Association
from ion_registry.domain.provider_faults import FAULTS_SHOWN_MAX
from ion_registry.services.importing import file as provider_file
from ion_registry.services.importing.file import FileFormat
from tests.unit.registry.made_providers import ARTS, EIK, LINDE, codes_of, json_lines, read

HEADER = "agbCode;kind;name;street;houseNumber;postcode;city;activeFrom;activeUntil;successor;associations"
ROW = "01023456;practice;Huisartsenpraktijk De Linde;Lindelaan;12;1234 AB;Voorbeeldstad;;;;"


def read_csv(*lines: str, encoding: str = "utf-8") -> provider_file.ProviderFile:
    return read("".join(f"{line}\r\n" for line in lines).encode(encoding), FileFormat.CSV)


def test_each_line_of_json_is_one_provider_and_blank_lines_do_not_count() -> None:
    file = read(json_lines(LINDE) + b"\n  \n" + json_lines(EIK))
    assert [(one.line, one.provider.agb_code) for one in file.providers] == [(1, "01023456"), (4, "01034567")]
    assert not file.faults.total


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_is_read_with_any_usual_separator_and_with_a_byte_order_mark(separator: str, encoding: str) -> None:
    lines = [HEADER, ROW.replace("Lindelaan", "Coöperatiestraat")]
    file = read_csv(*(line.replace(";", separator) for line in lines), encoding=encoding)
    assert not file.faults.kept
    (listed,) = file.providers
    assert (listed.line, listed.provider.street, listed.provider.active_from) == (2, "Coöperatiestraat", None)


def test_csv_and_json_lines_say_the_same() -> None:
    associations = [
        {"agbCode": "01023456", "since": "2016-01-01", "until": "2020-12-31"},
        {"agbCode": "01034567", "since": "2021-01-01"},
    ]
    person = {**ARTS, "activeFrom": "2015-03-02", "associations": associations}
    del person["changeMessageAddress"]
    row = (
        '01045678;PERSON?;"J. Voorbeeldarts";Lindelaan;12;1234 AB;Voorbeeldstad;2015-03-02;;;'
        "01023456 2016-01-01 2020-12-31 | 01034567 2021-01-01"
    ).replace("PERSON?", "person")
    assert read_csv(HEADER, row).providers == [one._replace(line=2) for one in read(json_lines(person)).providers]


def test_what_a_dutch_spreadsheet_makes_of_codes_and_days_is_understood() -> None:
    row = "1045678;person;J. Voorbeeldarts;Lindelaan;12;1234 AB;Voorbeeldstad;2-3-2015;31/12/2026;1034567;"
    (listed,) = read_csv(HEADER, f"{row}1023456 1-1-2016").providers
    provider = listed.provider
    assert (provider.agb_code, provider.successor) == ("01045678", "01034567")
    assert (provider.active_from, provider.active_until) == (date(2015, 3, 2), date(2026, 12, 31))
    assert provider.associations == (Association(agb_code="01023456", since=date(2016, 1, 1)),)


def test_columns_may_stand_in_any_order_and_case_and_blank_rows_do_not_count() -> None:
    columns, cells = HEADER.upper().split(";"), ROW.split(";")
    file = read_csv(";".join(reversed(columns)), ";" * 10, ";".join(reversed(cells)))
    assert [(one.line, one.provider.agb_code) for one in file.providers] == [(3, "01023456")]


def test_a_quoted_value_may_hold_separators_and_lines_are_counted_on_behind_it() -> None:
    wrong = ROW.replace("1234 AB", "1")
    file = read_csv(HEADER, ROW.replace("Lindelaan", '"Laan; ""De Linde"""').replace("01023456", "01034567"), wrong)
    assert file.providers[0].provider.street == 'Laan; "De Linde"'
    assert codes_of(file.faults.kept) == [(3, "postcode", "invalid-value")]
    two_lines = read_csv(HEADER, ROW.replace("Lindelaan", '"Linde\r\nlaan"').replace("01023456", "01034567"), wrong)
    assert codes_of(two_lines.faults.kept) == [(2, "street", "control-character"), (4, "postcode", "invalid-value")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], [(1, "", "no-providers")]),
        ([HEADER], [(1, "", "no-providers")]),
        ([HEADER + ";fax"], [(1, "", "unknown-field")]),
        ([HEADER + ";kind"], [(1, "kind", "wrong-columns")]),
        (["agbCode;kind"], [(1, "", "missing-field")]),
        ([HEADER, ROW + ";"], [(2, "", "wrong-columns")]),
        ([HEADER, ROW[:-1]], [(2, "", "wrong-columns")]),
        ([HEADER, ROW.replace("Lindelaan", 'Linde"laan"'), ROW], [(3, "agbCode", "double-code")]),
        ([HEADER, ROW.replace("Lindelaan", '"Linde"laan'), ROW], [(2, "", "not-csv")]),
        ([HEADER, ROW.replace("Lindelaan", '"Lindelaan'), ROW], [(2, "", "not-csv")]),
        ([HEADER, ROW, ROW], [(3, "agbCode", "double-code")]),
        ([HEADER, ROW.replace("01023456", "")], [(2, "agbCode", "missing-field")]),
        ([HEADER, ROW.replace(";;;;", ";31-2-2027;;;")], [(2, "activeFrom", "invalid-value")]),
        ([HEADER, ROW.replace("practice", "person") + "01034567"], [(2, "associations 1, since", "missing-field")]),
        (
            [HEADER, ROW.replace("practice", "person") + "01034567 2016-01-01 2017-01-01 2018-01-01"],
            [(2, "associations 1, 2018-01-01", "unknown-field")],
        ),
        ([HEADER, ROW.replace("practice", "person") + "|"], [
            (2, "associations 1, agbCode", "missing-field"),
            (2, "associations 1, since", "missing-field"),
            (2, "associations 2, agbCode", "missing-field"),
            (2, "associations 2, since", "missing-field"),
        ]),
    ],
)  # fmt: skip
def test_a_wrong_csv_file_is_told_its_errors(lines: list[str], expected: list[tuple[int, str, str]]) -> None:
    assert codes_of(read_csv(*lines).faults.kept) == expected


@pytest.mark.parametrize(
    ("field", "value", "place", "code"),
    [
        ("agbCode", "0102345", "agbCode", "invalid-value"),
        ("agbCode", "02023456", "agbCode", "invalid-value"),
        ("agbCode", 1023456, "agbCode", "invalid-value"),
        ("kind", "hospital", "kind", "invalid-value"),
        ("name", " ", "name", "invalid-value"),
        ("name", "n" * 201, "name", "invalid-value"),
        ("name", "De\tLinde", "name", "control-character"),
        ("name", "De\x00Linde", "name", "control-character"),
        ("houseNumber", "12345678901", "houseNumber", "invalid-value"),
        ("postcode", "0123 AB", "postcode", "invalid-value"),
        ("city", None, "city", "invalid-value"),
        ("changeMessageAddress", "nobody", "changeMessageAddress", "invalid-value"),
        ("invoiceAddress", "a@b", "invoiceAddress", "invalid-value"),
        ("chamberOfCommerceNumber", "123", "chamberOfCommerceNumber", "invalid-value"),
        ("activeFrom", "15-03-2027", "activeFrom", "invalid-value"),
        ("activeUntil", "9999-12-31", "activeUntil", "invalid-value"),
        ("activeFrom", "0001-01-01", "activeFrom", "invalid-value"),
        ("successor", "x", "successor", "invalid-value"),
        ("successor", "01034567", "successor", "successor-without-end"),
        ("successor", "01045678", "successor", "own-successor"),
        ("recordedAt", "2027-03-15T09:30:15Z", "recordedAt", "unknown-field"),
        ("agb_code", "01023456", "agb_code", "unknown-field"),
        ("\x1b[2J", "", "?[2J", "unknown-field"),
        ("associations", "01023456", "associations", "invalid-value"),
        ("associations", [{"agbCode": "01023456"}], "associations 1, since", "missing-field"),
        ("associations", ["01023456"], "associations 1", "invalid-value"),
        ("associations", [{"agbCode": "01023456", "since": "2016-01-01", "x": 1}], "associations 1, x",
         "unknown-field"),
        (
            "associations",
            [{"agbCode": "01023456", "since": "2016-01-02", "until": "2016-01-01"}],
            "associations 1, until",
            "ends-before-it-began",
        ),
        (
            "associations",
            [{"agbCode": "01023456", "since": f"2016-01-{day:02}", "until": "2016-01-20"} for day in (9, 2)],
            "associations 2",
            "associations-overlap",
        ),
        (
            "associations",
            [{"agbCode": "01023456", "since": str(date(1950 + year, 1, 1)), "until": str(date(1950 + year, 2, 1))}
             for year in range(51)],
            "associations",
            "invalid-value",
        ),
    ],
)  # fmt: skip
def test_each_wrong_field_is_told_by_its_name_and_line(field: str, value: Any, place: str, code: str) -> None:
    file = read(json_lines(LINDE, {**ARTS, field: value}))
    assert codes_of(file.faults.kept) == [(2, place, code)]
    assert [one.provider.agb_code for one in file.providers] == ["01023456"]


def test_all_errors_of_a_row_are_told_and_none_twice() -> None:
    wrong = {**ARTS, "agbCode": "1", "activeFrom": "never", "postcode": "1", "fax": "1"}
    del wrong["city"]
    assert sorted(codes_of(read(json_lines(wrong)).faults.kept)) == [
        (1, "activeFrom", "invalid-value"),
        (1, "agbCode", "invalid-value"),
        (1, "city", "missing-field"),
        (1, "fax", "unknown-field"),
        (1, "postcode", "invalid-value"),
    ]


def test_a_last_day_lies_on_or_behind_the_first() -> None:
    assert not read(json_lines({**LINDE, "activeFrom": "2027-03-15", "activeUntil": "2027-03-15"})).faults.total
    file = read(json_lines({**LINDE, "activeFrom": "2027-03-15", "activeUntil": "2027-03-14"}))
    assert codes_of(file.faults.kept) == [(1, "activeUntil", "ends-before-it-began")]


def test_a_practice_has_no_associations_of_its_own() -> None:
    file = read(json_lines({**ARTS, "kind": "practice"}))
    assert codes_of(file.faults.kept) == [(1, "associations", "associations-of-a-practice")]


@pytest.mark.parametrize("line", [b"no json", b"[{}]", b"7", b'{"agbCode": "\\ud800"}', b'{"agbCode":'])
def test_a_line_that_is_no_json_object_is_told(line: bytes) -> None:
    assert codes_of(read(json_lines(LINDE) + line + b"\n").faults.kept) == [(2, "", "not-json")]


def test_a_file_in_another_encoding_is_told_line_by_line_and_what_to_do() -> None:
    file = read_csv(HEADER, ROW, ROW.replace("01023456", "01034567").replace("De Linde", "Coöp"), encoding="latin-1")
    assert codes_of(file.faults.kept) == [(3, "", "not-utf-8")]
    assert "CSV UTF-8" in str(file.faults.kept[0])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("file_format", [*FileFormat])
def test_an_empty_file_is_an_error_and_not_an_empty_register(content: bytes, file_format: FileFormat) -> None:
    assert codes_of(read(content, file_format).faults.kept) == [(1, "", "no-providers")]


def test_a_code_that_comes_twice_names_its_first_line() -> None:
    file = read(json_lines(LINDE, EIK, {**LINDE, "city": "Anderstad"}))
    assert codes_of(file.faults.kept) == [(3, "agbCode", "double-code")]
    assert "line 1" in file.faults.kept[0].message


def test_a_line_without_an_end_stops_the_reading() -> None:
    file = read(json_lines(LINDE) + b"x" * (provider_file.ROW_BYTES_MAX + 1))
    assert codes_of(file.faults.kept) == [(2, "", "row-too-long")]


def test_no_more_rows_and_bytes_are_read_than_the_limits_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{**LINDE, "agbCode": f"01{number:06}"} for number in range(4)]
    monkeypatch.setattr(provider_file, "ROWS_MAX", 3)
    assert codes_of(read(json_lines(*rows)).faults.kept) == [(4, "", "too-many-rows")]
    assert not read(json_lines(*rows[:3])).faults.total
    monkeypatch.setattr(provider_file, "FILE_BYTES_MAX", len(json_lines(*rows[:2])))
    assert codes_of(read(json_lines(*rows[:3])).faults.kept) == [(3, "", "file-too-large")]
    assert not read(json_lines(*rows[:2])).faults.total


def test_all_errors_are_counted_and_the_first_thousand_kept() -> None:
    file = read(b"no json\n" * (FAULTS_SHOWN_MAX + 5))
    assert (file.faults.total, len(file.faults.kept)) == (FAULTS_SHOWN_MAX + 5, FAULTS_SHOWN_MAX)


def test_progress_is_told_on_the_way() -> None:
    told: list[int] = []
    content = json_lines(*({**LINDE, "agbCode": f"01{number:06}"} for number in range(20_001)))
    provider_file.read_provider_file(io.BytesIO(content), FileFormat.JSON_LINES, told.append)
    assert told == [10_000, 20_000]
