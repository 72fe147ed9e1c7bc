"""A temporary registration whose BSN and insurance arrive, also when that BSN is somebody the register knows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ion_contracts.messages import CorrectionReason, EndReason, Status
from ion_registry.domain.command import CompleteCommand
from ion_registry.domain.ending import end
from ion_registry.domain.entry import Change, Code, Entry, Event
from ion_registry.domain.insurance import insured, told_of_insurance
from ion_registry.domain.outcome import Outcome, happened, refused
from ion_registry.domain.reference import Reference
from ion_registry.domain.registering import Wish, grant
from ion_registry.domain.spans import Span
from ion_registry.domain.state import PatientState


@dataclass(frozen=True, slots=True)
class Completion:
    """What becomes of the temporary patient and of the person whom the BSN names; entries in order."""

    temporary: PatientState
    person: PatientState | None
    entries: tuple[Entry, ...]


def complete(
    temporary: PatientState, person: PatientState | None, command: CompleteCommand, reference: Reference
) -> Completion:
    """Makes a temporary registration definite. `person` is the patient with this BSN, None when it is new here.

    When the person is known, the temporary patient's registration ends and rules 2 to 6 apply to the person;
    reference dates gone by are not rewritten.
    """
    version = reference.policy.row_on(command.offered_on).version
    is_held = temporary.terms is not None and temporary.agb_code == command.agb_code
    if person is None:
        if not is_held:
            return Completion(temporary, None, refused(temporary, command, Code.NOT_TEMPORARY, version).entries)
        definite = replace(insured(temporary, command.uzovi, command.offered_on), terms=None)
        told = {"since": temporary.since, **told_of_insurance(temporary, definite, command.offered_on)}
        outcome = happened(definite, command, Code.COMPLETED, Event.TEMPORARY_COMPLETED, version, **told)
        return Completion(outcome.state, None, outcome.entries)
    if not is_held:
        return Completion(temporary, person, refused(person, command, Code.NOT_TEMPORARY, version).entries)
    return _join(temporary, person, command, reference, version)


def _join(
    temporary: PatientState, person: PatientState, command: CompleteCommand, reference: Reference, version: int
) -> Completion:
    wish = Wish(command.agb_code, command.offered_on, command.uzovi)
    granted = grant(person, command, wish, reference)
    if granted.first.status is not Status.ACCEPTED:
        return Completion(temporary, granted.state, granted.entries)
    own = replace(granted.first, code=Code.COMPLETED_KNOWN_ELSEWHERE)
    ended = _end_merged(temporary, person, command, version)
    return Completion(ended.state, granted.state, (own, *granted.entries[1:], *ended.entries))


def _end_merged(temporary: PatientState, person: PatientState, command: CompleteCommand, version: int) -> Outcome:
    """One that began today never was: it would end before it began."""
    assert temporary.since is not None
    code = Code.COMPLETED_KNOWN_ELSEWHERE
    if temporary.since < command.offered_on:
        return end(
            temporary,
            command,
            code,
            Event.ENDED,
            version,
            status=None,
            reason=EndReason.MERGED,
            merged_into=person.patient_id,
        )
    assert temporary.agb_code is not None
    without = replace(temporary, agb_code=None, since=None, party=None, terms=None)
    return happened(
        without,
        command,
        code,
        Event.CORRECTED,
        version,
        status=None,
        change=Change(None, temporary.since),
        replaced=(Span(temporary.agb_code, temporary.since),),
        details={"reason": CorrectionReason.MERGED, "mergedInto": person.patient_id},
    )
