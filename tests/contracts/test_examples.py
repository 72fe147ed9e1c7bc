"""Every type has an example that a reader could meet: it fits its schema, and the codec takes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ion_contracts import messages
from ion_contracts.codec import decode
from ion_contracts.examples import EXAMPLES
from ion_contracts.messages import CareProvider, CommandOutcome, Message
from ion_contracts.outcome_codes import OUTCOME_CODES
from tests.contracts.made_records import MODELS, made_headers, with_each_object_extended

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"

each_type = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def committed(folder: str, model: type[Message]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((CONTRACTS / folder / f"{model.TYPE}.json").read_text("utf-8"))
    return document


def test_every_type_has_an_example() -> None:
    assert set(EXAMPLES) == set(messages.ALL)


@each_type
def test_the_committed_example_is_read_as_the_message_it_was_made_from(model: type[Message]) -> None:
    value = json.dumps(committed("examples", model)).encode()
    received = decode(made_headers(model), value, messages.ALL)
    assert received.body == EXAMPLES[model]
    assert received.envelope.type == model.TYPE


@each_type
def test_the_committed_example_has_what_its_schema_requires_and_nothing_it_does_not_know(model: type[Message]) -> None:
    schema, example = committed("schemas", model), committed("examples", model)
    assert set(schema["required"]) <= set(example) <= set(schema["properties"])
    assert schema["examples"] == [example]


@each_type
def test_a_schema_says_what_it_is(model: type[Message]) -> None:
    schema = committed("schemas", model)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(f":{model.TYPE}")
    assert schema["title"] == model.__name__
    assert schema["description"]


@each_type
def test_a_schema_allows_fields_that_it_does_not_know(model: type[Message]) -> None:
    assert "additionalProperties" not in json.dumps(committed("schemas", model))


@each_type
def test_an_unknown_field_anywhere_in_a_message_is_ignored(model: type[Message]) -> None:
    for document in with_each_object_extended(committed("examples", model), "addedLater", {"anything": [1, None]}):
        assert decode(made_headers(model), json.dumps(document).encode(), messages.ALL).body == EXAMPLES[model]


@pytest.mark.parametrize("model", messages.COMMANDS, ids=lambda model: model.__name__)
def test_rule_11_medical_data_that_somebody_adds_to_a_command_are_left_out(model: type[Message]) -> None:
    for document in with_each_object_extended(committed("examples", model), "diagnosis", "T90.02"):
        body = decode(made_headers(model), json.dumps(document).encode(), messages.ALL).body
        assert b"T90.02" not in body.to_json()


@each_type
def test_an_unknown_header_is_ignored(model: type[Message]) -> None:
    headers = [*made_headers(model), ("ce_addedlater", b"\xff" * 2000), ("traceparent", b"00-0-0-00")]
    assert decode(headers, EXAMPLES[model].to_json(), messages.ALL).body == EXAMPLES[model]


def test_the_example_of_an_outcome_has_a_code_of_the_table() -> None:
    outcome = EXAMPLES[CommandOutcome]
    assert isinstance(outcome, CommandOutcome)
    assert OUTCOME_CODES[outcome.code].status.value == outcome.status.value


def test_no_example_names_an_address_that_could_exist() -> None:
    provider = EXAMPLES[CareProvider]
    assert isinstance(provider, CareProvider)
    for address in (provider.change_message_address, provider.invoice_address):
        assert address is not None
        assert address.endswith(".example")
