"""What each fact of the register adds to and takes from the counts (rules 50 and 57). Pure: nobody is known here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TypeAlias

from ion_contracts.messages import (
    EndedPeriod,
    HeldPeriod,
    Message,
    RegistrationCorrected,
    RegistrationEnded,
    RegistrationStarted,
    RegistrationTransferred,
    RulingCarriedOut,
    TemporaryExpired,
)

ONE_DAY = timedelta(days=1)
Change: TypeAlias = tuple[str, date, date]
"""AGB code, the day from which it is so, the day on which the register knew it."""


def count_changes(body: Message) -> Counter[Change]:
    """Returns what one fact adds to and takes from the counts; facts that move nobody give nothing.

    Only the register takes somebody off a list: who died and was not deregistered still counts (rule 57), and so does
    who is registered temporarily. What a correction or a ruling rewrites goes back, day by day, as it once came.
    """
    changes: Counter[Change] = Counter()
    match body:
        case RegistrationStarted():
            changes[(body.agb_code, body.since, body.recorded_on)] += 1
        case RegistrationTransferred():
            changes[(body.agb_code, body.since, body.recorded_on)] += 1
            changes[_end_of(body.previous, body.recorded_on)] -= 1
        case RegistrationEnded() | TemporaryExpired():
            changes[_end_of(body.ended, body.recorded_on)] -= 1
        case RegistrationCorrected() | RulingCarriedOut():
            for change, delta in _rewritten(body):
                changes[change] += delta
    return changes


def _end_of(ended: EndedPeriod, recorded_on: date) -> Change:
    return (ended.agb_code, ended.until + ONE_DAY, recorded_on)


def _rewritten(body: RegistrationCorrected | RulingCarriedOut) -> Iterator[tuple[Change, int]]:
    for period in body.replaced:
        yield from _period(period, -1, body.recorded_on)
    if body.agb_code is not None:
        held = HeldPeriod(agb_code=body.agb_code, since=body.valid_from, until=body.valid_until)
        yield from _period(held, 1, body.recorded_on)


def _period(period: HeldPeriod, delta: int, recorded_on: date) -> Iterator[tuple[Change, int]]:
    yield (period.agb_code, period.since, recorded_on), delta
    if period.until is not None:
        yield (period.agb_code, period.until + ONE_DAY, recorded_on), -delta
