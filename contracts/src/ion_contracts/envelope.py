"""The one envelope: CloudEvents 1.0, NL GOV profile, in Kafka's binary mode (headers `ce_*`, JSON value)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"
ATTRIBUTE_LENGTH_MAX = 512
"""No attribute of ours is longer; a longer one is a mistake or an attack."""
VALUE_BYTES_MAX = 64 * 1024
"""The NL GOV profile's limit for a whole event."""

_REQUIRED = ("ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time")
_SOURCE = re.compile(r"urn:nld:[a-z0-9:.-]+")
_TYPE = re.compile(r"nl\.huisartsinschrijvingen\.[a-z-]+\.v[1-9][0-9]*")
_ID = re.compile(r"[A-Za-z0-9._:/-]{1,128}")

Headers = list[tuple[str, bytes]]


class EnvelopeError(ValueError):
    """The headers are not an envelope of ours; the message names the attribute, never its value."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The attributes of one message. `source` and `id` together identify it for ever; a repeat is a duplicate.

    `sequence` counts the events of one patient without gaps. `correlation_id` is the operation that all this is
    about, `causation_id` the id of the message that led to this one. No attribute ever holds a BSN.
    """

    id: str
    source: str
    type: str
    time: datetime
    correlation_id: str
    causation_id: str | None = None
    sequence: int | None = None

    def headers(self) -> Headers:
        """Returns the Kafka headers of this envelope."""
        attributes = {
            "ce_specversion": SPEC_VERSION,
            "ce_id": self.id,
            "ce_source": self.source,
            "ce_type": self.type,
            "ce_time": format_time(self.time),
            "ce_correlationid": self.correlation_id,
            "ce_causationid": self.causation_id,
            "ce_sequence": None if self.sequence is None else str(self.sequence),
            "content-type": CONTENT_TYPE,
        }
        return [(name, value.encode()) for name, value in attributes.items() if value is not None]


def format_time(moment: datetime) -> str:
    """Returns RFC 3339 in UTC, as `2027-04-01T08:00:00.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_envelope(headers: Iterable[tuple[str, bytes]]) -> Envelope:
    """Reads the headers of a record.

    Raises EnvelopeError when an attribute is missing, too long, or not what it should be.
    """
    attributes = _attributes(headers)
    missing = [name for name in _REQUIRED if name not in attributes]
    if missing:
        raise EnvelopeError(f"missing attributes: {', '.join(missing)}")
    _require(attributes["ce_specversion"] == SPEC_VERSION, "ce_specversion")
    _require(_ID.fullmatch(attributes["ce_id"]) is not None, "ce_id")
    _require(_SOURCE.fullmatch(attributes["ce_source"]) is not None, "ce_source")
    _require(_TYPE.fullmatch(attributes["ce_type"]) is not None, "ce_type")
    return Envelope(
        id=attributes["ce_id"],
        source=attributes["ce_source"],
        type=attributes["ce_type"],
        time=_parse_time(attributes["ce_time"]),
        correlation_id=attributes.get("ce_correlationid", attributes["ce_id"]),
        causation_id=attributes.get("ce_causationid"),
        sequence=_parse_sequence(attributes),
    )


def readable_id(headers: Iterable[tuple[str, bytes]]) -> str | None:
    """Returns the id of a message whose envelope may be broken otherwise, or None when even that cannot be read."""
    for name, value in headers:
        if name == "ce_id" and len(value) <= ATTRIBUTE_LENGTH_MAX:
            text = value.decode("ascii", errors="replace")
            return text if _ID.fullmatch(text) else None
    return None


def _attributes(headers: Iterable[tuple[str, bytes]]) -> Mapping[str, str]:
    attributes = {}
    for name, value in headers:
        if not name.startswith("ce_"):
            continue
        _require(value is not None and len(value) <= ATTRIBUTE_LENGTH_MAX, name)
        try:
            attributes[name] = value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise EnvelopeError(f"{name} is not UTF-8") from error
    return attributes


def _parse_time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise EnvelopeError("ce_time is not an RFC 3339 time") from error
    _require(moment.tzinfo is not None, "ce_time")
    return moment


def _parse_sequence(attributes: Mapping[str, str]) -> int | None:
    text = attributes.get("ce_sequence")
    if text is None:
        return None
    _require(text.isascii() and text.isdigit() and len(text) < 16, "ce_sequence")
    return int(text)


def _require(condition: bool, attribute: str) -> None:
    if not condition:
        raise EnvelopeError(f"{attribute} is not valid")
