"""One batch of commands: read and lock in sets, decide in memory, write in sets. No query per command."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import cast
from uuid import UUID

from ion_contracts import messages as m
from ion_contracts.envelope import EnvelopeError, parse_envelope
from ion_platform.clock import Clock
from ion_platform.database import Connection
from ion_platform.subscription import Delivery, Unreadable
from ion_registry.domain.command import Deferrable, WaitingCommand
from ion_registry.domain.policy import DEFAULT_POLICY
from ion_registry.domain.reference import Reference
from ion_registry.domain.state import PatientState
from ion_registry.services.batch_work import ROUTING_KEY_BYTES, BatchWork
from ion_registry.services.case_steps import take_case_steps
from ion_registry.services.list_operations import ListOperations
from ion_registry.services.rulings import send_rulings
from ion_registry.services.translate import PatientMessage, as_command, named
from ion_registry.storage import journal, list_operations, patients, registrations
from ion_registry.storage.exclusions import read_exclusions
from ion_registry.storage.partitions import read_partitions, save_partitions
from ion_registry.storage.policies import read_generation, read_policy
from ion_registry.storage.providers import read_providers

REWRITING = (m.Withdraw, m.Correct, m.CarryOutRuling)
"""These need the whole history of their patient."""
LISTS = (m.MoveList, m.WithdrawBatch, m.SteerList)
_MODELS = {model.TYPE: model for model in m.COMMANDS}


class CommandHandler:
    """Takes the commands topic. Everything it writes commits with the position in the topic, by its caller."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def handle(self, connection: Connection, batch: Sequence[Delivery]) -> None:
        """Decides every command of the batch that is new."""
        fresh = await _new_commands(connection, batch)
        if not fresh:
            return
        work = await self._open(connection, fresh)
        await _find_patients(connection, work, fresh)
        await _load_states(connection, work, fresh)
        for delivery in fresh:
            work.take(delivery)
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
        bodies = [delivery.message.body for delivery in batch]
        agb_codes = {code for body in bodies for code in _agb_codes(body)}
        steps = [
            (d.message.envelope.id, body) for d, body in zip(batch, bodies, strict=True) if isinstance(body, m.CaseStep)
        ]
        results = await take_case_steps(connection, steps, self._clock.today())
        await send_rulings(connection, results, self._clock)
        reference = Reference(
            await read_policy(connection),
            await read_providers(connection, agb_codes),
            await read_exclusions(connection, agb_codes),
        )
        work = await self._begin(connection, {delivery.partition for delivery in batch}, reference)
        work.case_results = results
        work.lists.known = await list_operations.lock(
            connection, {body.operation_id for body in bodies if isinstance(body, LISTS)}
        )
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


def _agb_codes(body: m.Message) -> Iterable[str]:
    codes = (getattr(body, "agb_code", None), getattr(body, "holder", None))
    return (code for code in codes if code is not None)


def _of_patients(batch: Iterable[Delivery]) -> Iterable[tuple[Delivery, PatientMessage]]:
    for delivery in batch:
        body = delivery.message.body
        if (
            not isinstance(body, (m.CloseDay, m.CaseStep, *LISTS))
            and delivery.key
            and len(delivery.key) == ROUTING_KEY_BYTES
        ):
            yield delivery, cast(PatientMessage, body)


async def _find_patients(connection: Connection, work: BatchWork, batch: Sequence[Delivery]) -> None:
    """Finds everybody whom the batch is about, and adds who is new; of two under one key the first."""
    people: dict[bytes, patients.AnyPerson] = {}
    keys: set[bytes] = set()
    ids: set[UUID] = set()
    for delivery, body in _of_patients(batch):
        who, key = named(body), cast(bytes, delivery.key)
        if who.patient_id is not None:
            ids.add(who.patient_id)
        else:
            keys.add(key)
        if who.adds and who.person is not None:
            people.setdefault(key, who.person)
        if isinstance(body, m.CompleteTemporary):
            ids.add(body.temporary_patient_id)
    work.patients = await patients.find(connection, keys)
    new = {key: person for key, person in people.items() if key not in work.patients}
    work.patients |= await patients.add(connection, new, work.now)
    work.patients_by_id = await patients.find_by_id(connection, ids)


