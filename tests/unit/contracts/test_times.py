"""Days and moments are ISO text, and moments are in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ion_contracts.times import Day, Moment, format_time

DAY: TypeAdapter[date] = TypeAdapter(Day)
MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


@given(st.dates())
@settings(deadline=None)
def test_a_day_comes_back_from_its_text(day: date) -> None:
    assert DAY.validate_json(DAY.dump_json(day)) == day


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001
@settings(deadline=None)
def test_a_moment_comes_back_from_its_text(moment: datetime) -> None:
    moment = moment.replace(tzinfo=timezone(timedelta(hours=2)))
    received = MOMENT.validate_json(MOMENT.dump_json(moment))
    assert received == moment
    assert received.utcoffset() == timedelta(0)


def test_a_moment_is_written_with_microseconds_and_z() -> None:
    assert format_time(datetime(27, 4, 1, 8, tzinfo=UTC)) == "0027-04-01T08:00:00.000000Z"


@pytest.mark.parametrize(
    "value", [0, 86400, "86400", "0", True, 1.5, None, "2027-4-1", "2027-04-01T00:00:00", "2027-02-30"]
)
def test_what_is_no_day_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        DAY.validate_python(value)


def test_a_moment_is_not_taken_for_a_day() -> None:
    with pytest.raises(ValidationError):
        DAY.validate_python(datetime(2027, 4, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "value",
    [
        0,
        "1806828000",
        "2027-04-01",
        "2027-04-01T08:00:00",
        "2027-04-01 08:00:00Z",
        "2027-04-01T25:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-01:00",
        datetime(2027, 4, 1),  # noqa: DTZ001
        None,
    ],
)
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_python(value)
