"""How the register comes to believe otherwise about days gone by: corrections, rulings, withdrawals.

The old belief stays in the journal; what is written here lies over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ion_contracts.messages import CorrectionReason, Status, UnblockGround
from ion_registry.domain.calendar import ONE_DAY
from ion_registry.domain.command import Command, CorrectCommand, RulingCommand, WithdrawCommand
from ion_registry.domain.entry import Change, Code, Event
from ion_registry.domain.insurance import insurers_within
from ion_registry.domain.outcome import Outcome, accepted, happened, refused
from ion_registry.domain.reference import Reference
from ion_registry.domain.registering import terms_from
from ion_registry.domain.spans import Span, code_on, overlay, touches, within
from ion_registry.domain.state import PatientState, lay_over, registrations

WITHDRAWABLE = frozenset({Event.STARTED, Event.TRANSFERRED, Event.ENDED})


def correct(state: PatientState, command: CorrectCommand, reference: Reference) -> Outcome:
    """Gives some days to a GP, or to nobody; by authorised staff only."""
    version = reference.policy.row_on(command.offered_on).version
    if not command.office:
        return refused(state, command, Code.NOT_AUTHORISED, version, agb_code=command.holder)
    if not _in_the_past(command):
        return refused(state, command, Code.WRONG_PERIOD, version, agb_code=command.holder)
    if command.holder is not None and command.holder not in reference.providers:
        return refused(state, command, Code.UNKNOWN_AGB_CODE, version, agb_code=command.holder)
    details = {"reason": CorrectionReason.CORRECTION, "reference": command.reference}
    change = Change(command.holder, command.valid_from, command.valid_until)
    return _rewrite(state, command, Code.CORRECTED, Event.CORRECTED, change, version, details)


def carry_out_ruling(state: PatientState, command: RulingCommand, reference: Reference) -> Outcome:
    """Gives the days from the disputed one until the next undisputed change to the GP of the ruling (rule 41).

    A change is disputed when it brings the patient to one of the two parties; a deregistration is not.
    """
    version = reference.policy.row_on(command.offered_on).version
    if not command.office:
        return refused(state, command, Code.NOT_AUTHORISED, version)
    if command.on_date > command.offered_on:
        return refused(state, command, Code.WRONG_PERIOD, version)
    change = Change(command.agb_code, command.on_date, _last_disputed_day(state, command))
    details = {"caseId": command.case_id}
    outcome = _rewrite(state, command, Code.RULING_CARRIED_OUT, Event.RULED, change, version, details)
    if outcome.first.code is Code.NOTHING_TO_CORRECT:  # rule 48: the register had it right
        outcome = accepted(state, command, Code.RULING_CARRIED_OUT, version, details=details)
    return outcome.then(lift_block(outcome.state, command, UnblockGround.RULING, version))


def withdraw(state: PatientState, command: WithdrawCommand, reference: Reference) -> Outcome:
    """Undoes what a command of this party did, or forgets it while it waits; when nothing came after it."""
    row = reference.policy.row_on(command.offered_on)
    waiting = next((w for w in state.waiting if w.command.command_id == command.withdrawn_id), None)
    if waiting is not None and waiting.command.party == command.party:
        kept = replace(state, waiting=tuple(w for w in state.waiting if w is not waiting))
        forgotten = refused(kept, waiting.command, Code.WITHDRAWN_BEFORE_PROCESSING, row.version).first
        outcome = accepted(kept, command, Code.WITHDRAWN, row.version)
        return Outcome(kept, (*outcome.entries, replace(forgotten, caused_by=command.command_id)))
    refusal = _why_not_withdrawn(state, command, row.withdraw_days)
    if refusal is not None:
        return refused(state, command, refusal, row.version)
    assert state.history is not None
    *earlier, done = state.history
    undone = done.change
    held = next((span for span in registrations(earlier) if span.covers(undone.valid_from)), None)
    change = Change(held.code if held else None, undone.valid_from, since=held.since if held else None)
    counting = tuple(m for m in state.moves if (m.day, m.to_agb_code) != (undone.valid_from, undone.holder))  # rule 38
    state = replace(state, moves=counting)
    details = {"reason": CorrectionReason.WITHDRAWN, "withdrawn": command.withdrawn_id}
    outcome = _rewrite(state, command, Code.WITHDRAWN, Event.CORRECTED, change, row.version, details)
    if held is None or not done.was_temporary:
        return outcome
    terms = terms_from(command.offered_on, reference)  # rule 34: what goes on as temporary gets a new term
    return replace(outcome, state=replace(outcome.state, terms=terms))


def lift_block(state: PatientState, command: Command, ground: UnblockGround, version: int) -> Outcome:
    """Ends a block if there is one, and forgets what led to it (rule 39)."""
    if state.blocked_on is None:
        return Outcome(state, ())
    free = replace(state, blocked_on=None, moves=())
    details = {"ground": ground}
    return happened(free, command, Code.UNBLOCKED, Event.UNBLOCKED, version, status=None, details=details)


def _in_the_past(command: CorrectCommand) -> bool:
    """Whether a correction is about days gone by; until further notice, or until a day before today."""
    if command.valid_until is None:
        return command.valid_from <= command.offered_on
    return command.valid_from <= command.valid_until < command.offered_on


def _why_not_withdrawn(state: PatientState, command: WithdrawCommand, days_max: int) -> Code | None:
    history = state.history or ()
    done = next((d for d in history if d.command_id == command.withdrawn_id), None)
    if done is None or done.party != command.party or done.event not in WITHDRAWABLE:
        return Code.NOTHING_TO_WITHDRAW
    if done is not history[-1]:
        return Code.BUILT_UPON
    if state.blocked_on is not None:
        return Code.PATIENT_BLOCKED
    if (command.offered_on - done.offered_on).days > days_max:
        return Code.WITHDRAW_TERM_OVER
    return None


def _last_disputed_day(state: PatientState, command: RulingCommand) -> date | None:
    held = registrations(state.history or ())
    others = [span.since for span in held if span.since > command.on_date and span.code not in command.parties]
    ends = [span.until + ONE_DAY for span in held if span.until is not None and span.until >= command.on_date]
    first = min([*others, *(day for day in ends if code_on(held, day) is None)], default=None)
    return None if first is None else first - ONE_DAY


def _rewrite(
    state: PatientState,
    command: Command,
    code: Code,
    event: Event,
    change: Change,
    version: int,
    details: Mapping[str, object],
) -> Outcome:
    assert state.history is not None, "loaded for commands that rewrite the past"
    known = registrations(state.history)
    replaced = within(known, change.valid_from, change.valid_until)
    if _is_so(replaced, change):
        return refused(state, command, Code.NOTHING_TO_CORRECT, version, agb_code=change.holder)
    change = _continuing(change, known)
    after = _as_it_is_now(state, lay_over(known, change))
    return happened(
        after,
        command,
        code,
        event,
        version,
        status=Status.ACCEPTED,
        agb_code=change.holder,
        since=change.since,
        change=change,
        replaced=replaced,
        details={**details, **insurers_within(state, change.valid_from, change.valid_until)},
    )


def _is_so(replaced: tuple[Span, ...], change: Change) -> bool:
    """Whether the register has it like that already."""
    if change.holder is None:
        return not replaced
    return len(replaced) == 1 and replaced[0] == Span(change.holder, change.valid_from, change.valid_until)


def _continuing(change: Change, known: tuple[Span, ...]) -> Change:
    """A GP who had the patient on the day before goes on with that registration."""
    if change.holder is None or change.since is not None:
        return change
    new = Span(change.holder, change.valid_from, change.valid_until)
    outside = overlay(known, None, change.valid_from, change.valid_until)
    before = next((span for span in outside if span.code == new.code and touches(span, new)), None)
    return replace(change, since=before.since if before else change.valid_from)


def _as_it_is_now(state: PatientState, spans: tuple[Span, ...]) -> PatientState:
    """Returns the state with these registrations; who made one that was rewritten is not known."""
    active = next((span for span in spans if span.until is None), None)
    ended = [span.until for span in spans if span.until is not None]
    same = active is not None and active.code == state.agb_code
    return replace(
        state,
        agb_code=active.code if active else None,
        since=active.since if active else None,
        last_end=max(ended, default=None),
        party=state.party if same else None,
        terms=state.terms if same else None,
    )
