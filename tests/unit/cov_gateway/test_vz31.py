"""Files of active patients (rules 20, 22 and 23): every line is good, or rejected with a code; nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_cov_gateway.domain.vz31 import InsuredLine, read_file, write_file
from ion_cov_gateway.domain.vz31.layout import load_layout
from ion_local.population import population

TODAY = date(2027, 3, 22)
AGB_CODE = "01010001"


def person(number: int) -> InsuredLine:
    someone = population()[number]
    return InsuredLine(
        line=number + 1,
        number=number,
        bsn=someone.bsn,
        uzovi="3311",
        insured_number="12345",
        family_name=someone.family_name,
        prefix=someone.prefix,
        initials=someone.initials,
        birth_date=someone.birth_date,
        sex=someone.sex,
    )


PEOPLE = [person(number) for number in range(1, 11)]


def rejected_with(*people: InsuredLine) -> list[tuple[int, str, str | None]]:
    result = read_file(write_file(people, AGB_CODE, TODAY), today=TODAY)
    assert result.errors == []
    return [(fault.line, fault.code, fault.field) for fault in result.rejected]


def test_what_was_written_is_read_again() -> None:
    result = read_file(write_file(PEOPLE, AGB_CODE, TODAY), today=TODAY)
    assert result.lines == PEOPLE
    assert (result.agb_code, result.rejected, result.errors) == (AGB_CODE, [], [])


@pytest.mark.parametrize(
    ("damage", "code", "field"),
    [
        (lambda p: replace(p, bsn="999999999"), "0435", "bsn"),
        (lambda p: replace(p, bsn="000000000"), "0435", "bsn"),
        (lambda p: replace(p, bsn="123456789"), "0435", "bsn"),
        (lambda p: replace(p, bsn="12345678x"), "003", "bsn"),
        (lambda p: replace(p, family_name=""), "001", "family_name"),
        (lambda p: replace(p, family_name="Bak\x00ker"), "007", "family_name"),
        (lambda p: replace(p, initials="A\tB"), "007", "initials"),
        (lambda p: replace(p, birth_date=date(2027, 3, 23)), "053", "birth_date"),
        (lambda p: replace(p, birth_date=date(1870, 1, 1)), "052", "birth_date"),
        (lambda p: replace(p, deceased=True), "140", "deceased"),
    ],
)
def test_a_wrong_field_rejects_its_line_with_the_vektis_code(
    damage: Callable[[InsuredLine], InsuredLine], code: str, field: str
) -> None:
    assert rejected_with(PEOPLE[0], damage(PEOPLE[1]), PEOPLE[2]) == [(3, code, field)]


def test_a_date_that_does_not_exist_is_told_with_its_position() -> None:
    content = write_file(PEOPLE, AGB_CODE, TODAY)
    birth = f"{PEOPLE[0].birth_date:%Y%m%d}".encode()
    result = read_file(content.replace(birth, b"20260231", 1), today=TODAY)
    assert [(f.code, f.first, f.last) for f in result.rejected] == [("051", 54, 61)]


def test_the_second_line_with_the_same_bsn_is_rejected() -> None:
    assert rejected_with(PEOPLE[0], replace(PEOPLE[1], bsn=PEOPLE[0].bsn)) == [(3, "duplicate-in-file", "bsn")]


def test_no_message_repeats_a_bsn() -> None:
    wrong = replace(PEOPLE[0], bsn="123456789")
    result = read_file(write_file([wrong], AGB_CODE, TODAY), today=TODAY)
    assert all("123456789" not in fault.message + fault.message_nl for fault in result.rejected)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda content: content.replace(b"\r\n", b"\n"), "0001"),
        (lambda content: content[312:], "0002"),
        (lambda content: content[:-312], "0002"),
        (lambda content: content[: 312 * 3] + content[312 * 4 :], "007"),
        (lambda content: content.replace(b"VZ3", b"XX1", 1), "0010"),
        (lambda content: content[:5] + b"99" + content[7:], "0011"),
        (lambda content: content.replace(b"Bakker", "Bäkker".encode("latin-1")) + b"\xe9", "0001"),
        (lambda _content: b"", "0001"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_as_a_whole(damage: Callable[[bytes], bytes], code: str) -> None:
    result = read_file(damage(write_file(PEOPLE, AGB_CODE, TODAY)), today=TODAY)
    assert code in [error.code for error in result.errors]


def test_a_file_of_too_many_lines_is_refused() -> None:
    result = read_file(write_file(PEOPLE, AGB_CODE, TODAY), today=TODAY, lines_max=5)
    assert [error.code for error in result.errors] == ["0001"]


@given(st.integers(min_value=0, max_value=312 * 12 - 1), st.integers(min_value=0, max_value=255))
def test_one_damaged_byte_loses_no_line(position: int, byte: int) -> None:
    content = bytearray(write_file(PEOPLE, AGB_CODE, TODAY))
    content[position] = byte
    result = read_file(bytes(content), today=TODAY)
    seen = {line.line for line in result.lines} | {fault.line for fault in result.rejected}
    assert result.errors or seen == set(range(2, 12))


@given(st.binary(max_size=2000))
def test_no_bytes_make_it_fail(content: bytes) -> None:
    read_file(content, today=TODAY)


def test_the_layout_has_the_positions_of_the_ei_files() -> None:
    fields = {field.name: (field.first, field.last) for field in load_layout().fields("insured")}
    assert fields["bsn"] == (15, 23)
    assert fields["birth_date"] == (54, 61)
    assert fields["deceased"] == (182, 182)
