"""What may stand in a log line."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path
from types import TracebackType
from uuid import UUID

from stdnum.nl import bsn as elfproef
from structlog.typing import EventDict

ALLOWED_FIELDS = frozenset(
    {
        # Every line.
        "timestamp", "level", "service", "instance", "module", "event", "environment", "version",
        # Where a record stood, and what became of it.
        "topic", "partition", "partitions", "offset", "group", "records", "messages", "duplicates", "result", "reason",
        "message_id", "message_type", "correlation_id", "causation_id", "sequence", "position", "next_offset",
        # What the work was about: our own random ids, and codes that name no patient.
        "operation_id", "command_id", "event_id", "batch_id", "delivery_id", "patient_id", "invoice_number", "run_id",
        "agb_code", "uzovi", "code", "status", "year", "reference_date", "day", "closed_through", "process_on",
        "purpose", "kind", "mode", "party",
        # Machinery.
        "task", "check", "relay", "lease", "holder", "token", "package", "migration", "schema_version", "phase",
        "host", "port", "path", "method", "route", "http_status", "attempt", "attempts", "failures", "signal",
        "rows", "count", "total", "accepted", "refused", "deferred", "lines", "pending", "claimed", "sent", "failed",
        "changed", "unchanged", "ready", "offset_s", "smtp_code", "limit",
        # Durations and sizes, with their unit.
        "duration_s", "delay_s", "timeout_s", "age_s", "bytes",
        # Errors.
        "error", "where", "error_type", "error_places", "error_text", "error_cause", "error_sqlstate",
        "error_constraint", "error_number", "dropped_fields",
    }
)  # fmt: skip
"""The only names of fields that are written. A BSN, a name, a birth date or an address is none of them."""

TEXT_LENGTH_MAX = 300
PLACES_MAX = 12
_MEMBERS_MAX = 50
_NINE_DIGITS = re.compile(r"(?<![0-9A-Za-z])[0-9]{9}(?![0-9A-Za-z])")
_SIMPLE = (str, int, float, bool, UUID, date, datetime, timedelta, Enum, Path, type(None))


def allow_fields(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Keeps the allowed fields with simple values, and names the others in `dropped_fields`."""
    kept: EventDict = {}
    dropped: list[str] = []
    for name, value in event.items():
        if name not in ALLOWED_FIELDS or not _is_simple(value):
            dropped.append(name[:60])
        else:
            kept[name] = _plain(value)
    if dropped:
        kept["dropped_fields"] = sorted(dropped)[:_MEMBERS_MAX]
    return kept


def redact_bsn(_logger: object, _method: str, event: EventDict) -> EventDict:
    """The last guard: a text with a valid BSN in it loses it, whatever field it is in."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = without_bsn(value)
        elif isinstance(value, list):
            event[name] = [without_bsn(member) if isinstance(member, str) else member for member in value]
    return event


def without_bsn(text: str) -> str:
    """Returns the text with every number that passes the elfproef replaced."""
    return _NINE_DIGITS.sub(lambda found: "[bsn]" if elfproef.is_valid(found[0]) else found[0], text)


def describe_exception(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replaces `exc_info` by what may be known of the exception."""
    error = _exception(event.pop("exc_info", None))
    event.pop("stack_info", None)
    if error is not None:
        event.update(exception_fields(error))
    return event


def exception_fields(error: BaseException) -> Mapping[str, object]:
    """Returns the type, the places in the code, the cause's type, and the text when the class is ours.

    Texts of other classes are left out: a driver's error repeats the row, a validator's the input. An SQLSTATE, the
    name of a constraint and the number of an operating system's error tell as much and hold no values.
    """
    fields: dict[str, object] = {"error_type": type_name(error), "error_places": places(error.__traceback__)}
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        fields["error_cause"] = type_name(cause)
    if isinstance(error, BaseExceptionGroup):
        fields["error_cause"] = ", ".join(sorted({type_name(member) for member in error.exceptions}))
    elif is_ours(error):
        fields["error_text"] = str(error)
    if isinstance(error, OSError) and isinstance(error.errno, int):
        fields["error_number"] = error.errno
    for name in ("sqlstate", "constraint_name"):
        value = getattr(error, name, None)
        if isinstance(value, str):
            fields["error_" + name.removesuffix("_name")] = value
    return fields


def where(error: BaseException) -> str:
    """Returns the innermost place in our own code, or else the innermost of all."""
    found = places(error.__traceback__)
    ours = [place for place in found if place.startswith("ion_")]
    return (ours or found or ["unknown"])[-1]


def is_ours(error: BaseException) -> bool:
    """Tells whether the error's text may be shown: classes of ours hold no values of records."""
    return type(error).__module__.partition(".")[0].startswith("ion_")


def safe_text(error: BaseException) -> str:
    """Returns the error's text when the class is ours, else the name of its type."""
    return without_bsn(str(error))[:TEXT_LENGTH_MAX] if is_ours(error) else type_name(error)


def type_name(error: BaseException) -> str:
    """Returns the name of the class, with its package when it is not a built-in one."""
    package = type(error).__module__.partition(".")[0]
    return type(error).__name__ if package == "builtins" else f"{package}.{type(error).__name__}"


def places(trace: TracebackType | None) -> list[str]:
    """Returns the innermost frames as `package/module.py:123 function`, outermost first."""
    frames = traceback.extract_tb(trace)[-PLACES_MAX:]
    return [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}" for frame in frames]


def _exception(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def _is_simple(value: object) -> bool:
    if isinstance(value, list | tuple | set | frozenset):
        return len(value) <= _MEMBERS_MAX and all(isinstance(member, _SIMPLE) for member in value)
    return isinstance(value, _SIMPLE)


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    if isinstance(value, set | frozenset):
        return sorted(str(_plain(member)) for member in value)
    if isinstance(value, bool | int | float | None):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value.value if isinstance(value, Enum) else value)[:TEXT_LENGTH_MAX]
