"""The topic catalogue: ONE table. Local topics, Kubernetes topics, ACLs and the documentation come from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ion_contracts import messages
from ion_contracts.messages import Message

DAY_MS = 24 * 60 * 60 * 1000
PARTITIONS_LOCAL = 12
PARTITIONS_PRODUCTION = 64
SERVICES = ("registry", "notifier", "billing", "cov-gateway")
INSURER_CHANGES_PATTERN = "insurers.<uzovi>.changes.v1"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. Partitions are fixed for its life: more of them means draining into a new generation.

    `retention_ms` None means for ever. `readers` are service names; for an insurer's topic, that insurer.
    """

    name: str
    key: str
    partitions_local: int
    partitions_production: int
    retention_ms: int | None
    compacted: bool
    producer: str
    readers: tuple[str, ...]
    personal_data: bool
    types: tuple[type[Message], ...]
    description: str

    @property
    def producers(self) -> tuple[str, ...]:
        """The services that write it: `producer`, one by one."""
        return tuple(self.producer.split(", "))


COMMANDS = Topic(
    name="registration.commands.v1",
    key="patient reference: the first 16 bytes of HMAC-SHA-256(secret, BSN); a step in a case: the 16 bytes of its id",
    partitions_local=PARTITIONS_LOCAL,
    partitions_production=PARTITIONS_PRODUCTION,
    retention_ms=30 * DAY_MS,
    compacted=False,
    producer="cov-gateway, registry",
    readers=("registry",),
    personal_data=True,
    types=messages.COMMANDS,
    description="Everything that changes a registration",
)
OUTCOMES = Topic(
    name="registration.outcomes.v1",
    key="that of the command",
    partitions_local=PARTITIONS_LOCAL,
    partitions_production=PARTITIONS_PRODUCTION,
    retention_ms=30 * DAY_MS,
    compacted=False,
    producer="registry",
    readers=("cov-gateway",),
    personal_data=False,
    types=messages.OUTCOMES,
    description="What became of each command: one final outcome, perhaps `deferred` before it",
)
EVENTS = Topic(
    name="registration.events.v1",
    key="patient id (16 bytes); a closed day: its partition number",
    partitions_local=PARTITIONS_LOCAL,
    partitions_production=PARTITIONS_PRODUCTION,
    retention_ms=None,
    compacted=False,
    producer="registry",
    readers=("notifier", "billing"),
    personal_data=False,
    types=messages.EVENTS,
    description="Facts about registrations, in their command's partition; kept for ever",
)
PROVIDERS = Topic(
    name="registration.providers.v1",
    key="AGB code",
    partitions_local=1,
    partitions_production=1,
    retention_ms=None,
    compacted=True,
    producer="registry",
    readers=("cov-gateway", "notifier", "billing"),
    personal_data=False,
    types=messages.PROVIDERS,
    description="GPs and practices as they are now",
)
DELIVERIES = Topic(
    name="notifier.deliveries.v1",
    key="AGB code",
    partitions_local=1,
    partitions_production=12,
    retention_ms=90 * DAY_MS,
    compacted=False,
    producer="notifier",
    readers=(),
    personal_data=False,
    types=messages.DELIVERIES,
    description="How each mail ended",
)
BILLING_EVENTS = Topic(
    name="billing.events.v1",
    key="AGB code of the payer",
    partitions_local=1,
    partitions_production=12,
    retention_ms=None,
    compacted=False,
    producer="billing",
    readers=("cov-gateway", "notifier"),
    personal_data=False,
    types=messages.BILLING_EVENTS,
    description="Invoices that were issued",
)


def dead_letters_topic(service: str) -> Topic:
    """Returns the topic of what this service could not take."""
    return Topic(
        name=f"{service}.dead-letters.v1",
        key="that of the record",
        partitions_local=1,
        partitions_production=1,
        retention_ms=90 * DAY_MS,
        compacted=False,
        producer=service,
        readers=(),
        personal_data=True,
        types=messages.DEAD_LETTERS,
        description=f"Records that {service} could not take, with the reason",
    )


def insurer_changes_topic(uzovi: str) -> Topic:
    """Returns the topic of the changes of one insurer's insured."""
    return Topic(
        name=INSURER_CHANGES_PATTERN.replace("<uzovi>", uzovi),
        key="patient id (16 bytes)",
        partitions_local=1,
        partitions_production=6,
        retention_ms=365 * DAY_MS,
        compacted=False,
        producer="registry",
        readers=(f"insurer {uzovi}",),
        personal_data=True,
        types=messages.INSURER_CHANGES,
        description=f"Changes of the insured of {uzovi}; only that insurer may read it",
    )


TOPICS: tuple[Topic, ...] = (
    COMMANDS,
    OUTCOMES,
    EVENTS,
    PROVIDERS,
    DELIVERIES,
    BILLING_EVENTS,
    *(dead_letters_topic(service) for service in SERVICES),
)


def all_topics(uzovi_codes: Iterable[str]) -> tuple[Topic, ...]:
    """Returns every topic of an installation with these insurers."""
    return (*TOPICS, *(insurer_changes_topic(uzovi) for uzovi in sorted(set(uzovi_codes))))
