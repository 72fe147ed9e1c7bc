"""The registry as a running service: commands in on Kafka, outcomes, events and insurers' changes out."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from ion_contracts.catalogue import COMMANDS, OUTCOMES, dead_letters_topic
from ion_contracts.messages import DeadLetter, InsuredLeft, InsuredRegistered, RegistrationTransferred
from ion_platform.clock import Clock
from ion_platform.database import open_pool
from ion_registry.config import RegistrySettings
from ion_registry.services.deciding.handle_commands import CommandHandler
from ion_registry.services.topic_guard import TopicLostRecordsError, read_end_offsets, refuse_lost_records
from tests.integration.registry.made_messages import (
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    Made,
    Partition,
    person,
    register,
    routing_key,
)
from tests.integration.registry.running import (
    make_topics_anew,
    produce,
    produce_raw,
    read_all,
    read_events,
    read_outcomes,
    read_until,
    running,
)

TODAY = Clock().today()
DAY = TODAY - timedelta(days=40)
"""Registrations begin long ago, so that today is free to move; the past is allowed for the first (rule 4)."""


def first_registrations(people: int, agb_code: str = PRACTICE_A, uzovi: str | None = "3311") -> list[Made]:
    return [register(number, agb_code, DAY, uzovi=uzovi) for number in range(people)]


async def test_commands_give_outcomes_events_and_insurers_changes(settings: RegistrySettings) -> None:
    bootstrap = settings.kafka_bootstrap
    began, moved = first_registrations(3), register(0, PRACTICE_B, DAY + timedelta(days=1), uzovi="7119")
    refused = register(1, PRACTICE_C, DAY + timedelta(days=1), DAY)
    async with running(settings):
        await produce(bootstrap, [*began, moved, refused])
        outcomes = await read_outcomes(bootstrap, [*began, moved, refused])
        events = await read_events(bootstrap, 4)
        left = await read_until(bootstrap, "insurers.3311.changes.v1", lambda found: len(found) == 4)
        joined = await read_until(bootstrap, "insurers.7119.changes.v1", lambda found: len(found) == 1)
    codes = {outcome.command_id: outcome.code for outcome in outcomes}
    assert codes == {one.id: "registered" for one in began} | {moved.id: "transferred", refused.id: "start-in-past"}
    (transfer,) = [one for one in events if isinstance(one.message.body, RegistrationTransferred)]
    assert isinstance(transfer.message.body, RegistrationTransferred)
    assert transfer.message.envelope.sequence == 2
    assert transfer.message.envelope.causation_id == moved.id
    assert transfer.message.body.previous.until == DAY
    assert transfer.key == transfer.message.body.patient_id.bytes
    kinds = Counter(type(one.message.body) for one in left)
    assert kinds == {InsuredRegistered: 3, InsuredLeft: 1}
    assert [type(one.message.body) for one in joined] == [InsuredRegistered]
    assert isinstance(joined[0].message.body, InsuredRegistered)
    assert joined[0].message.body.bsn == person(0).bsn


async def test_events_and_outcomes_stay_in_the_partition_of_their_command(settings: RegistrySettings) -> None:
    bootstrap = settings.kafka_bootstrap
    began = first_registrations(20)
    async with running(settings):
        await produce(bootstrap, began)
        await read_outcomes(bootstrap, began)
        events = {one.message.envelope.causation_id: one.partition for one in await read_events(bootstrap, 20)}
    outcomes = await read_all(bootstrap, OUTCOMES.name)
    commands = await read_all(bootstrap, COMMANDS.name)
    partitions = {one.message.envelope.id: one.partition for one in commands if one.key is not None}
    assert events == partitions
    assert {one.message.envelope.causation_id: one.partition for one in outcomes} == partitions
    assert len(set(partitions.values())) > 1


async def test_commands_that_come_twice_have_one_outcome(settings: RegistrySettings) -> None:
    bootstrap = settings.kafka_bootstrap
    began = first_registrations(30)
    last = register(40, PRACTICE_A, DAY)
    async with running(settings):
        await produce(bootstrap, [*began, *began])
        await produce(bootstrap, [*reversed(began), last])
        outcomes = await read_outcomes(bootstrap, [*began, last])
    counts = Counter(outcome.command_id for outcome in outcomes)
    assert set(counts.values()) == {1}


async def test_what_was_committed_and_not_published_is_published_once_the_service_runs(
    settings: RegistrySettings,
) -> None:
    """A process that was killed between the commit and the publication left exactly this behind."""
    began = first_registrations(25)
    pool = await open_pool(settings)
    async with pool.acquire() as connection, connection.transaction():
        await CommandHandler(Clock()).handle(connection, Partition(2).deliver(began))
    await pool.close()
    assert await read_all(settings.kafka_bootstrap, OUTCOMES.name) == []
    for _ in range(2):
        async with running(settings):
            outcomes = await read_outcomes(settings.kafka_bootstrap, began)
            events = await read_events(settings.kafka_bootstrap, 25)
    assert len(outcomes) == len(events) == 25
    assert {one.partition for one in events} == {2}
    sequences = [one.message.envelope.causation_id for one in events]
    assert sequences == [one.id for one in began]


async def test_poison_of_every_kind_is_put_aside_and_answered_where_its_id_can_be_read(
    settings: RegistrySettings,
) -> None:
    bootstrap = settings.kafka_bootstrap
    key = routing_key(person(1).bsn)
    good = register(1, PRACTICE_A, DAY)

    def headers(command: Made) -> list[tuple[str, bytes]]:
        return command.envelope.headers()

    poison = [register(1, PRACTICE_A, DAY) for _ in range(5)]
    unknown_type = [
        (n, b"nl.huisartsinschrijvingen.onbekend.v1" if n == "ce_type" else v) for n, v in headers(poison[3])
    ]
    nul = good.body.to_json().replace(b"made party", b"made\\u0000party")
    async with running(settings):
        await produce_raw(
            bootstrap,
            [
                (key, b"no json", headers(poison[0])),
                (key, b"{}", headers(poison[1])),
                (key, None, headers(poison[2])),
                (key, good.body.to_json(), unknown_type),
                (key, b"x" * 1_000_000, [("ce_id", b"one-megabyte")]),
                (key, b"no headers at all", []),
                (key, b"\xff\xfe", [("ce_id", b"\xff\xfe"), ("ce_type", b"\x00")]),
                (key, nul, headers(poison[4])),
                (key, good.body.to_json(), headers(good)),
            ],
        )
        outcomes = await read_outcomes(bootstrap, [good, *poison])
        letters = await read_until(bootstrap, dead_letters_topic("registry").name, lambda found: len(found) == 8)
    codes = {outcome.command_id: outcome.code for outcome in outcomes}
    assert codes == {one.id: "malformed" for one in poison} | {good.id: "registered", "one-megabyte": "malformed"}
    for letter in letters:
        assert isinstance(letter.message.body, DeadLetter)
        assert person(1).bsn not in letter.message.body.reason


async def test_two_registries_side_by_side_share_the_work_and_double_nothing(settings: RegistrySettings) -> None:
    bootstrap = settings.kafka_bootstrap
    began = first_registrations(400)
    moved = [register(number, PRACTICE_B, DAY + timedelta(days=1)) for number in range(400)]
    both = [settings.model_copy(update={"instance": f"registry-{number}"}) for number in range(2)]
    async with running(both[0]):
        await produce(bootstrap, began[:200])
        async with running(both[1]) as second:
            await produce(bootstrap, [*began[200:], *moved[:200]])
            await read_outcomes(bootstrap, [*began, *moved[:200]])
            holders = await second.pool.fetch("select distinct holder from relay where name like 'journal/%'")
            assert {row["holder"] for row in holders} == {"registry-0", "registry-1"}
        await produce(bootstrap, moved[200:])
        outcomes = await read_outcomes(bootstrap, [*began, *moved])
        events = await read_events(bootstrap, 800)
    ids = Counter(outcome.command_id for outcome in outcomes)
    assert len(ids) == 800
    assert set(ids.values()) == {1}
    assert len({one.message.envelope.id for one in events}) == 800
    by_patient: dict[bytes | None, list[int | None]] = {}
    for one in events:
        by_patient.setdefault(one.key, []).append(one.message.envelope.sequence)
    assert all(sequences == [1, 2] for sequences in by_patient.values())


async def test_the_relay_does_not_wait_for_an_insurer_without_a_topic(settings: RegistrySettings) -> None:
    began = first_registrations(2, uzovi="0101")
    async with running(settings):
        await produce(settings.kafka_bootstrap, began)
        outcomes = await read_outcomes(settings.kafka_bootstrap, began)
    assert {outcome.code for outcome in outcomes} == {"registered"}


async def test_the_registry_refuses_a_topic_that_ends_below_its_position(settings: RegistrySettings) -> None:
    began = first_registrations(5)
    async with running(settings):
        await produce(settings.kafka_bootstrap, began)
        await read_outcomes(settings.kafka_bootstrap, began)
    await make_topics_anew(settings.kafka_bootstrap)
    ends = await read_end_offsets(settings.kafka_bootstrap)
    pool = await open_pool(settings)
    with pytest.raises(TopicLostRecordsError, match="ends below the position of this register"):
        await refuse_lost_records(pool, ends)
    await pool.close()
