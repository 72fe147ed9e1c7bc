"""What the register knows of one patient when it judges a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from uuid import UUID

from ion_registry.domain.command import WaitingCommand
from ion_registry.domain.entry import Change, Event
from ion_registry.domain.spans import Span, overlay, touches


@dataclass(frozen=True, slots=True)
class Terms:
    """When the GP is asked about a temporary registration (None: has been), and its first day without (rule 34)."""

    ask_on: date | None
    end_on: date


@dataclass(frozen=True, slots=True)
class Move:
    """A transfer between two GPs, remembered for as long as it counts for ping-pong (rule 38)."""

    day: date
    from_agb_code: str
    to_agb_code: str


@dataclass(frozen=True, slots=True)
class Done:
    """A change of the past: what it was, which command made it, for whom, and whether it ended a temporary one."""

    change: Change
    event: Event
    command_id: str
    party: str
    offered_on: date
    was_temporary: bool = False


@dataclass(frozen=True, slots=True)
class PatientState:
    """The registration of one patient (rule 1: at most one), and what waits.

    `agb_code` and `since` are the active registration, or both None; `party` is who made it, as far as known.
    `last_end` is the last day of the registration before it. `sequence` counts the events without gaps. `insurance`
    are the known periods, the earliest first. `waiting` is in the order in which it came. `history` is loaded only
    for commands that rewrite the past.
    """

    patient_id: UUID
    agb_code: str | None = None
    since: date | None = None
    last_end: date | None = None
    sequence: int = 0
    party: str | None = None
    terms: Terms | None = None
    blocked_on: date | None = None
    moves: tuple[Move, ...] = ()
    insurance: tuple[Span, ...] = ()
    waiting: tuple[WaitingCommand, ...] = ()
    history: tuple[Done, ...] | None = None


def registrations(history: Sequence[Done]) -> tuple[Span, ...]:
    """Returns the registrations that these changes come to, the earliest first (rule 7)."""
    spans: tuple[Span, ...] = ()
    for done in history:
        spans = lay_over(spans, done.change)
    return spans


def lay_over(spans: tuple[Span, ...], change: Change) -> tuple[Span, ...]:
    """Returns the registrations after one more change; days that belong to an earlier registration join it."""
    spans = overlay(spans, change.holder, change.valid_from, change.valid_until)
    if change.since is None or change.since >= change.valid_from:
        return spans
    for earlier, later in pairwise(spans):
        if later.since == change.valid_from and earlier.code == later.code and touches(earlier, later):
            one = Span(earlier.code, earlier.since, later.until)
            return tuple(one if span is earlier else span for span in spans if span is not later)
    return spans
