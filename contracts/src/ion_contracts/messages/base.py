"""What every message body has in common."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from ion_contracts.times import Day, Moment

__all__ = ["Day", "Message", "Moment"]


class Message(BaseModel):
    """The body of one message. JSON in camelCase; unknown fields are ignored, so that additions keep the version.

    TYPE is the CloudEvents type: reverse DNS, the version last. A model is never changed so that an old
    message no longer fits it: that is a new type beside the old one.
    """

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, hide_input_in_errors=True
    )

    TYPE: ClassVar[str]

    def to_json(self) -> bytes:
        """Returns the value of the Kafka record."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()
