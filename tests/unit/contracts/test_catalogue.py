"""The catalogue keeps its own promises."""

from __future__ import annotations

import re

import pytest

from ion_contracts.catalogue import COMMANDS, EVENTS, OUTCOMES, PROVIDERS, SERVICES, TOPICS, Topic, all_topics

EVERY_TOPIC = all_topics(["3311", "7095"])
each_topic = pytest.mark.parametrize("topic", EVERY_TOPIC, ids=lambda topic: topic.name)


def test_topic_names_are_unique() -> None:
    assert len({topic.name for topic in EVERY_TOPIC}) == len(EVERY_TOPIC)


@each_topic
def test_a_topic_is_named_in_lower_case_with_its_version_last(topic: Topic) -> None:
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+\.v[1-9][0-9]*", topic.name)
    assert len(topic.name) <= 249


@each_topic
def test_who_writes_and_reads_a_topic_is_a_service_or_that_insurer(topic: Topic) -> None:
    assert topic.producers
    assert set(topic.producers) <= set(SERVICES)
    insurer = topic.name.split(".")[1]
    assert set(topic.readers) <= {*SERVICES, f"insurer {insurer}"}


@each_topic
def test_a_topic_has_partitions_types_and_a_description(topic: Topic) -> None:
    assert 1 <= topic.partitions_local <= topic.partitions_production
    assert topic.types
    assert topic.description
    assert topic.key
    assert topic.retention_ms is None or topic.retention_ms > 0


def test_outcomes_and_events_have_the_partitions_of_their_commands() -> None:
    for topic in (OUTCOMES, EVENTS):
        assert topic.partitions_local == COMMANDS.partitions_local
        assert topic.partitions_production == COMMANDS.partitions_production


def test_events_are_kept_for_ever_so_that_a_new_service_can_start_by_reading_them() -> None:
    assert EVENTS.retention_ms is None
    assert not EVENTS.compacted


def test_only_providers_are_compacted() -> None:
    assert [topic for topic in TOPICS if topic.compacted] == [PROVIDERS]


def test_every_service_has_its_dead_letters() -> None:
    assert {f"{service}.dead-letters.v1" for service in SERVICES} <= {topic.name for topic in TOPICS}


def test_every_type_says_what_it_is() -> None:
    assert all(model.__doc__ for topic in EVERY_TOPIC for model in topic.types)
