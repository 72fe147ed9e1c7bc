"""A record that a service could not take, as it was. Dead-letter topics are classed as personal data."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Base64Bytes, Field

from ion_contracts.messages.base import Message, Moment


class DeadLetter(Message):
    """Where the record came from, its bytes, and why it was put aside. The reason never holds a value of the record."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.bericht-onverwerkbaar.v1"

    service: Annotated[str, Field(max_length=40)]
    topic: str
    partition: int
    offset: int
    key: Base64Bytes | None = None
    headers: list[tuple[str, Base64Bytes]] = Field(default_factory=list)
    value: Base64Bytes | None = None
    value_bytes: int = Field(
        description="The size of the original; above the limit the value is left out and stays in its topic"
    )
    reason: str
    correlation_id: str | None = None
    dead_lettered_at: Moment
