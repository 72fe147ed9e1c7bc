"""What the insurers' answers mean together (rules 17 to 21). Found beats silence; silence is never "not insured"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ion_contracts.messages import Mode

Code = Literal["100", "101", "102", "103"]
Reason = Literal["timeout", "refused", "unavailable", "bad-answer", "breaker-open", "busy"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one insurer said."""

    uzovi: str
    insured: bool


@dataclass(frozen=True, slots=True)
class NotConsulted:
    """An insurer that gave no answer that counts, and why."""

    uzovi: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Coverage:
    """The decision, with who was consulted, who was not, and when. `found` are all insurers that said yes."""

    code: Code
    uzovi: str | None
    found: tuple[str, ...]
    consulted: tuple[str, ...]
    not_consulted: tuple[NotConsulted, ...]
    checked_at: datetime


def decide_coverage(
    answers: Sequence[Answer],
    not_consulted: Sequence[NotConsulted],
    checked_at: datetime,
    mode: Mode,
    insurer_hint: str | None,
) -> Coverage:
    """Returns 100 found, 101 not found and all answered, 102 not found and not all consulted, 103 several found."""
    found = tuple(sorted(answer.uzovi for answer in answers if answer.insured))
    code, uzovi = _decide(found, bool(not_consulted), mode, insurer_hint)
    consulted = tuple(sorted(answer.uzovi for answer in answers))
    silent = tuple(sorted(not_consulted, key=lambda n: n.uzovi))
    return Coverage(code, uzovi, found, consulted, silent, checked_at)


def _decide(found: tuple[str, ...], some_silent: bool, mode: Mode, insurer_hint: str | None) -> tuple[Code, str | None]:
    if not found:
        return ("102" if some_silent else "101"), None
    if len(found) == 1:
        return "100", found[0]
    if mode is Mode.MANUAL and insurer_hint in found:
        return "100", insurer_hint
    return "103", None