async def _load_states(connection: Connection, work: BatchWork, batch: Sequence[Delivery]) -> None:
    found = {patient.patient_id for patient in (*work.patients.values(), *work.patients_by_id.values())}
    ids = found | work.patients_by_id.keys()
    if not ids:
        return
    waiting = await registrations.read_waiting(connection, found)
    temporary = {row.temporary_patient_id for row in waiting if row.temporary_patient_id is not None}
    if temporary:
        work.patients_by_id |= await patients.find_by_id(connection, temporary)
    states = await registrations.lock_registrations(connection, ids | temporary)
    insurances = await registrations.read_insurances(connection, states)
    for patient_id, spans in insurances.items():
        states[patient_id] = replace(states[patient_id], insurance=spans)
    for patient_id, history in (await journal.read_histories(connection, _rewritten(work, batch))).items():
        states[patient_id] = replace(states[patient_id], history=history)
    _add_waiting(work, states, waiting)
    work.loaded, work.states = states, dict(states)
    work.reference = await _with_providers_of(connection, work.reference, waiting)
    work.likely_doubles = await patients.find_likely_doubles(connection, _temporary_people(batch))


def _add_waiting(work: BatchWork, states: dict[UUID, PatientState], rows: Iterable[registrations.WaitingRow]) -> None:
    for row in rows:
        body = cast(PatientMessage, _MODELS[row.type].model_validate(row.body))
        work.bodies[row.command_id] = body
        command = cast(Deferrable, as_command(row.command_id, row.correlation_id, body))
        state = states[row.patient_id]
        states[row.patient_id] = replace(state, waiting=(*state.waiting, WaitingCommand(command, row.process_on)))


async def _with_providers_of(
    connection: Connection, reference: Reference, waiting: Iterable[registrations.WaitingRow]
) -> Reference:
    """What waits is judged by the care providers of the day on which its turn comes."""
    missing = {row.agb_code for row in waiting if row.agb_code is not None} - reference.providers.keys()
    if not missing:
        return reference
    return replace(reference, providers={**reference.providers, **await read_providers(connection, missing)})


def _rewritten(work: BatchWork, batch: Iterable[Delivery]) -> set[UUID]:
    """Returns the patients of whom a command of the batch rewrites the past."""
    ids: set[UUID] = set()
    for delivery, body in _of_patients(batch):
        if isinstance(body, REWRITING):
            who = named(body)
            found = (
                work.patients_by_id.get(who.patient_id) if who.patient_id else work.patients.get(delivery.key or b"")
            )
            ids.update([found.patient_id] if found else [])
    return ids


def _temporary_people(batch: Iterable[Delivery]) -> dict[str, tuple[m.PartialPerson, str]]:
    return {
        delivery.message.envelope.id: (body.person, body.agb_code)
        for delivery, body in _of_patients(batch)
        if isinstance(body, m.RegisterTemporary)
    }


async def _save(connection: Connection, work: BatchWork) -> None:
    loaded, states = work.loaded, work.states
    await patients.update_persons(connection, work.persons, work.now)
    await patients.identify(connection, work.identified)
    changed = [state for patient_id, state in states.items() if _differs(state, loaded[patient_id])]
    await registrations.save_registrations(connection, changed)
    await patients.merge(connection, work.merged)
    await patients.remove(connection, work.removed, work.now)
    insured = [s for patient_id, s in states.items() if s.insurance != loaded[patient_id].insurance]
    known = [state.patient_id for state in insured if loaded[state.patient_id].insurance]
    await registrations.save_insurances(connection, insured, known)
    await registrations.add_timers(connection, work.terms)
    await registrations.remove_waiting(connection, work.settled)
    await registrations.add_waiting(connection, list(work.deferred.values()))
    await registrations.add_to_counts(connection, work.counts)
    await work.lists.save(connection, work.now)
    await journal.append(connection, work.rows)
    await save_partitions(connection, work.partitions)


def _differs(state: PatientState, loaded: PatientState) -> bool:
    """Whether the registration is another one; insurance, history and what waits are kept elsewhere."""
    if state is loaded:
        return False
    return replace(state, insurance=(), history=None, waiting=()) != replace(
        loaded, insurance=(), history=None, waiting=()
    )


def _correlation_id(record: Unreadable, command_id: str) -> str:
    try:
        return parse_envelope(record.headers).correlation_id
    except EnvelopeError:
        return command_id
