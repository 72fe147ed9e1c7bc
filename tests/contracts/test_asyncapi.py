"""The AsyncAPI document says what the catalogue says, and every reference in it leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ion_contracts import messages
from ion_contracts.catalogue import TOPICS, insurer_changes_topic

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CONTRACTS / "asyncapi.yaml").read_text("utf-8"))
    return loaded


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            yield reference
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def resolved(document: dict[str, Any], reference: str) -> Any:
    part: Any = document
    for name in reference.removeprefix("#/").split("/"):
        part = part[name]
    return part


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert found
    for reference in found:
        if reference.startswith("#/"):
            assert resolved(document, reference)
        else:
            assert (CONTRACTS / reference).is_file(), reference


def test_every_topic_of_the_catalogue_is_a_channel(document: dict[str, Any]) -> None:
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert addresses == {topic.name for topic in TOPICS} | {"insurers.{uzovi}.changes.v1"}


def test_a_channel_carries_the_types_of_its_topic_and_no_other(document: dict[str, Any]) -> None:
    carried = {
        channel["address"]: {resolved(document, message["$ref"])["name"] for message in channel["messages"].values()}
        for channel in document["channels"].values()
    }
    for topic in (*TOPICS, insurer_changes_topic("{uzovi}")):
        assert carried[topic.name] == {model.TYPE for model in topic.types}


def test_the_channel_of_insurers_has_the_insurer_as_its_parameter(document: dict[str, Any]) -> None:
    assert list(document["channels"]["insurers.changes.v1"]["parameters"]) == ["uzovi"]


def test_who_sends_and_receives_is_what_the_catalogue_says(document: dict[str, Any]) -> None:
    expected = {f"{producer}.send.{topic.name}" for topic in TOPICS for producer in topic.producers}
    expected |= {f"{reader}.receive.{topic.name}" for topic in TOPICS for reader in topic.readers}
    expected |= {"registry.send.insurers.changes.v1", "insurer.receive.insurers.changes.v1"}
    assert set(document["operations"]) == expected


def test_every_message_has_the_headers_of_the_envelope_and_its_own_type(document: dict[str, Any]) -> None:
    for message in document["components"]["messages"].values():
        assert message["headers"]["allOf"] == [{"$ref": "#/components/schemas/envelope"}]
        assert message["headers"]["properties"]["ce_type"] == {"const": message["name"]}
        assert message["payload"] == {"$ref": f"./schemas/{message['name']}.json"}


def test_every_type_is_a_message(document: dict[str, Any]) -> None:
    described = {message["name"] for message in document["components"]["messages"].values()}
    assert described == {model.TYPE for model in messages.ALL}


def test_no_server_is_named_because_addresses_belong_to_an_installation(document: dict[str, Any]) -> None:
    assert "servers" not in document
