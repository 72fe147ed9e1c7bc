"""What a batch has come to so far, in memory: several commands for one patient simply follow each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from ion_contracts.messages import (
    CaseStep,
    CloseDay,
    CompleteTemporary,
    MoveList,
    PartialPerson,
    Status,
    SteerList,
    WithdrawBatch,
)
from ion_platform.subscription import Delivery
from ion_registry.domain.command import Command, CompleteCommand, RulingCommand
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Code, Entry
from ion_registry.domain.reference import Reference
from ion_registry.domain.state import PatientState, Terms
from ion_registry.services.deciding.case_steps import CaseResult
from ion_registry.services.deciding.list_operations import ListOperations
from ion_registry.services.deciding.recording import close, stamp
from ion_registry.services.deciding.rows import (
    Place,
    case_row,
    closed_day_row,
    entry_row,
    malformed_row,
    unknown_patient_row,
)
from ion_registry.services.deciding.translate import Incoming, Named, PatientMessage, named
from ion_registry.storage.journal import JournalRow
from ion_registry.storage.partitions import PartitionState
from ion_registry.storage.patients import Identified, Merged, Patient, PersonData, person_data
from ion_registry.storage.registrations import WaitingRow

ROUTING_KEY_BYTES = 16
NOT_A_ROUTING_KEY = "wrong-key: a command's key has 16 bytes"
KEY_OF_ANOTHER = "wrong-key: the key and the patient do not belong together"


@dataclass(slots=True)
class BatchWork:
    """The states of the batch's patients as they become, and what is to be written for them.

    `patients` and `patients_by_id` are found by what commands may call them, `known` are as the batch met them, by
    their own id. `bodies` has each message of the batch and of what waits, by command id: the rules need no person.
    """

    generation: int
    now: datetime
    reference: Reference
    partitions: dict[int, PartitionState]
    lists: ListOperations
    case_results: Mapping[str, CaseResult] = field(default_factory=dict)
    patients: dict[bytes, Patient] = field(default_factory=dict)
    patients_by_id: dict[UUID, Patient] = field(default_factory=dict)
    known: Mapping[UUID, Patient] = field(default_factory=dict)
    loaded: dict[UUID, PatientState] = field(default_factory=dict)
    states: dict[UUID, PatientState] = field(default_factory=dict)
    bodies: dict[str, PatientMessage] = field(default_factory=dict)
    likely_doubles: frozenset[str] = frozenset()
    rows: list[JournalRow] = field(default_factory=list)
    persons: dict[UUID, PersonData] = field(default_factory=dict)
    identified: list[Identified] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    removed: set[UUID] = field(default_factory=set)
    deferred: dict[str, WaitingRow] = field(default_factory=dict)
    settled: list[str] = field(default_factory=list)
    terms: dict[UUID, Terms] = field(default_factory=dict)
    counts: defaultdict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))

    def take(self, delivery: Delivery, understood: Incoming | None) -> None:
        """Does in memory what one command asks for; `understood` when it is about one patient."""
        place = self.place(delivery.partition, delivery.offset)
        if understood is not None:
            self._take_of_patient(place, understood)
            return
        envelope, body = delivery.message.envelope, delivery.message.body
        match body:
            case CloseDay():
                if close(self.partitions[place.partition], body.day):
                    self.rows.append(closed_day_row(place, envelope.id, envelope.correlation_id, body.day))
            case MoveList() | WithdrawBatch() | SteerList():
                self.rows.append(self.lists.take(place, envelope.id, envelope.correlation_id, body))
            case CaseStep():
                result = self.case_results[envelope.id]
                status = Status.ACCEPTED if result.accepted else Status.REFUSED
                self.rows.append(case_row(place, envelope.id, envelope.correlation_id, status, result.code, body))

    def place(self, partition: int, offset: int) -> Place:
        """Returns where a record stands, with the moment of recording; time moves on by it."""
        recorded_at, recorded_on = stamp(self.partitions[partition], self.now)
        return Place(self.generation, partition, offset, recorded_at, recorded_on)

    def refuse_malformed(self, place: Place, command_id: str, correlation_id: str, reason: str) -> None:
        """A command that cannot be taken still ends in an outcome."""
        self.rows.append(malformed_row(place, command_id, correlation_id, reason))

    def _take_of_patient(self, place: Place, one: Incoming) -> None:
        command, who = one.command, one.who
        if one.key is None or not is_routing_key(one.key):
            self.refuse_malformed(place, command.command_id, command.correlation_id, NOT_A_ROUTING_KEY)
            return
        patient = self._find(one.key, one)
        if patient is None:
            self._refuse_unknown(place, one)
        elif not who.of_ours and not (_belong_together(one.key, who, patient) and self._is_of_nobody_else(one)):
            self.refuse_malformed(place, command.command_id, command.correlation_id, KEY_OF_ANOTHER)
        else:
            self.bodies[command.command_id] = one.body
            self._decide(place, one.key, patient, command)

    def _find(self, key: bytes, one: Incoming) -> Patient | None:
        if one.who.patient_id is not None:
            return self.patients_by_id.get(one.who.patient_id)
        patient = self.patients.get(key)
        if patient is None and isinstance(one.command, CompleteCommand):
            # Nobody has this BSN yet: the temporary patient itself becomes its holder.
            temporary = self.patients_by_id.get(one.command.temporary_patient_id)
            if temporary is None or temporary.bsn is not None:
                return temporary
            return temporary._replace(bsn=one.who.bsn, keys=(key, *temporary.keys))
        return patient

    def _is_of_nobody_else(self, one: Incoming) -> bool:
        """Whether a temporary patient has no BSN yet, or the one that completes the registration."""
        if not isinstance(one.command, CompleteCommand):
            return True
        temporary = self.patients_by_id.get(one.command.temporary_patient_id)
        return temporary is None or temporary.bsn in (None, one.who.bsn)

    def _refuse_unknown(self, place: Place, one: Incoming) -> None:
        command = one.command
        if one.who.of_ours and not isinstance(command, RulingCommand):
            return  # A timer whose patient is gone.
        if one.who.adds:  # It would have been added, had its BSN not stood under another key.
            self.refuse_malformed(place, command.command_id, command.correlation_id, KEY_OF_ANOTHER)
            return
        self.rows.append(unknown_patient_row(place, command))

    def _decide(self, place: Place, key: bytes, patient: Patient, command: Command) -> None:
        before = self.states[patient.patient_id]
        decision = decide(before, command, self.reference, self._temporaries_of(before, command))
        for n, entry in enumerate(decision.entries):
            self._note(place, key, n, self._with_likely_double(entry))
        for state in (decision.state, *decision.temporaries.values()):
            self._become(place, state)

    def _temporaries_of(self, state: PatientState, command: Command) -> dict[UUID, PatientState]:
        """Returns the temporary patients whom this command, or one that waits, completes."""
        commands = (command, *(waiting.command for waiting in state.waiting))
        ids = {one.temporary_patient_id for one in commands if isinstance(one, CompleteCommand)}
        return {patient_id: self.states[patient_id] for patient_id in ids if patient_id in self.states}

    def _become(self, place: Place, state: PatientState) -> None:
        before = self.states[state.patient_id]
        self.states[state.patient_id] = state
        if before.agb_code != state.agb_code:
            if before.agb_code is not None:
                self.counts[before.agb_code, place.partition] -= 1
            if state.agb_code is not None:
                self.counts[state.agb_code, place.partition] += 1
        if state.terms is not None and state.terms != before.terms:
            self.terms[state.patient_id] = state.terms

    def _note(self, place: Place, key: bytes, n: int, entry: Entry) -> None:
        command_id = entry.command.command_id
        body = self.bodies.get(command_id)
        self.rows.append(entry_row(place, n, entry, self.reference, getattr(body, "batch_id", None)))
        if entry.process_on is not None:
            assert body is not None
            self.deferred[command_id] = _waiting_row(place, entry, body)
            return
        if entry.status is not None and entry.caused_by != command_id and self.deferred.pop(command_id, None) is None:
            self.settled.append(command_id)
        self._note_person(key, entry, body)

    def _note_person(self, key: bytes, entry: Entry, body: PatientMessage | None) -> None:
        """Who a person is follows accepted commands only."""
        if entry.details.get("mergedInto") is not None:
            self._note_merged(entry.patient_id, cast(UUID, entry.details["mergedInto"]))
        if entry.status is not Status.ACCEPTED or body is None:
            return
        if entry.code is Code.PERSON_REMOVED:
            self.removed.add(entry.patient_id)
        if entry.code is Code.COMPLETED and isinstance(body, CompleteTemporary):
            self._note_identified(key, entry.patient_id, body)
        person = named(body).person
        is_partial = isinstance(person, PartialPerson) and self._has_bsn(entry.patient_id)
        if person is not None and not (is_partial and self.states[entry.patient_id].sequence):
            self.persons[entry.patient_id] = person_data(
                person
            )  # What is partly known adds nothing to somebody who is known.

    def _has_bsn(self, patient_id: UUID) -> bool:
        found = (*self.patients.values(), *self.patients_by_id.values())
        return any(one.patient_id == patient_id and one.bsn is not None for one in found)

    def _note_identified(self, key: bytes, patient_id: UUID, body: CompleteTemporary) -> None:
        self.identified.append(Identified(patient_id, key, body.person.bsn))
        old = self.patients_by_id[patient_id]
        self._know(old._replace(bsn=body.person.bsn, keys=(key, *old.keys)), patient_id)

    def _note_merged(self, patient_id: UUID, into: UUID) -> None:
        self.merged.append(Merged(patient_id, into))
        person = next(p for p in (*self.patients.values(), *self.patients_by_id.values()) if p.patient_id == into)
        self._know(person._replace(keys=(*person.keys, *self.patients_by_id[patient_id].keys)), patient_id)

    def _know(self, patient: Patient, asked_id: UUID) -> None:
        """Later commands of this batch find the patient under every key and id that it now has."""
        self.patients_by_id[asked_id] = self.patients_by_id[patient.patient_id] = patient
        self.patients |= dict.fromkeys(patient.keys, patient)

    def _with_likely_double(self, entry: Entry) -> Entry:
        if entry.code is Code.REGISTERED_TEMPORARY and entry.command.command_id in self.likely_doubles:
            return replace(entry, code=Code.REGISTERED_TEMPORARY_LIKELY_DOUBLE)
        return entry


def is_routing_key(key: bytes | None) -> bool:
    """Whether a record's key can be that of a patient's commands."""
    return key is not None and len(key) == ROUTING_KEY_BYTES


def _belong_together(key: bytes, who: Named, patient: Patient) -> bool:
    """Whether key and patient fit: a command under a wrong key would come out of the order of its patient."""
    return key in patient.keys and (who.bsn is None or who.bsn == patient.bsn)


def _waiting_row(place: Place, entry: Entry, body: PatientMessage) -> WaitingRow:
    assert entry.process_on is not None
    return WaitingRow(
        command_id=entry.command.command_id,
        patient_id=entry.patient_id,
        process_on=entry.process_on,
        correlation_id=entry.command.correlation_id,
        type=body.TYPE,
        agb_code=entry.agb_code,
        temporary_patient_id=getattr(body, "temporary_patient_id", None),
        body=body.model_dump(mode="json", by_alias=True, exclude_none=True),
        generation=place.generation,
        partition=place.partition,
        offset=place.offset,
    )
