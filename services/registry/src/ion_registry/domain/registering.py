"""How a registration comes about: rules 1 to 6, 10, 28 to 31 and 38. Pure: no I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from ion_contracts.messages import Mode, Status, TransferReason
from ion_registry.domain.calendar import ONE_DAY, months_later, open_day, process_on
from ion_registry.domain.command import (
    Deferrable,
    MoveCommand,
    RegisterCommand,
    RegisterTemporaryCommand,
    WaitingCommand,
)
from ion_registry.domain.entry import Change, Code, Event
from ion_registry.domain.insurance import insured, insurers_after, told_of_insurance
from ion_registry.domain.outcome import Outcome, accepted, happened, refused
from ion_registry.domain.policy import PolicyRow
from ion_registry.domain.reference import Reference
from ion_registry.domain.spans import Span, code_on
from ion_registry.domain.state import Move, PatientState, Terms


@dataclass(frozen=True, slots=True)
class Wish:
    """The registration that a command asks for; `terms` when it is a temporary one."""

    agb_code: str
    start: date
    uzovi: str | None = None
    terms: Terms | None = None
    reason: TransferReason = TransferReason.REGISTERED_ELSEWHERE
    first_code: Code = Code.REGISTERED


def register(state: PatientState, command: RegisterCommand, reference: Reference) -> Outcome:
    """Registers by hand or automatically."""
    if command.mode is Mode.AUTOMATIC and command.uzovi is None:  # rule 10
        return refused(state, command, Code.COVERAGE_MISSING, reference.policy.row_on(command.offered_on).version)
    start = command.offered_on if command.start_date is None else command.start_date
    return grant(state, command, Wish(command.agb_code, start, command.uzovi), reference)


def register_temporary(state: PatientState, command: RegisterTemporaryCommand, reference: Reference) -> Outcome:
    """Registers with what is known (rule 33)."""
    start = command.offered_on if command.start_date is None else command.start_date
    terms = terms_from(command.offered_on, reference)
    wish = Wish(command.agb_code, start, terms=terms, first_code=Code.REGISTERED_TEMPORARY)
    return grant(state, command, wish, reference)


def move(state: PatientState, command: MoveCommand, reference: Reference) -> Outcome:
    """Moves the patient of a list to another own code (rules 29 to 31)."""
    if state.agb_code != command.from_agb_code and state.agb_code != command.agb_code:
        version = reference.policy.row_on(command.offered_on).version
        return refused(state, command, Code.NOT_REGISTERED_HERE, version)
    wish = Wish(command.agb_code, command.offered_on, terms=state.terms, reason=TransferReason.LIST_MOVED)
    return grant(state, command, wish, reference)


def terms_from(day: date, reference: Reference) -> Terms:
    """Returns when the GP of a temporary registration is asked, and its first day without, on open days (rule 34)."""
    policy, row = reference.policy, reference.policy.row_on(day)
    return Terms(
        months_later(day, row.temporary_ask_months), open_day(months_later(day, row.temporary_end_months), policy)
    )


def grant(state: PatientState, command: Deferrable, wish: Wish, reference: Reference) -> Outcome:
    """Does what a command asks for, as far as the rules allow."""
    row = reference.policy.row_on(command.offered_on)
    if wish.start > command.offered_on:  # rule 5
        return refused(state, command, Code.START_IN_FUTURE, row.version)
    if state.agb_code == wish.agb_code:  # rule 1: nothing to change
        return _meet(state, command, wish, row.version)
    if state.blocked_on is not None:  # rule 38
        return refused(state, command, Code.PATIENT_BLOCKED, row.version)
    unfit = reference.refuses(wish.agb_code, command.offered_on)
    if unfit is not None:
        return refused(state, command, unfit, row.version)
    if state.agb_code is None:
        return _first(state, command, wish, row.version)
    if wish.start < command.offered_on:  # rule 4
        return refused(state, command, Code.START_IN_PAST, row.version)
    due_on = process_on(command.offered_on, reference.policy)
    if due_on is not None:  # rule 6
        return defer(state, command, due_on, row.version)
    assert state.since is not None
    if state.since >= wish.start:  # rule 3
        return refused(state, command, Code.SECOND_REGISTRATION_SAME_DAY, row.version)
    return _transfer(state, command, wish, row)


def defer(state: PatientState, command: Deferrable, due_on: date, version: int) -> Outcome:
    """Lets a command wait for the end of a closed day (rule 6)."""
    waiting = replace(state, waiting=(*state.waiting, WaitingCommand(command, due_on)))
    outcome = accepted(waiting, command, Code.DEFERRED_CLOSED_DAY, version, process_on=due_on)
    return Outcome(waiting, (replace(outcome.first, status=Status.DEFERRED),))


def _meet(state: PatientState, command: Deferrable, wish: Wish, version: int) -> Outcome:
    """The GP has the patient already. A temporary registration becomes definite when the missing data arrive."""
    after = insured(state, wish.uzovi, command.offered_on)
    told = {"since": state.since, **told_of_insurance(state, after, command.offered_on)}
    if state.terms is not None and wish.terms is None and wish.uzovi is not None:
        definite = replace(after, terms=None)
        return happened(definite, command, Code.COMPLETED, Event.TEMPORARY_COMPLETED, version, **told)
    return accepted(after, command, Code.ALREADY_REGISTERED, version, **told)


def _first(state: PatientState, command: Deferrable, wish: Wish, version: int) -> Outcome:
    """Without an active registration the past is allowed (rule 4), and closed days do not count (rule 6)."""
    if state.last_end is not None and wish.start <= state.last_end:
        return refused(state, command, Code.OVERLAPS_EARLIER_REGISTRATION, version)
    state = replace(
        insured(state, wish.uzovi, command.offered_on),
        agb_code=wish.agb_code,
        since=wish.start,
        party=_maker(command),
        terms=wish.terms,
    )
    return happened(
        state,
        command,
        wish.first_code,
        Event.STARTED,
        version,
        since=wish.start,
        change=Change(wish.agb_code, wish.start, since=wish.start),
        uzovi=code_on(state.insurance, wish.start),
        details=({"temporary": True} if wish.terms else {}) | insurers_after(state, wish.start),
    )


def _transfer(state: PatientState, command: Deferrable, wish: Wish, row: PolicyRow) -> Outcome:
    """Rule 2: the old registration ends on the day before the new one starts."""
    assert state.agb_code is not None
    assert state.since is not None
    last_day = wish.start - ONE_DAY
    reason = wish.reason
    if reason is TransferReason.REGISTERED_ELSEWHERE and state.party == command.party:
        reason = TransferReason.OWN_CODE
    counts = reason is TransferReason.REGISTERED_ELSEWHERE
    moved = Move(wish.start, state.agb_code, wish.agb_code)
    after = replace(
        insured(state, wish.uzovi, command.offered_on),
        agb_code=wish.agb_code,
        since=wish.start,
        last_end=last_day,
        party=_maker(command),
        terms=wish.terms,
        moves=_counting(state.moves, moved, row) if counts else state.moves,
    )
    transferred = happened(
        after,
        command,
        Code.TRANSFERRED,
        Event.TRANSFERRED,
        row.version,
        since=wish.start,
        change=Change(wish.agb_code, wish.start, since=wish.start),
        replaced=(Span(state.agb_code, state.since, last_day),),
        uzovi=code_on(after.insurance, wish.start),
        previous_uzovi=code_on(state.insurance, last_day),
        details={
            "reason": reason,
            **({"temporary": True} if wish.terms else {}),
            **({"wasTemporary": True} if state.terms else {}),
            **insurers_after(after, wish.start),
        },
    )
    return _block_at_threshold(transferred, command, row) if counts else transferred


def _maker(command: Deferrable) -> str | None:
    """Returns whose registration it is; what the office registers belongs to no party that the register knows."""
    return None if command.office else command.party


def _counting(moves: tuple[Move, ...], moved: Move, row: PolicyRow) -> tuple[Move, ...]:
    """Keeps the moves that still count; moves between a party's own codes never do (rule 38)."""
    return (*(m for m in moves if (moved.day - m.day).days < row.ping_pong_days), moved)


def _block_at_threshold(transferred: Outcome, command: Deferrable, row: PolicyRow) -> Outcome:
    """Blocks the patient when the same two GPs have moved them to and fro too often (rule 38)."""
    state = transferred.state
    pair = {state.moves[-1].from_agb_code, state.moves[-1].to_agb_code}
    between = [m for m in state.moves if {m.from_agb_code, m.to_agb_code} == pair]
    if len(between) < row.ping_pong_transfers:
        return transferred
    blocked = replace(state, blocked_on=command.offered_on)
    details = {"agbCodes": sorted(pair), "blockedOn": command.offered_on}
    return transferred.then(
        happened(blocked, command, Code.PATIENT_BLOCKED, Event.BLOCKED, row.version, status=None, details=details)
    )
