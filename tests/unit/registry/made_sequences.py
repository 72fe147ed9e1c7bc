"""Sequences of any commands, in any order, for a person and a temporary patient, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from ion_contracts.messages import Mode
from ion_registry.domain.command import Command, CorrectCommand, RulingCommand, WithdrawCommand
from ion_registry.domain.decide import Decision, decide
from ion_registry.domain.policy import DEFAULT_POLICY, ClosedDays, Policy, PolicyRow
from ion_registry.domain.reference import Reference
from ion_registry.domain.state import PatientState
from tests.unit.registry.made_commands import (
    EXCLUDED,
    LAST_AND_FIRST,
    PATIENT,
    PERSON,
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    SECOND_CODE_OF_A,
    STOPPED,
    TEMPORARY_PATIENT,
    UNKNOWN,
    ask,
    by_id,
    complete,
    correct,
    coverage,
    deregister,
    expire,
    extend,
    move,
    policy_of,
    reference,
    register,
    register_temporary,
    remove,
    ruling,
    settle,
    temporary_of,
    unblock,
    withdraw,
)

FIRST_DAY = date(2027, 3, 27)
AFTER_ALL = date(2028, 1, 15)
CHANGED_POLICY = Policy(
    (
        DEFAULT_POLICY.rows[1],
        PolicyRow(3, date(2027, 3, 31), ClosedDays.LAST_AND_FIRST_DAY, True, 2, 3, 0, 1, 2),
        PolicyRow(4, date(2027, 4, 3), ClosedDays.FIRST_DAY, True, 3, 30, 1, 2, 14),
    )
)
STRICT_POLICY = policy_of(ping_pong_transfers=2, temporary_ask_months=0, temporary_end_months=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """One command, the state that it met and what was decided; `other` is the temporary patient when it was given."""

    command: Command
    before: PatientState
    decision: Decision
    other: PatientState | None
    reference: Reference


def name_of(number: int) -> str:
    """Returns the command id of a step."""
    return f"step-{number}"


# A step is a number: what it does is drawn from a generator seeded with it, once its state is known. That is many times
# faster than to let hypothesis draw each value, and hypothesis still finds the fewest steps that break a promise.
sequences = st.lists(st.integers(0, 99_999), min_size=15, max_size=40)
policies = st.sampled_from([DEFAULT_POLICY, LAST_AND_FIRST, CHANGED_POLICY, STRICT_POLICY])

PRACTICES = (PRACTICE_A, PRACTICE_A, PRACTICE_B, PRACTICE_B, PRACTICE_C, SECOND_CODE_OF_A)
UNFIT = (STOPPED, EXCLUDED, PERSON, UNKNOWN)
WEIGHTS = {
    "register": 14,
    "register_temporary": 4,
    "deregister": 5,
    "move": 2,
    "extend": 2,
    "complete": 3,
    "withdraw": 4,
    "coverage": 3,
    "correct": 3,
    "ruling": 1,
    "unblock": 2,
    "remove": 1,
    "settle": 2,
    "timer": 3,
}


def make(seed: int, number: int, state: PatientState, temporary: PatientState) -> Command:
    """Returns a command that makes sense for the state more often than not, on a day that seldom goes back."""
    drawn = Random(seed)
    kind = drawn.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    if state.patient_id == TEMPORARY_PATIENT and state.agb_code is None and drawn.random() < 0.6:
        kind = "register_temporary"
    shift = number // 3 + drawn.choice([0, 0, 0, 0, 1, -1, -3]) if drawn.random() < 0.9 else drawn.randint(0, 12)
    day = FIRST_DAY + timedelta(days=shift)
    code = drawn.choice(PRACTICES if drawn.random() < 0.93 else UNFIT)
    own = state.agb_code if state.agb_code and drawn.random() < 0.85 else code
    since = day + timedelta(days=drawn.randint(-6, 1))
    until = drawn.choice([None, since, since + timedelta(days=drawn.randint(-1, 5))])
    uzovi = drawn.choice(["3311", "7119", None])
    start = drawn.choice([None, None, None, None, day, day - timedelta(days=drawn.randint(1, 4)), since])
    office = drawn.random() < 0.95
    name = name_of(number)
    match kind:
        case "register":
            mode = drawn.choice(list(Mode)) if drawn.random() < 0.1 else None
            return register(code, day, start, uzovi=uzovi, mode=mode, command_id=name)
        case "register_temporary":
            return register_temporary(code, day, start, command_id=name)
        case "deregister":
            return deregister(own, day, command_id=name)
        case "move":
            if state.terms is not None and drawn.random() < 0.5:  # the timer of the term may be later than the move
                day = state.terms.end_on + timedelta(days=drawn.randint(0, 2))
            return move(own, code, day, command_id=name)
        case "extend":
            return extend(own, day, command_id=name)
        case "complete":
            if temporary.since is not None and drawn.random() < 0.5:
                day = temporary.since
            return complete(temporary.agb_code or code, day, command_id=name)
        case "withdraw":
            return _withdraw(drawn, day, number, state)
        case "coverage":
            return coverage(uzovi, since, until, offered_on=day, command_id=name)
        case "correct":
            holder = drawn.choice([code, own, None])
            return correct(holder, since, until, offered_on=day, office=office, command_id=name)
        case "ruling":
            parties = (code, drawn.choice(PRACTICES))
            return ruling(code, since, parties, offered_on=day, office=office, command_id=name)
        case "unblock":
            return unblock(code, day, office=office, command_id=name)
        case "remove":
            return remove(day, office=office, command_id=name)
        case "settle":
            return settle(day, command_id=name)
        case _:
            terms = state.terms
            if drawn.random() < 0.5:
                return ask(terms.ask_on if terms and terms.ask_on else day, command_id=name)
            return expire(terms.end_on if terms else day, command_id=name)


def _withdraw(drawn: Random, day: date, number: int, state: PatientState) -> Command:
    """Withdraws what waits, the last that changed something, or any step; mostly as the party that offered it."""
    parties = {done.command_id: done.party for done in state.history or ()}
    waiting = {one.command.command_id: one.command.party for one in state.waiting}
    known = list(waiting) or list(parties)[-1:]
    withdrawn = drawn.choice(known) if known and drawn.random() < 0.8 else name_of(drawn.randint(0, number))
    party = (parties | waiting).get(withdrawn) if drawn.random() < 0.9 else None
    return withdraw(withdrawn, PRACTICE_A, day, party=party, command_id=name_of(number))


def run(steps: list[int], policy: Policy) -> list[Judged]:
    """Judges all, every fifth twice, and then settles what still waits and ends what is temporary."""
    by = reference(policy)
    states = {True: PatientState(PATIENT, history=()), False: PatientState(TEMPORARY_PATIENT, history=())}
    judged: list[Judged] = []

    def take(for_person: bool, command: Command) -> None:
        before, other = states[for_person], states[False] if for_person else None
        decision = decide(before, command, by, by_id(other))
        judged.append(Judged(command, before, decision, other, by))
        states[for_person] = decision.state
        temporary = temporary_of(decision)
        if temporary is not None:
            states[False] = temporary

    for number, seed in enumerate(steps):
        for_person = seed % 4 != 0
        take(for_person, make(seed, number, states[for_person], states[False]))
        if number % 5 == 4:  # the same, offered again
            take(for_person, replace(judged[-1].command, command_id=f"{name_of(number)}-again"))
    for for_person in (True, False):
        take(for_person, settle(AFTER_ALL, command_id=f"last timer {for_person}"))
    return judged


def final(judged: list[Judged], for_person: bool) -> PatientState:
    """Returns the last state of the person or of the temporary patient."""
    patient_id = PATIENT if for_person else TEMPORARY_PATIENT
    for one in reversed(judged):
        for state in (one.decision.state, temporary_of(one.decision)):
            if state is not None and state.patient_id == patient_id:
                return state
    raise AssertionError("both have a last timer")


def needs_history(command: Command) -> bool:
    """Whether the register loads the history to judge this command."""
    return isinstance(command, WithdrawCommand | CorrectCommand | RulingCommand)
