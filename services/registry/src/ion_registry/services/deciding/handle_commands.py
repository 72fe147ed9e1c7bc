"""One batch of commands: read and lock in sets, decide in memory, write in sets. No query per command."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any

from ion_contracts import messages as m
from ion_contracts.envelope import EnvelopeError, parse_envelope
from ion_platform.clock import Clock
from ion_platform.database import Connection
from ion_platform.subscription import Delivery, Unreadable
from ion_registry.domain.policy import DEFAULT_POLICY
from ion_registry.domain.reference import Reference
from ion_registry.domain.state import PatientState
from ion_registry.services.deciding.batch_work import BatchWork, is_routing_key
from ion_registry.services.deciding.case_steps import take_case_steps
from ion_registry.services.deciding.list_operations import ListOperations
from ion_registry.services.deciding.load_patients import load_patients
from ion_registry.services.deciding.rulings import send_rulings
from ion_registry.services.deciding.translate import understand
from ion_registry.storage import journal, list_operations, patients, registrations
from ion_registry.storage.exclusions import read_exclusions
from ion_registry.storage.intake import paused_parties
from ion_registry.storage.partitions import read_partitions, save_partitions
from ion_registry.storage.policies import read_generation, read_policy
from ion_registry.storage.providers import read_providers

LISTS = frozenset({m.MoveList, m.WithdrawBatch, m.SteerList})


class CommandHandler:
    """Takes the commands topic. Everything it writes commits with the position in the topic, by its caller."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def handle(self, connection: Connection, batch: Sequence[Delivery]) -> None:
        """Decides every command of the batch that is new."""
        for part in _parts(await _new_commands(connection, batch)):
            work = await self._open(connection, part)
            understood = [understand(delivery) for delivery in part]
            of_patients = [one for one in understood if one is not None and is_routing_key(one.key)]
            await load_patients(connection, work, of_patients)
            for delivery, one in zip(part, understood, strict=True):
                work.take(delivery, one)
            await _save(connection, work)

    async def refuse_unreadable(self, connection: Connection, unreadable: Sequence[Unreadable]) -> None:
        """Gives each record whose id can be read its outcome, unless that id has one."""
        by_id = {record.message_id: record for record in reversed(unreadable)}
        named_ones = {command_id: record for command_id, record in by_id.items() if command_id is not None}
        known = await journal.known_commands(connection, named_ones)
        fresh = {command_id: record for command_id, record in named_ones.items() if command_id not in known}
        if not fresh:
            return
        work = await self._begin(connection, {record.partition for record in fresh.values()}, Reference(DEFAULT_POLICY))
        for command_id, record in sorted(fresh.items(), key=lambda item: (item[1].partition, item[1].offset)):
            place = work.place(record.partition, record.offset)
            work.refuse_malformed(place, command_id, _correlation_id(record, command_id), record.reason)
        await _save(connection, work)

    async def _open(self, connection: Connection, batch: Sequence[Delivery]) -> BatchWork:
        bodies: list[Any] = [delivery.message.body for delivery in batch]
        agb_codes = {code for body in bodies for code in _agb_codes(body)}
        results = await take_case_steps(connection, _case_steps(batch), self._clock.today())
        await send_rulings(connection, results, self._clock)
        reference = Reference(
            await read_policy(connection),
            await read_providers(connection, agb_codes),
            await read_exclusions(connection, agb_codes),
            await paused_parties(connection),
        )
        work = await self._begin(connection, {delivery.partition for delivery in batch}, reference)
        work.case_results = results
        operation_ids = {body.operation_id for body in bodies if type(body) in LISTS}
        work.lists.known = await list_operations.lock(connection, operation_ids)
        return work

    async def _begin(self, connection: Connection, partitions: Collection[int], reference: Reference) -> BatchWork:
        return BatchWork(
            generation=await read_generation(connection),
            now=self._clock.now(),
            reference=reference,
            partitions=await read_partitions(connection, partitions),
            lists=ListOperations(reference),
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


def _parts(batch: Sequence[Delivery]) -> Iterable[Sequence[Delivery]]:
    """Ends a part where a person is removed: who comes behind it with that BSN is somebody new."""
    begin = 0
    for end, delivery in enumerate(batch, start=1):
        if end == len(batch) or type(delivery.message.body) is m.RemovePerson:
            yield batch[begin:end]
            begin = end


def _agb_codes(body: m.Message) -> Iterable[str]:
    codes = (getattr(body, "agb_code", None), getattr(body, "holder", None))
    return (code for code in codes if code is not None)


def _case_steps(batch: Iterable[Delivery]) -> list[tuple[str, m.CaseStep]]:
    found = ((delivery.message.envelope.id, delivery.message.body) for delivery in batch)
    return [(command_id, body) for command_id, body in found if type(body) is m.CaseStep]


async def _save(connection: Connection, work: BatchWork) -> None:
    loaded, states = work.loaded, work.states
    changed = [state for patient_id, state in states.items() if _differs(state, loaded[patient_id])]
    list_names = [work.known[state.patient_id].list_name for state in changed]
    await registrations.save_registrations(connection, changed, list_names)
    persons = {i: person for i, person in work.persons.items() if person != work.known[i].person}
    await patients.update_persons(connection, persons, work.now)
    await patients.identify(connection, work.identified)
    await patients.merge(connection, work.merged)
    await patients.remove(connection, work.removed, work.now)
    insured = [s for patient_id, s in states.items() if s.insurance != loaded[patient_id].insurance]
    anew = [state.patient_id for state in insured if loaded[state.patient_id].insurance]
    await registrations.save_insurances(connection, insured, anew)
    await registrations.add_timers(connection, work.terms)
    await registrations.remove_waiting(connection, work.settled)
    await registrations.add_waiting(connection, list(work.deferred.values()))
    await registrations.add_to_counts(connection, work.counts)
    await journal.append(connection, work.rows)
    await work.lists.save(connection, work.now)  # It counts in the journal what there is to withdraw.
    await save_partitions(connection, work.partitions)


_registration = attrgetter("agb_code", "since", "last_end", "sequence", "party", "terms", "blocked_on", "moves")


def _differs(state: PatientState, loaded: PatientState) -> bool:
    """Whether the registration is another one; insurance, history and what waits are kept elsewhere."""
    return state is not loaded and _registration(state) != _registration(loaded)


def _correlation_id(record: Unreadable, command_id: str) -> str:
    try:
        return parse_envelope(record.headers).correlation_id
    except EnvelopeError:
        return command_id
