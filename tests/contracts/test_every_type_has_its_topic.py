"""A type that stands in no topic cannot travel; a type in two topics would have two owners."""

from collections import Counter

from ion_contracts import messages
from ion_contracts.catalogue import TOPICS, all_topics, insurer_changes_topic


def test_every_type_but_dead_letters_stands_in_exactly_one_topic() -> None:
    topics = (*TOPICS, insurer_changes_topic("3311"))
    counted = Counter(model for topic in topics for model in topic.types if model is not messages.DeadLetter)
    assert counted == Counter(model for model in messages.ALL if model is not messages.DeadLetter)


def test_type_names_are_unique() -> None:
    assert len({model.TYPE for model in messages.ALL}) == len(messages.ALL)


def test_every_insurer_has_a_topic_of_its_own_that_only_it_reads() -> None:
    topics = {topic.name: topic for topic in all_topics(["3311", "7095", "3311"])}
    assert topics["insurers.3311.changes.v1"].readers == ("insurer 3311",)
    assert len([name for name in topics if name.startswith("insurers.")]) == 2
