"""The two pages for readers: the topics with their messages, and the outcome codes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence

from ion_contracts.catalogue import DAY_MS, TOPICS, Topic, insurer_changes_topic
from ion_contracts.messages import Message
from ion_contracts.outcome_codes import GATEWAY_CODES, REGISTRY_CODES, OutcomeCode

_TOPICS_START = """\
# The topics

<!-- Written by `make contracts` from contracts/src/ion_contracts/catalogue.py; do not edit. -->

Partitions are fixed for the life of a topic; more of them means draining into a new generation of it.
*Personal* topics hold data of persons, and only the readers named here may read them.
No key and no header ever holds a BSN.
"""
_TOPICS_END = """\
Each type has its [schema](../contracts/schemas) and an [example](../contracts/examples).
All of it as one document: [asyncapi.yaml](../contracts/asyncapi.yaml).
"""
_OUTCOMES_START = """\
# Outcome codes

<!-- Written by `make contracts` from contracts/src/ion_contracts/outcome-codes.toml; do not edit. -->

Every command ends in exactly one final outcome, `accepted` or `refused`, with one of these codes;
`processing` and `deferred` come before it.
Codes marked *ours* are our own choice: public sources name no code for this.
Rule numbers are those of the domain notes.
"""
_GATEWAY_START = "These never reach the register. 100 to 103 are the results of a coverage check.\n"


def topics_page() -> str:
    """Returns docs/topics.md."""
    topics = (*TOPICS, insurer_changes_topic("<uzovi>"))
    owners = {model: topic for topic in topics for model in topic.types}
    return "\n".join(
        (
            _TOPICS_START,
            *_table(
                ("topic", "what", "key", "partitions (local)", "kept", "from", "to", "personal"),
                [_topic_row(topic) for topic in topics],
            ),
            "",
            "## The messages\n",
            *_table(
                ("message", "type", "topic", "what it says"),
                [_message_row(model, topic) for model, topic in owners.items()],
            ),
            "",
            _TOPICS_END,
        )
    )


def outcomes_page() -> str:
    """Returns docs/outcomes.md."""
    dutch = [(f"`{row.code}`", row.title_nl, row.advice_nl) for row in (*REGISTRY_CODES, *GATEWAY_CODES)]
    return "\n".join(
        (
            _OUTCOMES_START,
            "## Given by the register\n",
            *_outcome_table(REGISTRY_CODES),
            "",
            "## Given by the gateway\n",
            _GATEWAY_START,
            *_outcome_table(GATEWAY_CODES),
            "",
            "## What the GP reads\n",
            *_table(("code", "titel", "advies"), dutch),
            "",
        )
    )


def _topic_row(topic: Topic) -> tuple[str, ...]:
    return (
        f"`{topic.name}`",
        _plain(topic.description),
        topic.key,
        f"{topic.partitions_production} ({topic.partitions_local})",
        _kept(topic),
        ", ".join(topic.producers),
        _plain(", ".join(topic.readers)) or "operators",
        "yes" if topic.personal_data else "no",
    )


def _kept(topic: Topic) -> str:
    if topic.compacted:
        return "the last per key"
    return "for ever" if topic.retention_ms is None else f"{topic.retention_ms // DAY_MS} days"


def _message_row(model: type[Message], topic: Topic) -> tuple[str, ...]:
    topic_name = "<service>.dead-letters.v1" if topic.name.endswith(".dead-letters.v1") else topic.name
    says = inspect.cleandoc(model.__doc__ or "").replace("\n", " ")
    return (model.__name__, f"`{model.TYPE}`", f"`{topic_name}`", says)


def _outcome_table(rows: Iterable[OutcomeCode]) -> list[str]:
    return _table(
        ("code", "status", "meaning", "rules", "ours"),
        [
            (
                f"`{row.code}`",
                row.status.value,
                f"**{row.title_en}.** {row.detail_en}",
                ", ".join(map(str, row.rules)) or "-",
                "yes" if row.ours else "no",
            )
            for row in rows
        ],
    )


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = (titles, ["---"] * len(titles), *rows)
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]


def _plain(text: str) -> str:
    """Markdown would take <uzovi> for an HTML element."""
    return text.replace("<", "&lt;").replace(">", "&gt;")
