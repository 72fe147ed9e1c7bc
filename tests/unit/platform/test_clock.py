from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ion_platform.clock import Clock, ClockError, ClockWentBackError, amsterdam_day


def write_offset(file: Path, offset_s: object) -> None:
    file.write_text(json.dumps({"offset_s": offset_s}))


def seconds_ahead(clock: Clock) -> float:
    return (clock.now() - datetime.now(UTC)).total_seconds()


def test_without_a_file_it_is_the_real_time() -> None:
    clock = Clock(None)
    assert abs(seconds_ahead(clock)) < 1
    assert not clock.simulated


def test_an_absent_file_is_no_offset(tmp_path: Path) -> None:
    assert abs(seconds_ahead(Clock(tmp_path / "clock.json"))) < 1


def test_the_offset_counts_from_the_next_refresh_on(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock = Clock(file)
    write_offset(file, 86_400)
    assert abs(seconds_ahead(clock)) < 1
    told = clock.refresh()
    assert abs(seconds_ahead(clock) - 86_400) < 1
    assert told.tzinfo is UTC


def test_time_never_goes_back_and_the_clock_stays_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    write_offset(file, 7200)
    clock = Clock(file)
    write_offset(file, 3600)
    with pytest.raises(ClockWentBackError, match="can only grow"):
        clock.refresh()
    assert abs(seconds_ahead(clock) - 7200) < 1


def test_a_file_that_vanishes_is_time_going_back(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    write_offset(file, 60)
    clock = Clock(file)
    file.unlink()
    with pytest.raises(ClockWentBackError):
        clock.refresh()


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"offset_s": "1"}', '{"offset_s": true}', '{"offset_s": -1}', '{"offset_s": 1e300}']
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "clock.json"
    file.write_text(content)
    with pytest.raises(ClockError):
        Clock(file)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2027, 3, 31, 21, 59, 59, tzinfo=UTC), date(2027, 3, 31)),
        (datetime(2027, 3, 31, 22, 0, 0, tzinfo=UTC), date(2027, 4, 1)),
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_begins_at_midnight_in_the_netherlands_in_summer_and_winter(moment: datetime, day: date) -> None:
    assert amsterdam_day(moment) == day


def test_today_follows_the_simulated_time(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    write_offset(file, timedelta(days=40).total_seconds())
    clock = Clock(file)
    assert clock.today() == amsterdam_day(clock.now())
