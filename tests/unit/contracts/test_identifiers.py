"""The national identifiers refuse what is not one, and never repeat it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ion_contracts.identifiers import (
    NO_BSN,
    AgbCode,
    BirthDate,
    Bsn,
    InvalidIdentifierError,
    Name,
    Uzovi,
    normalise_bsn,
)

BSN = "999990019"


def test_a_number_that_passes_the_elfproef_is_a_bsn() -> None:
    assert normalise_bsn(BSN) == BSN


def test_eight_digits_get_their_leading_zero_back() -> None:
    assert normalise_bsn("10000008") == "010000008"


def test_spaces_around_a_bsn_are_dropped() -> None:
    assert normalise_bsn(f" {BSN}\n") == BSN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "000000000",
        "00000000",
        NO_BSN,
        "999990018",
        "9999900",
        "9999900190",
        "99999001a",
        "-99999001",
        "+99999001",
        "9999 90019",
        "9999.90.019",
        "٩٩٩٩٩٠٠١٩",
        "９９９９９００１９",
        "99999001²",
        f"{BSN}\x00",
        "1e8",
    ],
)
def test_what_is_no_bsn_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifierError):
        normalise_bsn(text)


@given(st.integers(min_value=1, max_value=999_999_999))
@settings(deadline=None)
def test_a_bsn_is_what_the_weights_nine_to_two_and_minus_one_say(number: int) -> None:
    digits = f"{number:09d}"
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    passes = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11 == 0
    try:
        assert normalise_bsn(digits) == digits
        accepted = True
    except InvalidIdentifierError:
        accepted = False
    assert accepted == passes


@given(st.integers(min_value=10_000_000, max_value=999_999_999))
@settings(deadline=None)
def test_one_wrong_digit_never_passes(number: int) -> None:
    digits = f"{number:09d}"
    try:
        normalise_bsn(digits)
    except InvalidIdentifierError:
        return
    for position in range(9):
        changed = f"{digits[:position]}{(int(digits[position]) + 1) % 10}{digits[position + 1 :]}"
        with pytest.raises(InvalidIdentifierError):
            normalise_bsn(changed)


@given(st.text())
@settings(deadline=None)
def test_any_text_is_a_bsn_or_refused_without_being_repeated(text: str) -> None:
    told = ""
    try:
        assert len(normalise_bsn(text)) == 9
    except InvalidIdentifierError as error:
        told = str(error)
    assert told in {"", "a BSN has nine digits", "this is not a valid BSN: it fails the elfproef"}


def test_the_test_range_holds_as_many_numbers_as_the_domain_notes_say() -> None:
    accepted = 0
    for number in range(999_900_000, 1_000_000_000):
        try:
            normalise_bsn(str(number))
        except InvalidIdentifierError:
            continue
        accepted += 1
    assert accepted == 9_091


@pytest.mark.parametrize("value", [999990018, "999990018", None, ["999990018"]])
def test_the_error_of_a_model_names_no_value(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Bsn, config={"hide_input_in_errors": True}).validate_python(value)
    assert "999990018" not in str(refused.value)


@pytest.mark.parametrize("code", ["01023456", "01000000"])
def test_an_agb_code_of_a_gp_starts_with_01(code: str) -> None:
    assert TypeAdapter(AgbCode).validate_python(code) == code


@pytest.mark.parametrize(
    "code", ["", "02023456", "0102345", "010234567", "01 23456", "01023456\n", "٠1023456", 1023456]
)
def test_what_is_no_agb_code_of_a_gp_is_refused(code: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(AgbCode).validate_python(code)


@pytest.mark.parametrize("code", ["", "331", "33111", "331a", "3311\n", 3311])
def test_what_is_no_uzovi_code_is_refused(code: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Uzovi).validate_python(code)


def test_an_uzovi_code_keeps_its_leading_zero() -> None:
    assert TypeAdapter(Uzovi).validate_python("0101") == "0101"


@pytest.mark.parametrize("name", ["", " ", "\t\n", "x" * 201])
def test_a_name_is_neither_blank_nor_endless(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)


@pytest.mark.parametrize(("day", "accepted"), [("1879-12-31", False), ("1880-01-01", True), ("2027-02-29", False)])
def test_a_birth_date_exists_and_lies_after_1879(day: str, accepted: bool) -> None:
    adapter: TypeAdapter[date] = TypeAdapter(BirthDate)
    if accepted:
        assert adapter.validate_python(day) == date.fromisoformat(day)
    else:
        with pytest.raises(ValidationError):
            adapter.validate_python(day)
