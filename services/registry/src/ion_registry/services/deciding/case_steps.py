"""Steps in cases of the ombudsman, a batch at a time: one locked read, the rules in memory, set writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from ion_contracts.messages import CaseStep
from ion_contracts.messages.cases import Excluded, ExclusionLifted, Opened, Published
from ion_platform.database import Connection
from ion_registry.domain.case import Case, Ruling
from ion_registry.domain.case_code import CaseCode
from ion_registry.domain.exclusion import Exclusion
from ion_registry.domain.take_step import CaseDecision, Known, KnownPatient, take_step
from ion_registry.storage import cases as case_storage
from ion_registry.storage import exclusions as exclusion_storage
from ion_registry.storage.cases import StepRow
from ion_registry.storage.exclusions import ExclusionRow, Lifting


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one step. Only the step that rules has a ruling, and only the first time that it is taken."""

    code: CaseCode
    accepted: bool
    ruling: Ruling | None = None


async def take_case_steps(
    connection: Connection, steps: Sequence[tuple[str, CaseStep]], today: date
) -> dict[str, CaseResult]:
    """Takes steps in their order, in the caller's transaction; returns what became of each, by its command's id.

    `today` is recorded as the day on which the register knew. A step that was taken before gives its code again and
    does nothing. The cases stay locked until the end of the transaction.
    """
    if not steps:
        return {}
    work = await _open(connection, steps, today)
    for command_id, message in steps:
        work.take(command_id, message)
    await _save(connection, work)
    return work.results


@dataclass(slots=True)
class _Work:
    """The cases of the batch as they become, and what is to be written for them.

    `exclusions` has those of every code that the batch excludes or lifts, by AGB code. `added` and `liftings` are by
    code and first day; `undone` are new ones that were lifted on their first day and excluded anew.
    """

    today: date
    cases: dict[UUID, Case]
    patients_by_bsn: dict[str, KnownPatient]
    patients_by_id: dict[UUID, KnownPatient]
    exclusions: dict[str, list[Exclusion]]
    results: dict[str, CaseResult]
    changed: set[UUID] = field(default_factory=set)
    rows: list[StepRow] = field(default_factory=list)
    added: dict[tuple[str, date], ExclusionRow] = field(default_factory=dict)
    undone: list[ExclusionRow] = field(default_factory=list)
    liftings: dict[tuple[str, date], Lifting] = field(default_factory=dict)

    def take(self, command_id: str, message: CaseStep) -> None:
        """Does in memory what one step asks for, once."""
        if command_id in self.results:
            return
        case = self.cases.get(message.case_id)
        decision = take_step(case, message, self._known(case, message))
        self.results[command_id] = CaseResult(decision.code, decision.accepted, decision.ruling)
        if decision.accepted:
            self._note(command_id, message, decision)

    def _known(self, case: Case | None, message: CaseStep) -> Known:
        step = message.step
        if isinstance(step, Opened):
            return Known(patient=self.patients_by_bsn.get(step.bsn))
        if isinstance(step, Published) and case is not None and case.patient_id is not None:
            return Known(patient=self.patients_by_id.get(case.patient_id))
        if isinstance(step, Excluded | ExclusionLifted):
            return Known(exclusions=self.exclusions.get(step.agb_code, ()))
        return Known()

    def _note(self, command_id: str, message: CaseStep, decision: CaseDecision) -> None:
        assert decision.case is not None
        self.cases[message.case_id] = decision.case
        self.changed.add(message.case_id)
        self.rows.append(
            StepRow(
                command_id=command_id,
                case_id=message.case_id,
                n=decision.case.steps,
                kind=message.step.kind,
                code=decision.code,
                offered_on=message.offered_on,
                offered_at=message.offered_at,
                recorded_on=self.today,
                party=message.party,
                office=message.office,
                body=message.step.model_dump(mode="json", by_alias=True, exclude_none=True),
            )
        )
        if decision.excluded is not None and isinstance(message.step, Excluded):
            self._exclude(command_id, message.case_id, decision.excluded, message.step.reason)
        for exclusion in decision.lifted:
            self._lift(command_id, exclusion, message.offered_on)

    def _exclude(self, command_id: str, case_id: UUID, new: Exclusion, reason: str) -> None:
        self.exclusions.setdefault(new.agb_code, []).append(new)
        place = (new.agb_code, new.since)
        if place in self.added:
            self.undone.append(self.added[place])
        self.added[place] = ExclusionRow(command_id, case_id, new.agb_code, new.since, new.until, reason)

    def _lift(self, command_id: str, exclusion: Exclusion, day: date) -> None:
        held = self.exclusions[exclusion.agb_code]
        held.remove(exclusion)
        rest = exclusion.lifted_on(day)
        if rest is not None:
            held.append(rest)
        place, lifted_on = (exclusion.agb_code, exclusion.since), max(day, exclusion.since)
        if place in self.added:
            self.added[place] = self.added[place]._replace(lifted_on=lifted_on, lifted_by=command_id)
        else:
            self.liftings[place] = Lifting(*place, lifted_on, command_id)


async def _open(connection: Connection, steps: Sequence[tuple[str, CaseStep]], today: date) -> _Work:
    found = await case_storage.read_cases(connection, {message.case_id for _, message in steps})
    taken = await case_storage.taken_steps(connection, {command_id for command_id, _ in steps})
    bodies = [message.step for command_id, message in steps if command_id not in taken]
    codes = {step.agb_code for step in bodies if isinstance(step, Excluded | ExclusionLifted)}
    if codes:
        await exclusion_storage.lock_exclusions(connection)
    about = {case.patient_id for case in found.values()}
    patients = await case_storage.read_case_patients(
        connection,
        {step.bsn for step in bodies if isinstance(step, Opened)},
        {patient_id for patient_id in about if patient_id is not None},
    )
    return _Work(
        today=today,
        cases=found,
        patients_by_bsn={patient.bsn: patient for patient in patients if patient.bsn is not None},
        patients_by_id={patient.patient_id: patient for patient in patients},
        exclusions=await exclusion_storage.read_exclusions(connection, codes),
        results={command_id: CaseResult(CaseCode(code), accepted=True) for command_id, code in taken.items()},
    )


async def _save(connection: Connection, work: _Work) -> None:
    await case_storage.save_cases(connection, [work.cases[case_id] for case_id in work.changed])
    await case_storage.add_steps(connection, work.rows)
    await exclusion_storage.save_exclusions(
        connection, list(work.liftings.values()), [*work.undone, *work.added.values()]
    )
