"""The AsyncAPI 3.0 document: the catalogue as channels, who sends and receives, and every message with its headers."""

from __future__ import annotations

from typing import Any

import yaml

from ion_contracts import envelope, messages
from ion_contracts.catalogue import TOPICS, Topic, insurer_changes_topic
from ion_contracts.messages import Message
from ion_contracts.times import MOMENT_PATTERN

BINDING_VERSION = "0.5.0"
DOCUMENT_VERSION = "1.0.0"
INSURER_CHANGES = insurer_changes_topic("{uzovi}")

_DESCRIPTION = """\
The messages between the services of the national register of who is whose GP, and what insurers may read.

Every message is a CloudEvent (1.0, NL GOV profile) in Kafka's binary mode: attributes in headers `ce_*`, JSON as the
value. Delivery is at least once and in order per key; the same `ce_source` and `ce_id` is a duplicate. Ignore unknown
fields and headers. No attribute and no key ever holds a BSN. Partitions are those of production.
"""


def asyncapi_text() -> str:
    """Returns the document as YAML."""
    return yaml.dump(asyncapi(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def asyncapi() -> dict[str, Any]:
    """Returns the document. Addresses of servers are an installation's own, so it names none."""
    topics = (*TOPICS, INSURER_CHANGES)
    return {
        "asyncapi": "3.0.0",
        "id": "urn:nld:ion:messages",
        "info": {"title": "ION messages", "version": DOCUMENT_VERSION, "description": _DESCRIPTION},
        "defaultContentType": envelope.CONTENT_TYPE,
        "channels": {_channel_id(topic): _channel(topic) for topic in topics},
        "operations": dict(operation for topic in topics for operation in _operations(topic)),
        "components": {
            "messages": {
                _message_id(topic, model): _message(topic, model) for topic in topics for model in topic.types
            },
            "schemas": {"envelope": _envelope_schema()},
        },
    }


def _channel_id(topic: Topic) -> str:
    return topic.name.replace("{uzovi}.", "")


def _message_id(topic: Topic, model: type[Message]) -> str:
    """A type that stands on several topics is a message of each, because the key differs."""
    return f"{_channel_id(topic)}.{model.__name__}" if model is messages.DeadLetter else model.__name__


def _channel(topic: Topic) -> dict[str, Any]:
    channel: dict[str, Any] = {
        "address": topic.name,
        "title": _channel_id(topic),
        "description": f"{topic.description}.",
    }
    if topic is INSURER_CHANGES:
        channel["description"] = "Changes of the insured of one insurer; only that insurer may read it."
        channel["parameters"] = {"uzovi": {"description": "UZOVI code of the insurer, 4 digits", "examples": ["3311"]}}
    configuration = {
        "cleanup.policy": ["compact" if topic.compacted else "delete"],
        "retention.ms": -1 if topic.retention_ms is None else topic.retention_ms,
    }
    return {
        **channel,
        "messages": {
            model.__name__: {"$ref": f"#/components/messages/{_message_id(topic, model)}"} for model in topic.types
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions_production,
                "topicConfiguration": configuration,
                "bindingVersion": BINDING_VERSION,
            }
        },
        "x-partitions-local": topic.partitions_local,
        "x-personal-data": topic.personal_data,
    }


def _operations(topic: Topic) -> list[tuple[str, dict[str, Any]]]:
    """Each producer sends, each reader receives. An operation is seen from the service that its title names."""
    readers = ("insurer",) if topic is INSURER_CHANGES else topic.readers
    parties = [("send", service) for service in topic.producers] + [("receive", reader) for reader in readers]
    return [
        (
            f"{service}.{action}.{_channel_id(topic)}",
            {
                "action": action,
                "channel": {"$ref": f"#/channels/{_channel_id(topic)}"},
                "title": f"{service} {action}s {_channel_id(topic)}",
            },
        )
        for action, service in parties
    ]


def _message(topic: Topic, model: type[Message]) -> dict[str, Any]:
    return {
        "name": model.TYPE,
        "title": model.__name__,
        "contentType": envelope.CONTENT_TYPE,
        "headers": {
            "type": "object",
            "allOf": [{"$ref": "#/components/schemas/envelope"}],
            "properties": {"ce_type": {"const": model.TYPE}},
        },
        "payload": {"$ref": f"./schemas/{model.TYPE}.json"},
        "correlationId": {
            "location": "$message.header#/ce_correlationid",
            "description": "The operation that this is about",
        },
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": BINDING_VERSION}},
    }


def _envelope_schema() -> dict[str, Any]:
    """Header values are UTF-8 text, a number as its digits."""
    identifier = {"type": "string", "pattern": f"^{envelope.ID_PATTERN}$"}
    return {
        "type": "object",
        "description": "The attributes of a CloudEvent. Source and id together identify a message for ever.",
        "required": [*envelope.REQUIRED_ATTRIBUTES],
        "properties": {
            "ce_specversion": {"type": "string", "const": envelope.SPEC_VERSION},
            "ce_id": identifier,
            "ce_source": {"type": "string", "pattern": f"^{envelope.SOURCE_PATTERN}$"},
            "ce_type": {"type": "string", "pattern": f"^{envelope.TYPE_PATTERN}$"},
            "ce_time": {
                "type": "string",
                "format": "date-time",
                "pattern": f"^{MOMENT_PATTERN}$",
                "description": "When it was recorded",
            },
            "ce_correlationid": {**identifier, "description": "The operation that all this is about"},
            "ce_causationid": {**identifier, "description": "Id of the message that led to this one"},
            "ce_sequence": {
                "type": "string",
                "pattern": f"^{envelope.SEQUENCE_PATTERN}$",
                "description": "Counts the events of one patient, without gaps",
            },
            "content-type": {"type": "string", "const": envelope.CONTENT_TYPE},
        },
    }


class _Dumper(yaml.SafeDumper):
    """Plain YAML: no anchors, and text of several lines as such."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)
