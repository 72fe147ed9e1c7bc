"""The register against a model that paints days: thousands of steps, the same outcomes, the same holder on each day."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ion_registry.domain.calendar import months_later, open_day
from ion_registry.domain.command import Command
from ion_registry.domain.decide import decide
from ion_registry.domain.spans import code_on
from ion_registry.domain.state import PatientState, registrations
from tests.unit.registry.made_commands import (
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    deregister,
    expire,
    extend,
    policy_of,
    reference,
    register,
    register_temporary,
    settle,
)
from tests.unit.registry.painted_days import DAY, Painted

FIRST_DAY, HORIZON = date(2027, 3, 24), date(2027, 8, 31)
LAST_DAY = HORIZON - timedelta(days=40)
POLICY = policy_of(temporary_ask_months=0, temporary_end_months=1)
REFERENCE = reference(POLICY)
PATIENTS = (0, 1)
ACCEPTED = {"registered", "registered-temporary", "transferred", "already-registered", "deregistered"}

patients = st.sampled_from(PATIENTS)
codes = st.sampled_from([PRACTICE_A, PRACTICE_A, PRACTICE_B, PRACTICE_B, PRACTICE_C])
late = st.sampled_from([0, 0, 0, 0, 0, 1, 2, 5])
shifts = st.sampled_from([None, None, None, None, 0, -1, -4, 1])


def term_end(offered: date) -> date:
    """Rule 34: some months later, on an open day."""
    return open_day(months_later(offered, 1), POLICY)


class RegisterAgainstPaintedDays(RuleBasedStateMachine):
    """Days go on by one or by many; commands come on the day, or late; timers come on time, late, or not at all."""

    @initialize()
    def begin(self) -> None:
        self.today = FIRST_DAY
        self.states = [PatientState(UUID(int=number + 1), history=()) for number in PATIENTS]
        self.painted = [Painted(HORIZON) for _ in PATIENTS]

    def compare(self, patient: int, command: Command, expected: list[str]) -> None:
        """Decides, and compares what is said with what the model says, after what was due by then."""
        decision = decide(self.states[patient], command, REFERENCE)
        self.states[patient] = decision.state
        assert [entry.code for entry in decision.entries] == expected

    def settled(self, patient: int, day: date) -> list[str]:
        """Rule 6 in the model: what is due comes first, in the order it came, dated on its second day."""
        painted = self.painted[patient]
        due = [one for one in painted.waiting if one[2] <= day]
        painted.waiting = [one for one in painted.waiting if one[2] > day]
        told: list[str] = []
        for kind, code, on in due:
            if kind == "deregister":
                came = painted.deregister(code, on)
            else:
                came = painted.register(code, on, on, term_end(on) if kind == "register-temporary" else None)
            told += came if came[0] in ACCEPTED else ["no-longer-possible"]
        return told

    @rule(days=st.sampled_from([1, 1, 1, 2, 5, 20]))
    def days_go_on(self, days: int) -> None:
        self.today = min(self.today + timedelta(days=days), LAST_DAY)

    @rule(patient=patients, code=codes, days_late=late, shift=shifts)
    def somebody_registers(self, patient: int, code: str, days_late: int, shift: int | None) -> None:
        offered = self.today - timedelta(days=days_late)
        start = None if shift is None else offered + timedelta(days=shift)
        told = self.settled(patient, offered)
        told += self.painted[patient].register(code, offered, start or offered)
        self.compare(patient, register(code, offered, start, uzovi=None), told)

    @rule(patient=patients, code=codes, shift=shifts)
    def somebody_registers_temporarily(self, patient: int, code: str, shift: int | None) -> None:
        start = None if shift is None else self.today + timedelta(days=shift)
        told = self.settled(patient, self.today)
        told += self.painted[patient].register(code, self.today, start or self.today, term_end(self.today))
        self.compare(patient, register_temporary(code, self.today, start), told)

    @rule(patient=patients, code=codes, is_own=st.booleans(), days_late=late)
    def somebody_deregisters(self, patient: int, code: str, is_own: bool, days_late: int) -> None:
        offered = self.today - timedelta(days=days_late)
        told = self.settled(patient, offered)
        now = self.painted[patient].now()
        code = now[0] if is_own and now else code
        told += self.painted[patient].deregister(code, offered)
        self.compare(patient, deregister(code, offered), told)

    @rule(patient=patients)
    def the_holder_extends(self, patient: int) -> None:
        told = self.settled(patient, self.today)
        painted = self.painted[patient]
        now = painted.now()
        if painted.term_end is None:
            told.append("not-temporary")
        else:
            told.append("extended")
            painted.term_end = max(painted.term_end, term_end(self.today))
        self.compare(patient, extend(now[0] if now else PRACTICE_A, self.today), told)

    @precondition(lambda self: any(painted.waiting for painted in self.painted))
    @rule(patient=patients)
    def the_timer_of_what_waits_comes(self, patient: int) -> None:
        self.compare(patient, settle(self.today), self.settled(patient, self.today))

    @precondition(lambda self: any(p.term_end and p.term_end <= self.today for p in self.painted))
    @rule()
    def the_timers_of_the_terms_come(self) -> None:
        for patient in PATIENTS:
            day = self.painted[patient].term_end
            if day is not None and day <= self.today:
                told = self.settled(patient, day)
                told += self.painted[patient].expire(day)
                self.compare(patient, expire(day), told)

    @invariant()
    def the_same_gp_has_each_patient_on_each_day(self) -> None:
        for state, painted in zip(self.states, self.painted, strict=True):
            held = registrations(state.history or ())
            now = painted.now()
            assert (state.agb_code, state.since) == (now or (None, None))
            assert (state.blocked_on is not None) is painted.is_blocked
            assert (state.terms.end_on if state.terms else None) == painted.term_end
            day = FIRST_DAY - 10 * DAY
            while day <= HORIZON:
                cell = painted.days.get(day)
                assert code_on(held, day) == (cell[0] if cell else None)
                day += DAY


TestRegisterAgainstPaintedDays = RegisterAgainstPaintedDays.TestCase
TestRegisterAgainstPaintedDays.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
