"""What a batch has come to so far, in memory: several commands for one patient simply follow each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ion_contracts.messages import CloseDay, Person, Register, SettleWaiting, Status
from ion_platform.subscription import Delivery
from ion_registry.domain.calendar import Policy
from ion_registry.domain.command import Command, RegisterCommand, SettleCommand
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Code, Entry
from ion_registry.domain.state import PatientState
from ion_registry.services.recording import close, stamp
from ion_registry.storage.journal import JournalRow, Kind
from ion_registry.storage.partitions import PartitionState
from ion_registry.storage.patients import Patient
from ion_registry.storage.registrations import WaitingRow

ROUTING_KEY_BYTES = 16
NOT_A_ROUTING_KEY = "wrong-key: a command's key has 16 bytes"
KEY_OF_ANOTHER = "wrong-key: the key and the BSN belong to different patients"
DAY_CLOSED = "day-closed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the record stood that leads to something."""

    partition: int
    offset: int


@dataclass(slots=True)
class BatchWork:
    """The states of the batch's patients as they become, and what is to be written for them.

    `bodies` has each Register command of the batch and of what waits, by command id: the rules need no person.
    """

    generation: int
    now: datetime
    policy: Policy
    partitions: dict[int, PartitionState]
    patients: dict[bytes, Patient] = field(default_factory=dict)
    states: dict[UUID, PatientState] = field(default_factory=dict)
    bodies: dict[str, Register] = field(default_factory=dict)
    rows: list[JournalRow] = field(default_factory=list)
    changed: set[UUID] = field(default_factory=set)
    persons: dict[UUID, Person] = field(default_factory=dict)
    deferred: dict[str, WaitingRow] = field(default_factory=dict)
    settled: list[str] = field(default_factory=list)

    def take(self, delivery: Delivery) -> None:
        """Does in memory what one command asks for."""
        place = Place(delivery.partition, delivery.offset)
        envelope = delivery.message.envelope
        correlation_id = envelope.correlation_id
        match delivery.message.body:
            case Register() as body:
                self._register(place, delivery.key, envelope.id, correlation_id, body)
            case SettleWaiting() as body:
                self._decide(place, body.patient_id, SettleCommand(envelope.id, body.offered_on))
            case CloseDay() as body:
                self._close(place, envelope.id, correlation_id, body)

    def refuse_malformed(self, place: Place, command_id: str, correlation_id: str, reason: str) -> None:
        """A command that cannot be taken still ends in an outcome."""
        recorded_at, recorded_on = stamp(self.partitions[place.partition], self.now)
        row = JournalRow(
            generation=self.generation,
            partition=place.partition,
            offset=place.offset,
            n=0,
            kind=Kind.MALFORMED,
            command_id=command_id,
            correlation_id=correlation_id,
            causation_id=command_id,
            status=Status.REFUSED,
            code=Code.MALFORMED,
            recorded_at=recorded_at,
            recorded_on=recorded_on,
            reason=reason,
        )
        self.rows.append(row)

    def _register(self, place: Place, key: bytes | None, command_id: str, correlation_id: str, body: Register) -> None:
        if key is None or len(key) != ROUTING_KEY_BYTES:
            self.refuse_malformed(place, command_id, correlation_id, NOT_A_ROUTING_KEY)
            return
        patient = self.patients.get(key)
        if patient is None or patient.bsn != body.person.bsn:
            self.refuse_malformed(place, command_id, correlation_id, KEY_OF_ANOTHER)
            return
        self.bodies[command_id] = body
        self._decide(place, patient.patient_id, as_command(command_id, correlation_id, body))

    def _decide(self, place: Place, patient_id: UUID, command: Command) -> None:
        before = self.states.get(patient_id) or PatientState(patient_id)
        decision = decide(before, command, self.policy)
        self.states[patient_id] = decision.state
        for n, entry in enumerate(decision.entries):
            self._note(place, n, patient_id, entry)

    def _note(self, place: Place, n: int, patient_id: UUID, entry: Entry) -> None:
        command_id = entry.command.command_id
        self.rows.append(self._row(place, n, patient_id, entry))
        if entry.status is Status.DEFERRED:
            self.deferred[command_id] = self._waiting(place, patient_id, entry)
            return
        if entry.caused_by != command_id and self.deferred.pop(command_id, None) is None:
            self.settled.append(command_id)
        if entry.status is Status.ACCEPTED:
            self.persons[patient_id] = self.bodies[command_id].person
        if entry.sequence is not None:
            self.changed.add(patient_id)

    def _row(self, place: Place, n: int, patient_id: UUID, entry: Entry) -> JournalRow:
        command, previous = entry.command, entry.previous
        recorded_at, recorded_on = stamp(self.partitions[place.partition], self.now)
        return JournalRow(
            generation=self.generation,
            partition=place.partition,
            offset=place.offset,
            n=n,
            kind=Kind.REGISTER,
            command_id=command.command_id,
            correlation_id=command.correlation_id,
            causation_id=entry.caused_by,
            status=entry.status,
            code=entry.code,
            recorded_at=recorded_at,
            recorded_on=recorded_on,
            patient_id=patient_id,
            agb_code=command.agb_code,
            since=entry.since,
            previous_agb_code=previous.agb_code if previous else None,
            previous_since=previous.since if previous else None,
            previous_until=previous.until if previous else None,
            sequence=entry.sequence,
            uzovi=command.uzovi,
            previous_uzovi=entry.previous_uzovi,
            mode=command.mode,
            party=command.party,
            offered_on=command.offered_on,
            process_on=entry.process_on,
            policy_version=entry.policy_version,
        )

    def _waiting(self, place: Place, patient_id: UUID, entry: Entry) -> WaitingRow:
        assert entry.process_on is not None
        body = self.bodies[entry.command.command_id]
        return WaitingRow(
            command_id=entry.command.command_id,
            patient_id=patient_id,
            process_on=entry.process_on,
            correlation_id=entry.command.correlation_id,
            body=body.model_dump(mode="json", by_alias=True, exclude_none=True),
            generation=self.generation,
            partition=place.partition,
            offset=place.offset,
        )

    def _close(self, place: Place, command_id: str, correlation_id: str, body: CloseDay) -> None:
        state = self.partitions[place.partition]
        recorded_at, recorded_on = stamp(state, self.now)
        if not close(state, body.day):
            return
        row = JournalRow(
            generation=self.generation,
            partition=place.partition,
            offset=place.offset,
            n=0,
            kind=Kind.CLOSE_DAY,
            command_id=command_id,
            correlation_id=correlation_id,
            causation_id=command_id,
            status=Status.ACCEPTED,
            code=DAY_CLOSED,
            recorded_at=recorded_at,
            recorded_on=recorded_on,
            closed_day=body.day,
        )
        self.rows.append(row)


def as_command(command_id: str, correlation_id: str, body: Register) -> RegisterCommand:
    """Returns what the rules need of a command."""
    return RegisterCommand(
        command_id=command_id,
        correlation_id=correlation_id,
        agb_code=body.agb_code,
        offered_on=body.offered_on,
        start_date=body.start_date,
        uzovi=body.uzovi,
        mode=body.mode,
        party=body.party,
    )
