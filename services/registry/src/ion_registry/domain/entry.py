"""What one row of the journal says about a registration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ion_contracts.messages import Status
from ion_registry.domain.command import RegisterCommand


class Code(StrEnum):
    """What became of a command, by name. Each is a row of the table of outcome codes in `ion_contracts`."""

    REGISTERED = "registered"
    TRANSFERRED = "transferred"
    ALREADY_REGISTERED = "already-registered"
    DEFERRED_CLOSED_DAY = "deferred-closed-day"
    SECOND_REGISTRATION_SAME_DAY = "second-registration-same-day"
    START_IN_PAST = "start-in-past"
    START_IN_FUTURE = "start-in-future"
    OVERLAPS_EARLIER_REGISTRATION = "overlaps-earlier-registration"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Period:
    """A registration that ended; both days belong to it."""

    agb_code: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Entry:
    """What one command did, or did not do.

    `since` is the start of the registration that the command made or met, when it was accepted. `sequence`, and with
    it `previous`, is there only when the registration changed. `caused_by` is the id of the message that led to
    this: the command itself, or what settled it when it had waited.
    """

    command: RegisterCommand
    caused_by: str
    status: Status
    code: Code
    policy_version: int
    since: date | None = None
    process_on: date | None = None
    previous: Period | None = None
    previous_uzovi: str | None = None
    sequence: int | None = None
