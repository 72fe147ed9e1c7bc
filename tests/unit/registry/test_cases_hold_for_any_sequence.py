"""Whatever steps come, in whatever order: a case never reaches a state that the rules forbid."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from ion_contracts.messages import cases as steps
from ion_registry.domain.calendar import ONE_DAY
from ion_registry.domain.case import Case, CaseState
from ion_registry.domain.case_code import CaseCode
from ion_registry.domain.exclusion import EXCLUSION_DAYS_MAX, Exclusion
from ion_registry.domain.take_step import Known
from tests.unit.registry import made_cases as made

FIRST_DAY = date(2026, 12, 10)
ORDER = list(CaseState)

days = st.integers(0, 45).map(lambda number: FIRST_DAY + number * ONE_DAY)
agb_codes = st.sampled_from([made.REQUESTER, made.OTHER, made.REQUESTER, made.OTHER, made.STRANGER])
any_step: st.SearchStrategy[steps.Step] = st.one_of(
    st.just(made.opened()),
    st.builds(lambda on_date: made.opened(on_date=on_date), days),
    st.builds(made.contacted),
    st.builds(made.statement, agb_codes),
    st.builds(made.heard, agb_codes, days, declined=st.booleans()),
    st.builds(made.heard, agb_codes, days, declined=st.booleans()),
    st.builds(made.wish, agb_codes),
    st.builds(made.extended, days),
    st.builds(made.ruled, agb_codes),
    st.builds(made.published),
    st.builds(made.withdrawn),
    st.builds(made.excluded, days, days, agb_codes),
    st.builds(made.lifted, agb_codes),
)
offers = st.tuples(any_step, days, st.sampled_from([True, True, True, False]))
ruling_way: list[tuple[steps.Step, date, bool]] = [
    (made.opened(on_date=FIRST_DAY), FIRST_DAY, False),
    (made.heard(made.REQUESTER, FIRST_DAY), FIRST_DAY, True),
    (made.heard(made.OTHER, FIRST_DAY), FIRST_DAY, True),
    (made.wish(), FIRST_DAY, True),
    (made.ruled(), FIRST_DAY, True),
]
# From anywhere on the way to a ruling, so that the steps behind it are reached as often as those before.
sequences = st.builds(
    lambda taken, rest: ruling_way[:taken] + rest, st.integers(0, len(ruling_way)), st.lists(offers, max_size=25)
)


@settings(max_examples=600)
@given(sequences, st.booleans())
def test_any_sequence_of_steps_keeps_the_case_legal(
    offered: list[tuple[steps.Step, date, bool]], in_order: bool
) -> None:
    case: Case | None = None
    exclusions: list[Exclusion] = []
    rulings = taken = 0
    for step, day, office in sorted(offered, key=lambda offer: offer[1]) if in_order else offered:
        decision = made.take(case, step, day, office=office, known=Known(made.PATIENT, tuple(exclusions)))
        taken += decision.accepted
        rulings += decision.ruling is not None
        assert (decision.ruling is not None) == (decision.code is CaseCode.RULING_GIVEN)
        if not decision.accepted:
            assert decision.case is case
        elif case is not None and decision.case is not None:
            assert ORDER.index(decision.case.state) >= ORDER.index(case.state)
        case = decision.case
        for ended in decision.lifted:
            exclusions.remove(ended)
            exclusions += [rest] if (rest := ended.lifted_on(day)) else []
        exclusions += [decision.excluded] if decision.excluded else []
        assert_exclusions_are_legal(exclusions)
    assert rulings <= 1
    if case is None:
        assert taken == 0
        return
    assert case.steps == taken
    assert (rulings == 1) == (case.ruled_on is not None)
    assert_case_is_legal(case)


def assert_exclusions_are_legal(exclusions: list[Exclusion]) -> None:
    for number, one in enumerate(exclusions):
        assert one.agb_code != made.STRANGER
        assert 0 <= (one.until - one.since).days < EXCLUSION_DAYS_MAX
        assert not any(one.agb_code == other.agb_code and one.overlaps(other) for other in exclusions[:number])


def assert_case_is_legal(case: Case) -> None:
    assert case.heard <= set(case.parties)
    assert case.wish in (None, *case.parties)
    assert case.opened_on < case.contact_due
    assert case.opened_on < case.ruling_due
    if case.ruled_on is not None:
        assert case.heard == set(case.parties)
        assert case.ruled == case.wish
        assert case.withdrawn_on is None
    if case.published_on is not None:
        assert case.ruled_on is not None
    for day in (case.contacted_on, case.extended_on, case.ruled_on, case.published_on, case.withdrawn_on):
        assert day is None or day >= case.opened_on
