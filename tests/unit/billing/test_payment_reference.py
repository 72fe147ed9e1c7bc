from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_billing.domain.payment_reference import WEIGHTS, check_digit, is_payment_reference, payment_reference

sequence_numbers = st.integers(1, 10**15 - 1)


def remainder(reference: str) -> int:
    return sum(int(digit) * WEIGHTS[place % 10] for place, digit in enumerate(reversed(reference[1:]))) % 11


def test_the_check_digit_of_the_example_in_the_specification_is_five() -> None:
    assert check_digit("000056789012345") == "5"
    assert payment_reference(56789012345) == "5000056789012345"
    assert is_payment_reference("5000056789012345")


@pytest.mark.parametrize(
    ("sequence_number", "reference"),
    [
        (1, "9000000000000001"),  # 2, 11 - 2 = 9
        (5, "1000000000000005"),  # 10, 11 - 10 = 1
        (6, "1000000000000006"),  # 12, remainder 1, 10 is written 1
        (12, "3000000000000012"),  # 4 + 4 = 8, 11 - 8 = 3
        (19, "0000000000000019"),  # 18 + 4 = 22, remainder 0, 11 is written 0
    ],
)
def test_hand_worked_references(sequence_number: int, reference: str) -> None:
    assert payment_reference(sequence_number) == reference


@given(sequence_numbers)
def test_every_reference_is_sixteen_digits_passes_and_ends_in_its_sequence_number(sequence_number: int) -> None:
    reference = payment_reference(sequence_number)
    assert len(reference) == 16
    assert is_payment_reference(reference)
    assert int(reference[1:]) == sequence_number


@given(sequence_numbers, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_shows_unless_it_turns_remainder_one_into_ten_or_back(
    sequence_number: int, place: int, step: int
) -> None:
    reference = payment_reference(sequence_number)
    wrong = reference[:place] + str((int(reference[place]) + step) % 10) + reference[place + 1 :]
    unseen = place > 0 and {remainder(reference), remainder(wrong)} == {1, 10}
    assert is_payment_reference(wrong) == unseen


def test_the_documented_error_that_does_not_show_is_real() -> None:
    assert payment_reference(5) == "1000000000000005"
    assert is_payment_reference("1000000000000006")


@given(sequence_numbers, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_always_shows_in_a_reference_that_does_not_begin_with_one(
    sequence_number: int, place: int, step: int
) -> None:
    reference = payment_reference(sequence_number)
    wrong = reference[:place] + str((int(reference[place]) + step) % 10) + reference[place + 1 :]
    assert reference[0] == "1" or not is_payment_reference(wrong)


@pytest.mark.parametrize("text", ["", "5", "500005678901234", "50000567890123456", "5000 0567 8901 2345", "٥" * 16])
def test_what_is_not_sixteen_plain_digits_is_no_reference(text: str) -> None:
    assert not is_payment_reference(text)


@pytest.mark.parametrize("sequence_number", [0, -1, 10**15])
def test_a_sequence_number_that_does_not_fit_is_refused(sequence_number: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        payment_reference(sequence_number)


def test_a_check_digit_of_something_else_than_fifteen_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="not 15 digits"):
        check_digit("123")
