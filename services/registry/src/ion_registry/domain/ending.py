"""How a registration ends without another one: deregistration, and the terms of temporary ones (rules 9, 30, 34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ion_contracts.messages import EndReason, Status
from ion_registry.domain.calendar import ONE_DAY, process_on
from ion_registry.domain.command import AskCommand, Command, DeregisterCommand, EndCommand, ExtendCommand
from ion_registry.domain.entry import Change, Code, Event
from ion_registry.domain.insurance import insurers_after
from ion_registry.domain.outcome import Outcome, accepted, happened, refused
from ion_registry.domain.reference import Reference
from ion_registry.domain.registering import defer, terms_from
from ion_registry.domain.spans import Span, code_on
from ion_registry.domain.state import PatientState


def deregister(state: PatientState, command: DeregisterCommand, reference: Reference) -> Outcome:
    """Ends the registration on the day before the one of offering, so that another can begin on it (rule 30)."""
    version = reference.policy.row_on(command.offered_on).version
    if state.agb_code != command.agb_code or state.since is None:
        return refused(state, command, Code.NOT_REGISTERED_HERE, version)
    due_on = process_on(command.offered_on, reference.policy)
    if due_on is not None:  # rule 6
        return defer(state, command, due_on, version)
    if state.since >= command.offered_on:
        return refused(state, command, Code.BEGAN_TODAY, version)
    reason = EndReason(command.reason.value)
    return end(state, command, Code.DEREGISTERED, Event.ENDED, version, reason=reason)


def ask(state: PatientState, command: AskCommand, reference: Reference) -> Outcome:
    """Asks the GP for what is missing, once for each term (rule 34)."""
    version = reference.policy.row_on(command.offered_on).version
    if state.terms is None or state.terms.ask_on != command.offered_on:
        return Outcome(state, ())
    asked = replace(state, terms=replace(state.terms, ask_on=None))
    details = {"endsOn": state.terms.end_on}
    return happened(
        asked,
        command,
        Code.TEMPORARY_DUE,
        Event.TEMPORARY_DUE,
        version,
        status=None,
        agb_code=state.agb_code,
        since=state.since,
        details=details,
    )


def expire(state: PatientState, command: EndCommand, reference: Reference) -> Outcome:
    """Ends a temporary registration that nobody extended or completed (rule 34)."""
    version = reference.policy.row_on(command.offered_on).version
    if state.terms is None or state.terms.end_on != command.offered_on:
        return Outcome(state, ())
    return end(state, command, Code.TEMPORARY_EXPIRED, Event.TEMPORARY_EXPIRED, version, status=None)


def extend(state: PatientState, command: ExtendCommand, reference: Reference) -> Outcome:
    """Starts the term again from the day of offering (rule 34)."""
    version = reference.policy.row_on(command.offered_on).version
    if state.terms is None or state.agb_code != command.agb_code:
        return refused(state, command, Code.NOT_TEMPORARY, version)
    terms = terms_from(command.offered_on, reference)
    if terms.end_on < state.terms.end_on:  # one that arrived late
        terms = state.terms
    details = {"endsOn": terms.end_on}
    extended = replace(state, terms=terms)
    return accepted(extended, command, Code.EXTENDED, version, since=state.since, details=details)


def end(
    state: PatientState,
    command: Command,
    code: Code,
    event: Event,
    version: int,
    *,
    reason: EndReason | None = None,
    status: Status | None = Status.ACCEPTED,
    merged_into: object = None,
) -> Outcome:
    """Ends the active registration on the day before the command's, but never before its own first day is over.

    That happens to a temporary registration that moved to another code when its term was over already.
    """
    assert state.agb_code is not None
    assert state.since is not None
    first_day: date = max(command.offered_on, state.since + ONE_DAY)
    last_day = first_day - ONE_DAY
    without = replace(state, agb_code=None, since=None, party=None, terms=None, last_end=last_day)
    details: dict[str, object] = {"reason": reason, "mergedInto": merged_into}
    if state.terms is not None and event is Event.ENDED and merged_into is None:
        details["wasTemporary"] = True
    return happened(
        without,
        command,
        code,
        event,
        version,
        status=status,
        agb_code=state.agb_code,
        change=Change(None, first_day),
        replaced=(Span(state.agb_code, state.since, last_day),),
        previous_uzovi=code_on(state.insurance, last_day),
        details={name: value for name, value in details.items() if value is not None} | insurers_after(state, last_day),
    )
