"""The one envelope: CloudEvents 1.0, NL GOV profile, in Kafka's binary mode (headers `ce_*`, JSON value)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ion_contracts.identifiers import is_bsn
from ion_contracts.times import MOMENT_PATTERN, in_utc
from ion_contracts.times import format_time as format_time

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"
ATTRIBUTE_LENGTH_MAX = 512
"""No attribute of ours is longer; a longer one is a mistake or an attack."""
VALUE_BYTES_MAX = 64 * 1024
"""The NL GOV profile's limit for a whole event."""

REQUIRED_ATTRIBUTES = ("ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time")
OPTIONAL_ATTRIBUTES = ("ce_correlationid", "ce_causationid", "ce_sequence")
SOURCE_PATTERN = r"urn:nld:[a-z0-9:.-]+"
TYPE_PATTERN = r"nl\.huisartsinschrijvingen\.[a-z-]+\.v[1-9][0-9]*"
ID_PATTERN = r"[A-Za-z0-9._:/-]{1,128}"
SEQUENCE_PATTERN = r"[0-9]{1,15}"

_ATTRIBUTES = frozenset((*REQUIRED_ATTRIBUTES, *OPTIONAL_ATTRIBUTES))
_SOURCE = re.compile(SOURCE_PATTERN)
_TYPE = re.compile(TYPE_PATTERN)
_ID = re.compile(ID_PATTERN)
_TIME = re.compile(MOMENT_PATTERN)
_SEQUENCE = re.compile(SEQUENCE_PATTERN)

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


def parse_envelope(headers: Iterable[tuple[str, bytes | None]]) -> Envelope:
    """Reads the headers of a record. Attributes that are not ours are ignored, so that additions keep the version.

    Raises EnvelopeError when an attribute is missing, given twice, too long, or not what it should be.
    """
    attributes = _attributes(headers)
    missing = [name for name in REQUIRED_ATTRIBUTES if name not in attributes]
    if missing:
        raise EnvelopeError(f"missing attributes: {', '.join(missing)}")
    _require(attributes["ce_specversion"] == SPEC_VERSION, "ce_specversion")
    _require(_is_id(attributes["ce_id"]), "ce_id")
    _require_match(_SOURCE, attributes["ce_source"], "ce_source")
    _require_match(_TYPE, attributes["ce_type"], "ce_type")
    correlation_id = attributes.get("ce_correlationid", attributes["ce_id"])
    _require(_is_id(correlation_id), "ce_correlationid")
    causation_id = attributes.get("ce_causationid")
    _require(causation_id is None or _is_id(causation_id), "ce_causationid")
    return Envelope(
        id=attributes["ce_id"],
        source=attributes["ce_source"],
        type=attributes["ce_type"],
        time=_parse_time(attributes["ce_time"]),
        correlation_id=correlation_id,
        causation_id=causation_id,
        sequence=_parse_sequence(attributes.get("ce_sequence")),
    )


def readable_id(headers: Iterable[tuple[str, bytes | None]]) -> str | None:
    """Returns the id of a message whose envelope may be broken otherwise, or None when even that cannot be read."""
    given = [value for name, value in headers if name == "ce_id"]
    if len(given) != 1 or given[0] is None or len(given[0]) > ATTRIBUTE_LENGTH_MAX:
        return None
    text = given[0].decode("ascii", errors="replace")
    return text if _is_id(text) else None


def _is_id(text: str) -> bool:
    """Ids stand in headers, logs and the journal: a sender who takes a BSN for one is refused."""
    return _ID.fullmatch(text) is not None and not is_bsn(text)


def _attributes(headers: Iterable[tuple[str, bytes | None]]) -> Mapping[str, str]:
    """Reads our attributes only: the name of any other was made by the sender, and may not stand in an error."""
    attributes: dict[str, str] = {}
    for name, value in headers:
        if name not in _ATTRIBUTES:
            continue
        if name in attributes:
            raise EnvelopeError(f"{name} is given twice")
        if value is None or len(value) > ATTRIBUTE_LENGTH_MAX:
            raise EnvelopeError(f"{name} is not valid")
        attributes[name] = value.decode("ascii", errors="replace")  # a replaced character fits none of the patterns
    return attributes


def _parse_time(text: str) -> datetime:
    _require_match(_TIME, text, "ce_time")
    # Raised outside the `except` clause: the caught error repeats the text, and would travel as the context.
    try:
        moment = in_utc(datetime.fromisoformat(text))
    except ValueError:
        moment = None
    if moment is None:
        raise EnvelopeError("ce_time is not a time that exists")
    return moment


def _parse_sequence(text: str | None) -> int | None:
    if text is None:
        return None
    _require_match(_SEQUENCE, text, "ce_sequence")
    return int(text)


def _require_match(pattern: re.Pattern[str], text: str, attribute: str) -> None:
    _require(pattern.fullmatch(text) is not None, attribute)


def _require(condition: bool, attribute: str) -> None:
    if not condition:
        raise EnvelopeError(f"{attribute} is not valid")
