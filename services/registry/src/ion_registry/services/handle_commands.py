"""One batch of commands: read and lock in sets, decide in memory, write in sets. No query per command."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from ion_contracts.envelope import EnvelopeError, parse_envelope
from ion_contracts.messages import Person, Register, SettleWaiting
from ion_platform.clock import Clock
from ion_platform.database import Connection
from ion_platform.subscription import Delivery, Unreadable
from ion_registry.domain.command import WaitingCommand
from ion_registry.services.batch_work import ROUTING_KEY_BYTES, BatchWork, Place, as_command
from ion_registry.storage import journal, patients
from ion_registry.storage.partitions import read_partitions, save_partitions
from ion_registry.storage.policies import read_generation, read_policy
from ion_registry.storage.registrations import (
    add_waiting,
    lock_registrations,
    read_waiting,
    remove_waiting,
    save_registrations,
)


class CommandHandler:
    """Takes the commands topic. Everything it writes commits with the position in the topic, by its caller."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def handle(self, connection: Connection, batch: Sequence[Delivery]) -> None:
        """Decides every command of the batch that is new."""
        fresh = await _new_commands(connection, batch)
        if not fresh:
            return
        work = await self._open(connection, {delivery.partition for delivery in fresh})
        work.patients = await patients.find_or_add(connection, _people(fresh), work.now)
        await _load_states(connection, work, _patient_ids(work, fresh))
        for delivery in fresh:
            work.take(delivery)
        await _save(connection, work)

    async def refuse_unreadable(self, connection: Connection, unreadable: Sequence[Unreadable]) -> None:
        """Gives each record whose id can be read its outcome, unless that id has one."""
        by_id = {record.message_id: record for record in reversed(unreadable)}
        named = {command_id: record for command_id, record in by_id.items() if command_id is not None}
        known = await journal.known_commands(connection, named)
        fresh = {command_id: record for command_id, record in named.items() if command_id not in known}
        if not fresh:
            return
        work = await self._open(connection, {record.partition for record in fresh.values()})
        for command_id, record in sorted(fresh.items(), key=lambda item: (item[1].partition, item[1].offset)):
            place = Place(record.partition, record.offset)
            work.refuse_malformed(place, command_id, _correlation_id(record, command_id), record.reason)
        await _save(connection, work)

    async def _open(self, connection: Connection, partitions: Collection[int]) -> BatchWork:
        return BatchWork(
            generation=await read_generation(connection),
            now=self._clock.now(),
            policy=await read_policy(connection),
            partitions=await read_partitions(connection, partitions),
        )


async def _new_commands(connection: Connection, batch: Sequence[Delivery]) -> list[Delivery]:
    """Drops what the journal has, and repeats within the batch. A timer's command is judged by the state instead."""
    known = await journal.known_commands(connection, {delivery.message.envelope.id for delivery in batch})
    fresh = []
    for delivery in batch:
        if delivery.message.envelope.id not in known:
            known.add(delivery.message.envelope.id)
            fresh.append(delivery)
    return fresh


def _people(batch: Iterable[Delivery]) -> dict[bytes, Person]:
    """Returns the person of each key that can be one; of two under one key the first, the other is refused later."""
    people: dict[bytes, Person] = {}
    for delivery in batch:
        body, key = delivery.message.body, delivery.key
        if isinstance(body, Register) and key is not None and len(key) == ROUTING_KEY_BYTES:
            people.setdefault(key, body.person)
    return people


def _patient_ids(work: BatchWork, batch: Iterable[Delivery]) -> set[UUID]:
    ids = {patient.patient_id for patient in work.patients.values()}
    ids.update(d.message.body.patient_id for d in batch if isinstance(d.message.body, SettleWaiting))
    return ids


async def _load_states(connection: Connection, work: BatchWork, patient_ids: Collection[UUID]) -> None:
    if not patient_ids:
        return
    work.states = await lock_registrations(connection, patient_ids)
    for row in await read_waiting(connection, work.states):
        body = Register.model_validate(row.body)
        work.bodies[row.command_id] = body
        waiting = WaitingCommand(as_command(row.command_id, row.correlation_id, body), row.process_on)
        state = work.states[row.patient_id]
        work.states[row.patient_id] = replace(state, waiting=(*state.waiting, waiting))


async def _save(connection: Connection, work: BatchWork) -> None:
    await patients.update_persons(connection, work.persons, work.now)
    await save_registrations(connection, [work.states[patient_id] for patient_id in work.changed])
    await remove_waiting(connection, work.settled)
    await add_waiting(connection, list(work.deferred.values()))
    await journal.append(connection, work.rows)
    await save_partitions(connection, work.partitions)


def _correlation_id(record: Unreadable, command_id: str) -> str:
    try:
        return parse_envelope(record.headers).correlation_id
    except EnvelopeError:
        return command_id
