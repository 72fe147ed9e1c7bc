"""Spans of days: what is laid over replaces what was there, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ion_registry.domain.entry import Change
from ion_registry.domain.spans import Span, code_on, joined, overlay, touches, within
from ion_registry.domain.state import lay_over

FIRST = date(2027, 1, 1)
HORIZON = 25


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def painted(spans: tuple[Span, ...]) -> list[str | None]:
    return [code_on(spans, day(number)) for number in range(HORIZON)]


layers = st.tuples(st.sampled_from(["A", "B", None]), st.integers(0, 15), st.one_of(st.none(), st.integers(0, 8))).map(
    lambda drawn: (drawn[0], day(drawn[1]), None if drawn[2] is None else day(drawn[1] + drawn[2]))
)


def laid(drawn: list[tuple[str | None, date, date | None]]) -> tuple[Span, ...]:
    spans: tuple[Span, ...] = ()
    for code, since, until in drawn:
        spans = overlay(spans, code, since, until)
    return spans


@given(st.lists(layers, max_size=8))
def test_laying_over_is_painting_day_by_day(drawn: list[tuple[str | None, date, date | None]]) -> None:
    expected: list[str | None] = [None] * HORIZON
    for code, since, until in drawn:
        for number in range(HORIZON):
            if since <= day(number) and (until is None or day(number) <= until):
                expected[number] = code
    assert painted(laid(drawn)) == expected


@given(st.lists(layers, max_size=8))
def test_no_two_spans_overlap_and_they_are_in_order(drawn: list[tuple[str | None, date, date | None]]) -> None:
    spans = laid(drawn)
    assert all(span.until is None or span.since <= span.until for span in spans)
    assert all(one.until is not None and one.until < other.since for one, other in pairwise(spans))


@given(st.lists(layers, max_size=8))
def test_joining_neighbours_changes_no_day(drawn: list[tuple[str | None, date, date | None]]) -> None:
    spans = laid(drawn)
    one = joined(spans)
    assert painted(one) == painted(spans)
    assert not any(a.code == b.code and touches(a, b) for a, b in pairwise(one))


@given(st.lists(layers, max_size=8), layers)
def test_the_parts_within_some_days_are_those_days_and_no_others(
    drawn: list[tuple[str | None, date, date | None]], window: tuple[str | None, date, date | None]
) -> None:
    spans, (_, since, until) = laid(drawn), window
    inside = [since <= day(number) and (until is None or day(number) <= until) for number in range(HORIZON)]
    assert painted(within(spans, since, until)) == [
        code if is_inside else None for code, is_inside in zip(painted(spans), inside, strict=True)
    ]


def test_a_change_of_an_earlier_registration_joins_it() -> None:
    spans = (Span("A", day(0), day(9)), Span("B", day(10)))
    assert lay_over(spans, Change("A", day(10), since=day(0))) == (Span("A", day(0)),)


def test_a_change_that_begins_a_registration_stays_apart_from_its_neighbour() -> None:
    spans = (Span("A", day(0), day(9)),)
    assert lay_over(spans, Change("A", day(10), since=day(10))) == (Span("A", day(0), day(9)), Span("A", day(10)))


def test_days_in_the_middle_split_a_registration_in_two() -> None:
    assert lay_over((Span("A", day(0)),), Change("B", day(5), day(6), since=day(5))) == (
        Span("A", day(0), day(4)),
        Span("B", day(5), day(6)),
        Span("A", day(7)),
    )
