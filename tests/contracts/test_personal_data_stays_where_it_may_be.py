"""Who a person is stands only in topics classed as personal data, and a BSN only where the reader must have it."""

from __future__ import annotations

from typing import Any

import pytest

from ion_contracts.catalogue import COMMANDS, TOPICS, Topic, insurer_changes_topic
from ion_contracts.generation.schemas import schema

PERSONAL_FIELDS = {"bsn", "initials", "familyName", "birthDate", "sex", "person"}
INSURER_CHANGES = insurer_changes_topic("3311")


def field_names(part: Any) -> set[str]:
    """Returns every name of a field in a schema, at any depth."""
    if isinstance(part, list):
        return {name for inner in part for name in field_names(inner)}
    if not isinstance(part, dict):
        return set()
    own = set(part.get("properties", ()))
    return own | {name for key, inner in part.items() if key != "examples" for name in field_names(inner)}


def fields_of(topic: Topic) -> set[str]:
    return {name for model in topic.types for name in field_names(schema(model))}


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if not topic.personal_data], ids=lambda topic: topic.name)
def test_a_topic_without_personal_data_has_no_field_for_it(topic: Topic) -> None:
    assert fields_of(topic) & PERSONAL_FIELDS == set()


def test_a_bsn_stands_only_in_commands_and_in_what_that_patients_insurer_reads() -> None:
    topics = (*TOPICS, INSURER_CHANGES)
    assert {topic.name for topic in topics if "bsn" in fields_of(topic)} == {COMMANDS.name, INSURER_CHANGES.name}


def test_an_insurer_reads_no_more_of_a_person_than_the_bsn() -> None:
    assert fields_of(INSURER_CHANGES) & PERSONAL_FIELDS == {"bsn"}


def test_dead_letters_are_classed_as_personal_data() -> None:
    assert all(topic.personal_data for topic in TOPICS if "dead-letters" in topic.name)
