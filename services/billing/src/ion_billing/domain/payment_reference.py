"""The payment reference (betalingskenmerk) of 16 digits: a check digit and 15 digits of our own.

The check digit is a weighted sum modulo 11, written in one decimal digit. Of the eleven remainders, 1 and 10 therefore
share the check digit 1. So one wrong digit always shows, except in a reference that begins with 1, when the error turns
the remainder 1 into 10 or 10 into 1. What is paid on a reference that no invoice has, is for a person to look at.
"""

from __future__ import annotations

SEQUENCE_DIGITS = 15
"""The digits after the check digit."""

WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)
"""From the right, and then again from the first; the specification of the Dutch payment reference."""


def payment_reference(sequence_number: int) -> str:
    """Returns the payment reference of the invoice with this sequence number, 16 digits.

    Raises ValueError when the number is not from 1 to 999999999999999.
    """
    if not 0 < sequence_number < 10**SEQUENCE_DIGITS:
        raise ValueError(f"{sequence_number} does not fit a payment reference: give 1 to {10**SEQUENCE_DIGITS - 1}")
    digits = f"{sequence_number:0{SEQUENCE_DIGITS}d}"
    return check_digit(digits) + digits


def is_payment_reference(text: str) -> bool:
    """Whether `text` is 16 digits, without spaces, of which the first is the check digit of the others."""
    if len(text) != SEQUENCE_DIGITS + 1 or not (text.isascii() and text.isdigit()):
        return False
    return check_digit(text[1:]) == text[0]


def check_digit(digits: str) -> str:
    """Returns the check digit of 15 digits. Raises ValueError when they are not 15 digits."""
    if len(digits) != SEQUENCE_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{digits!r} is not {SEQUENCE_DIGITS} digits: fill up with zeros on the left")
    total = sum(int(digit) * WEIGHTS[place % len(WEIGHTS)] for place, digit in enumerate(reversed(digits)))
    complement = 11 - total % 11
    return {10: "1", 11: "0"}.get(complement, str(complement))
