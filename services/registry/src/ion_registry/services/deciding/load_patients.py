"""Everybody whom a batch is about: found in sets, locked, and with all that the rules look at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import cast
from uuid import UUID

from ion_contracts import messages as m
from ion_platform.database import Connection
from ion_registry.domain.command import CompleteCommand
from ion_registry.domain.reference import Reference
from ion_registry.domain.state import PatientState
from ion_registry.services.deciding.batch_work import BatchWork
from ion_registry.services.deciding.translate import Incoming, as_waiting
from ion_registry.storage import journal, patients, registrations
from ion_registry.storage.exclusions import read_exclusions
from ion_registry.storage.providers import read_providers

REWRITING = frozenset({m.Withdraw, m.Correct, m.CarryOutRuling})
"""These need the whole history of their patient."""


class PatientChangedError(ConnectionError):
    """Somebody else changed who a patient is while this batch was on its way; it passes the next time."""


async def load_patients(connection: Connection, work: BatchWork, batch: Sequence[Incoming]) -> None:
    """Finds, adds and locks the patients of a batch, and loads their states into `work`.

    Raises PatientChangedError.
    """
    await _find_patients(connection, work, batch)
    await _load_states(connection, work, batch)


async def _find_patients(connection: Connection, work: BatchWork, batch: Sequence[Incoming]) -> None:
    """Finds everybody whom the batch is about, and adds who is new; of two under one key the first."""
    keys = {cast(bytes, one.key) for one in batch if one.who.patient_id is None}
    ids = {one.who.patient_id for one in batch if one.who.patient_id is not None}
    ids |= {one.command.temporary_patient_id for one in batch if isinstance(one.command, CompleteCommand)}
    work.patients = await patients.find(connection, keys)
    people: dict[bytes, patients.AnyPerson] = {}
    for one in batch:
        if one.who.adds and one.who.person is not None and one.key not in work.patients:
            people.setdefault(cast(bytes, one.key), one.who.person)
    work.patients |= await patients.add(connection, people, work.now)
    work.patients_by_id = await patients.find_by_id(connection, ids)


async def _load_states(connection: Connection, work: BatchWork, batch: Sequence[Incoming]) -> None:
    work.known = _by_own_id(work)
    if not work.known:
        return
    ids = work.known.keys() | work.patients_by_id.keys()
    states, removed = await registrations.lock_states(connection, ids)
    if removed or await _was_completed(connection, work):
        raise PatientChangedError("a patient was completed or removed meanwhile: the batch is taken again")
    waiting = await registrations.read_waiting(connection, ids)  # Behind the lock: others may have settled some.
    temporary = {row.temporary_patient_id for row in waiting if row.temporary_patient_id is not None} - ids
    if temporary:  # Seldom, and so locked out of order: a deadlock is one more reason to take the batch again.
        work.patients_by_id |= await patients.find_by_id(connection, temporary)
        work.known = _by_own_id(work)
        states |= (await registrations.lock_states(connection, temporary))[0]
        waiting += await registrations.read_waiting(connection, temporary)
    _add_waiting(work, states, waiting)
    for patient_id, history in (await journal.read_histories(connection, _rewritten(work, batch, states))).items():
        states[patient_id] = replace(states[patient_id], history=history)
    work.loaded, work.states = states, dict(states)
    work.reference = await _with_codes_of(connection, work.reference, waiting)
    work.likely_doubles = await patients.find_likely_doubles(connection, _temporary_people(batch))


async def _was_completed(connection: Connection, work: BatchWork) -> bool:
    """Whether a temporary patient got a BSN between finding and locking: from another partition, as nothing else."""
    without_bsn = {patient_id for patient_id, patient in work.known.items() if not patient.bsn}
    now = await patients.find_by_id(connection, without_bsn)
    return any(patient_id not in now or now[patient_id].bsn for patient_id in without_bsn)


def _by_own_id(work: BatchWork) -> dict[UUID, patients.Patient]:
    return {patient.patient_id: patient for patient in (*work.patients.values(), *work.patients_by_id.values())}


def _add_waiting(work: BatchWork, states: dict[UUID, PatientState], rows: Iterable[registrations.WaitingRow]) -> None:
    for row in rows:
        work.bodies[row.command_id], waiting = as_waiting(row)
        state = states[row.patient_id]
        states[row.patient_id] = replace(state, waiting=(*state.waiting, waiting))


async def _with_codes_of(
    connection: Connection, reference: Reference, waiting: Iterable[registrations.WaitingRow]
) -> Reference:
    """What waits is judged by the care providers and exclusions of the day on which its turn comes."""
    missing = {row.agb_code for row in waiting if row.agb_code is not None} - reference.providers.keys()
    if not missing:
        return reference
    return replace(
        reference,
        providers={**reference.providers, **await read_providers(connection, missing)},
        exclusions={**reference.exclusions, **await read_exclusions(connection, missing)},
    )


def _rewritten(work: BatchWork, batch: Sequence[Incoming], states: Collection[UUID]) -> set[UUID]:
    """Returns the patients of whom a command of the batch rewrites the past.

    Behind a completion, that may be another patient than the one who has this key or id now: then those of all.
    """
    rewriting = [one for one in batch if type(one.body) in REWRITING]
    if not rewriting:
        return set()
    if any(type(body) is m.CompleteTemporary for body in (*(one.body for one in batch), *work.bodies.values())):
        return set(states)
    found = (
        work.patients_by_id.get(one.who.patient_id) if one.who.patient_id else work.patients.get(one.key or b"")
        for one in rewriting
    )
    return {patient.patient_id for patient in found if patient is not None}


def _temporary_people(batch: Iterable[Incoming]) -> dict[str, tuple[m.PartialPerson, str]]:
    return {
        one.command.command_id: (one.body.person, one.body.agb_code)
        for one in batch
        if type(one.body) is m.RegisterTemporary
    }
