"""Spans of days with a code on each: whose patient somebody was, where somebody was insured.

What is laid over a span replaces the days that it covers, so no two spans of one person ever overlap.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ion_registry.domain.calendar import ONE_DAY


@dataclass(frozen=True, slots=True)
class Span:
    """Both days belong to it; without `until` it goes on."""

    code: str
    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether a day belongs to it."""
        return self.since <= day and (self.until is None or day <= self.until)


def code_on(spans: Iterable[Span], day: date) -> str | None:
    """Returns the code on a day, or None."""
    return next((span.code for span in spans if span.covers(day)), None)


def within(spans: Iterable[Span], since: date, until: date | None) -> tuple[Span, ...]:
    """Returns the parts of the spans that lie from `since` to `until`."""
    parts = (Span(s.code, max(s.since, since), _earlier(s.until, until)) for s in spans)
    return tuple(part for part in parts if part.until is None or part.since <= part.until)


def overlay(spans: Iterable[Span], code: str | None, since: date, until: date | None) -> tuple[Span, ...]:
    """Returns the spans, in order, after these days were given a code, or none. Neighbours stay apart."""
    kept = [part for span in spans for part in _outside(span, since, until)]
    if code is not None:
        kept.append(Span(code, since, until))
    return tuple(sorted(kept, key=lambda span: span.since))


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Returns the spans with neighbours of the same code made one."""
    result: list[Span] = []
    for span in spans:
        if result and result[-1].code == span.code and touches(result[-1], span):
            result[-1] = Span(span.code, result[-1].since, span.until)
        else:
            result.append(span)
    return tuple(result)


def touches(earlier: Span, later: Span) -> bool:
    """Whether the later one begins on the day after the earlier one."""
    return earlier.until is not None and earlier.until + ONE_DAY == later.since


def _outside(span: Span, since: date, until: date | None) -> list[Span]:
    """Returns what is left of a span when the days from `since` to `until` are taken out."""
    if not within([span], since, until):
        return [span]
    parts = []
    if span.since < since:
        parts.append(Span(span.code, span.since, since - ONE_DAY))
    if until is not None and (span.until is None or until < span.until):
        parts.append(Span(span.code, until + ONE_DAY, span.until))
    return parts


def _earlier(one: date | None, other: date | None) -> date | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
