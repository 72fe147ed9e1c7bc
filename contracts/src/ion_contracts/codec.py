"""From a Kafka record to a message and back. Every record is decoded alone, so one bad one harms no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from ion_contracts.envelope import VALUE_BYTES_MAX, Envelope, EnvelopeError, parse_envelope
from ion_contracts.messages import Message

MessageT = TypeVar("MessageT", bound=Message, covariant=True)


class UnreadableMessageError(ValueError):
    """The record cannot be taken. The text says why in words that hold no value of the record."""


@dataclass(frozen=True, slots=True)
class Received(Generic[MessageT]):
    """A message with its envelope."""

    envelope: Envelope
    body: MessageT


def decode(
    headers: Iterable[tuple[str, bytes | None]], value: bytes | None, types: Sequence[type[Message]]
) -> Received[Message]:
    """Returns the message in a record, as one of `types`.

    Raises UnreadableMessageError: no value, too large, no envelope, an unknown type, not JSON, or not after its schema.
    """
    if value is None:
        raise UnreadableMessageError("null-value: the record has no value")
    if len(value) > VALUE_BYTES_MAX:
        raise UnreadableMessageError(f"too-large: {len(value)} bytes, at most {VALUE_BYTES_MAX} are allowed")
    # Raised outside the `except` clauses: as its cause or context the caught error would carry the record's values.
    try:
        envelope = parse_envelope(headers)
        model = next((candidate for candidate in types if envelope.type == candidate.TYPE), None)
        if model is not None:
            return Received(envelope, model.model_validate_json(value))
        reason = "unknown-type: this topic carries no such type"
    except EnvelopeError as error:
        reason = f"bad-envelope: {error}"
    except ValidationError as error:
        reason = _summary(error)
    raise UnreadableMessageError(reason)


def _summary(error: ValidationError) -> str:
    """Names the fields and the kinds of error only: the values may be personal data."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    if any(detail["type"] == "json_invalid" for detail in details):
        return "not-json: the value is not valid JSON"
    fields = [
        f"{'.'.join(_position(part) for part in detail['loc']) or 'body'} ({detail['type']})" for detail in details[:5]
    ]
    return f"wrong-schema: {', '.join(fields)}"


def _position(part: int | str) -> str:
    """A field's name as the schema knows it; anything longer was made by the sender."""
    return str(part) if isinstance(part, int) or (part.isidentifier() and len(part) < 40) else "?"
