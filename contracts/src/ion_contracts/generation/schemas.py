"""The JSON Schema and the example of each message type."""

from __future__ import annotations

import json
from typing import Any

from ion_contracts.examples import EXAMPLES
from ion_contracts.messages import Message

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(model: type[Message]) -> dict[str, Any]:
    """Returns the JSON Schema (2020-12) of a message's body, as a reader of the topic has to take it."""
    generated = model.model_json_schema()
    return {
        "$schema": DIALECT,
        "$id": f"urn:nld:ion:schema:{model.TYPE}",
        "title": model.__name__,
        "description": generated.pop("description"),
        **{name: _without_titles(part) for name, part in sorted(generated.items()) if name != "title"},
        "examples": [example(model)],
    }


def example(model: type[Message]) -> dict[str, Any]:
    """Returns the made example of this type, as it stands in the value of a record."""
    made: dict[str, Any] = json.loads(EXAMPLES[model].to_json())
    return made


def json_text(document: dict[str, Any]) -> str:
    """Returns the text of a file that people read and compare."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _without_titles(part: Any) -> Any:
    """Drops the titles that pydantic makes up from field names: they say nothing more, in worse spelling."""
    if isinstance(part, list):
        return [_without_titles(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _without_titles(item) for name, item in part.items() if not (name == "title" and isinstance(item, str))
    }
