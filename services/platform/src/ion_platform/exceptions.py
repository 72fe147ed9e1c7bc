"""Errors that are more than one module's."""

from __future__ import annotations


class WrongStateError(Exception):
    """What the process met does not belong to it, and only an operator can put that right.

    The message says what to do. The process ends with code 3 instead of trying again.
    """
