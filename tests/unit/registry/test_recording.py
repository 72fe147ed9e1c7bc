from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ion_registry.services.deciding.recording import close, stamp
from ion_registry.storage.partitions import PartitionState


def test_the_day_of_recording_is_the_day_in_the_netherlands() -> None:
    assert stamp(PartitionState(), datetime(2027, 3, 31, 22, 30, tzinfo=UTC))[1] == date(2027, 4, 1)
    assert stamp(PartitionState(), datetime(2027, 3, 31, 21, 30, tzinfo=UTC))[1] == date(2027, 3, 31)


def test_what_comes_after_a_day_was_closed_is_recorded_on_the_day_after_it() -> None:
    state = PartitionState()
    assert close(state, date(2027, 3, 31))
    assert stamp(state, datetime(2027, 3, 31, 12, tzinfo=UTC))[1] == date(2027, 4, 1)


def test_a_day_is_closed_once_and_with_it_all_days_before() -> None:
    state = PartitionState()
    assert close(state, date(2027, 3, 31))
    assert not close(state, date(2027, 3, 31))
    assert not close(state, date(2027, 3, 30))
    assert state.closed_through == date(2027, 3, 31)


@given(st.lists(st.integers(-100, 100), min_size=1), st.lists(st.integers(-5, 5)))
def test_recording_never_goes_back_and_never_meets_a_closed_day(hours: list[int], closings: list[int]) -> None:
    state, start = PartitionState(), datetime(2027, 3, 31, 12, tzinfo=UTC)
    stamps = []
    for number, hour in enumerate(hours):
        if number < len(closings):
            close(state, start.date() + timedelta(days=closings[number]))
        stamps.append(stamp(state, start + timedelta(hours=hour)))
        if state.closed_through is not None:
            assert stamps[-1][1] > state.closed_through
    assert stamps == sorted(stamps)
