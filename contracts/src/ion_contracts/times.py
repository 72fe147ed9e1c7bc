"""Days and moments as they travel: ISO text only, never the numbers that pydantic would take for one as well."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, PlainSerializer

DAY_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
MOMENT_PATTERN = DAY_PATTERN + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
"""RFC 3339, always with its offset."""

_DAY = re.compile(DAY_PATTERN)
_MOMENT = re.compile(MOMENT_PATTERN)


def format_time(moment: datetime) -> str:
    """Returns RFC 3339 in UTC, as `2027-04-01T08:00:00.000000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def in_utc(moment: datetime) -> datetime:
    """Returns the same moment in UTC.

    Raises ValueError when it lies outside the years 1 to 9999 there; the message does not repeat it.
    """
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        pass
    raise ValueError("must lie in the years 1 to 9999, in UTC")


def _day_text(value: object) -> object:
    """Pydantic would read `86400` and `"86400"` as a day in 1970; the schema allows neither."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("must be a day, as YYYY-MM-DD")


def _moment_text(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.fullmatch(value)):
        return value
    raise ValueError("must be a moment with its offset, as YYYY-MM-DDThh:mm:ssZ")


Day = Annotated[date, BeforeValidator(_day_text)]
"""A calendar day in the Netherlands."""
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_moment_text),
    AfterValidator(in_utc),
    PlainSerializer(format_time, return_type=str, when_used="json"),
]
"""A moment in UTC, with microseconds."""
