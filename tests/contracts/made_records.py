"""Records as they stand on a topic, made from the examples; and ways to spoil them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from ion_contracts.envelope import Envelope, Headers
from ion_contracts.examples import EXAMPLES
from ion_contracts.identifiers import InvalidIdentifierError, normalise_bsn
from ion_contracts.messages import Message

MODELS = sorted(EXAMPLES, key=lambda model: model.TYPE)
MOMENT_TEXT = "2027-03-15T09:30:15.250000Z"


def made_headers(model: type[Message]) -> Headers:
    """Returns the headers of an ordinary message of this type."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"0b9f4d52-8a77-4c1d-9a52-6f3f0f7b1a01"),
        ("ce_source", b"urn:nld:ion:registry"),
        ("ce_type", model.TYPE.encode()),
        ("ce_time", MOMENT_TEXT.encode()),
        ("ce_correlationid", b"4be8f0a3-7c1b-4f62-b9cb-9d1a6d1c0e02"),
        ("ce_causationid", b"7d0e9b61-2b64-4c0a-8f0e-13d6a3a0cf03"),
        ("ce_sequence", b"7"),
        ("content-type", b"application/json"),
    ]


def made_body(model: type[Message]) -> dict[str, Any]:
    """Returns the example's value as JSON."""
    body: dict[str, Any] = json.loads(EXAMPLES[model].to_json())
    return body


def with_each_part_replaced(document: Any, replacement: Any) -> Iterator[Any]:
    """Yields the document once for each of its parts, with that part replaced."""
    yield replacement
    for key in _keys(document):
        for spoiled in with_each_part_replaced(document[key], replacement):
            changed = copy.copy(document)
            changed[key] = spoiled
            yield changed


def with_each_object_extended(document: Any, name: str, value: Any) -> Iterator[Any]:
    """Yields the document once for each object in it, with a field added to that object."""
    if isinstance(document, dict):
        yield {**document, name: value}
    for key in _keys(document):
        for extended in with_each_object_extended(document[key], name, value):
            changed = copy.copy(document)
            changed[key] = extended
            yield changed


def _keys(document: Any) -> list[Any]:
    if isinstance(document, dict):
        return list(document)
    return list(range(len(document))) if isinstance(document, list) else []


def _is_bsn(number: int) -> bool:
    try:
        return bool(normalise_bsn(str(number)))
    except InvalidIdentifierError:
        return False


TEST_BSNS = [str(number) for number in range(999_900_000, 1_000_000_000) if _is_bsn(number)]
"""Every number of the test range 9999xxxxx that passes the elfproef."""

bsns = st.sampled_from(TEST_BSNS)
identifiers = st.uuids(version=4).map(str)
agb_codes = st.from_regex(r"\A01[0-9]{6}\Z")
days = st.dates()
moments = st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 2 <= moment.year <= 9998)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    lambda text: bool(text.strip())
)
json_documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(), parts, max_size=4),
    max_leaves=12,
)
envelopes = st.builds(
    Envelope,
    id=identifiers,
    source=st.from_regex(r"\Aurn:nld:ion:[a-z-]{1,20}\Z"),
    type=st.sampled_from([model.TYPE for model in MODELS]),
    time=moments,
    correlation_id=identifiers,
    causation_id=st.none() | identifiers,
    sequence=st.none() | st.integers(min_value=0, max_value=10**15 - 1),
)
