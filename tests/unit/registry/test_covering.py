"""Who is insured where, as the insurers say it: rules 43 and 57."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ion_contracts.messages import Status
from ion_registry.domain.command import CoverageCommand
from ion_registry.domain.decide import decide
from ion_registry.domain.entry import Code
from ion_registry.domain.spans import Span
from ion_registry.domain.state import PatientState
from tests.unit.registry.made_commands import (
    JANUARY_5,
    OPEN_DAY,
    PRACTICE_A,
    PRACTICE_B,
    REFERENCE,
    after,
    codes,
    coverage,
    deregister,
    patient_of,
    register,
    unknown_patient,
)

FEBRUARY_1, MAY_1 = date(2027, 2, 1), date(2027, 5, 1)
ONE_DAY = timedelta(days=1)
INSURED = patient_of(PRACTICE_A, JANUARY_5, uzovi="3311")


def test_rule_43_a_change_of_insurer_is_told_to_both_on_the_day_that_it_takes_effect() -> None:
    decision = decide(INSURED, coverage("7119", FEBRUARY_1), REFERENCE)
    (entry,) = decision.entries
    assert (entry.status, entry.code, entry.event) == (Status.ACCEPTED, Code.INSURANCE_RECORDED, None)
    assert (entry.agb_code, entry.since) == (PRACTICE_A, JANUARY_5)
    assert (entry.previous_uzovi, entry.uzovi) == ("3311", "7119")
    assert entry.details == {"insuredFrom": FEBRUARY_1}
    assert decision.state.insurance == (Span("3311", JANUARY_5, FEBRUARY_1 - ONE_DAY), Span("7119", FEBRUARY_1))


def test_rule_43_an_insurer_hears_of_a_registration_from_its_start_and_of_nothing_before() -> None:
    decision = decide(patient_of(PRACTICE_A, uzovi=None), coverage("7119", date(2020, 1, 1)), REFERENCE)
    assert decision.entries[0].details == {"insuredFrom": JANUARY_5}
    assert (decision.entries[0].previous_uzovi, decision.entries[0].uzovi) == (None, "7119")


@pytest.mark.parametrize(
    ("state", "command"),
    [
        (unknown_patient(), coverage("7119", FEBRUARY_1)),
        (INSURED, coverage("7119", date(2020, 1, 1), date(2020, 12, 31))),
    ],
)
def test_rule_43_without_a_registration_in_these_days_no_insurer_hears_anything(
    state: PatientState, command: CoverageCommand
) -> None:
    (entry,) = decide(state, command, REFERENCE).entries
    assert entry.code is Code.INSURANCE_RECORDED
    assert (entry.agb_code, entry.uzovi, entry.previous_uzovi, entry.details) == (None, None, None, {})


def test_rule_43_the_end_of_an_insurance_is_told_to_the_insurer_that_lost_the_person() -> None:
    decision = decide(INSURED, coverage(None, FEBRUARY_1), REFERENCE)
    assert (decision.entries[0].previous_uzovi, decision.entries[0].uzovi) == ("3311", None)
    assert decision.state.insurance == (Span("3311", JANUARY_5, FEBRUARY_1 - ONE_DAY),)


def test_rule_57_no_insurance_ever_changes_the_registration() -> None:
    for command in (coverage("7119", FEBRUARY_1), coverage(None, JANUARY_5), coverage("3311", FEBRUARY_1, MAY_1)):
        state = after(INSURED, command)
        assert (state.agb_code, state.since, state.sequence) == (PRACTICE_A, JANUARY_5, 1)


@pytest.mark.parametrize("command", [coverage("3311", FEBRUARY_1), coverage("3311", JANUARY_5, FEBRUARY_1)])
def test_what_was_known_already_changes_nothing(command: CoverageCommand) -> None:
    decision = decide(INSURED, command, REFERENCE)
    assert (codes(decision), decision.state) == ([Code.INSURANCE_UNCHANGED], INSURED)
    assert decision.entries[0].status is Status.ACCEPTED


def test_an_insurance_that_ends_before_it_begins_is_refused() -> None:
    decision = decide(INSURED, coverage("7119", FEBRUARY_1, JANUARY_5), REFERENCE)
    assert (decision.entries[0].status, codes(decision)) == (Status.REFUSED, [Code.WRONG_PERIOD])
    assert decision.state == INSURED


def test_a_coverage_check_never_overwrites_a_later_insurance_that_is_known() -> None:
    state = after(INSURED, coverage("7119", MAY_1), register(PRACTICE_B, OPEN_DAY, uzovi="0101"))
    assert state.insurance == (
        Span("3311", JANUARY_5, OPEN_DAY - ONE_DAY),
        Span("0101", OPEN_DAY, MAY_1 - ONE_DAY),
        Span("7119", MAY_1),
    )


def test_rule_43_a_transfer_is_told_by_the_insurance_of_each_day() -> None:
    state = after(INSURED, coverage("7119", OPEN_DAY))
    (entry,) = decide(state, register(PRACTICE_B, OPEN_DAY, uzovi=None), REFERENCE).entries
    assert (entry.previous_uzovi, entry.uzovi) == ("3311", "7119")


def test_rule_43_an_insurer_found_while_the_gp_has_the_patient_already_hears_of_the_registration() -> None:
    decision = decide(patient_of(PRACTICE_A, uzovi=None), register(PRACTICE_A, OPEN_DAY, uzovi="7119"), REFERENCE)
    (entry,) = decision.entries
    assert (entry.code, entry.event) == (Code.ALREADY_REGISTERED, None)
    assert (entry.uzovi, entry.details) == ("7119", {"insuredFrom": OPEN_DAY})


def test_rule_43_who_insures_the_patient_later_hears_of_a_transfer_before_that_day() -> None:
    changing = decide(INSURED, coverage("7119", date(2028, 1, 1)), REFERENCE).state
    (moved,) = decide(changing, register(PRACTICE_B, OPEN_DAY), REFERENCE).entries
    assert moved.details["laterInsurers"] == [["7119", date(2028, 1, 1), None]]
    (ended,) = decide(changing, deregister(PRACTICE_A, OPEN_DAY), REFERENCE).entries
    assert ended.details["laterInsurers"] == [["7119", date(2028, 1, 1), None]]


def test_rule_43_the_insurer_of_a_registration_that_began_earlier_hears_of_it_once() -> None:
    (entry,) = decide(unknown_patient(), register(PRACTICE_A, OPEN_DAY, JANUARY_5), REFERENCE).entries
    assert (entry.since, entry.uzovi) == (JANUARY_5, None)
    assert entry.details == {"laterInsurers": [["3311", OPEN_DAY, None]]}


def test_rule_43_who_was_to_insure_the_patient_later_and_will_not_hears_of_that() -> None:
    changing = decide(INSURED, coverage("7119", MAY_1), REFERENCE).state
    (entry,) = decide(changing, coverage("0101", FEBRUARY_1), REFERENCE).entries
    assert entry.details == {"insuredFrom": FEBRUARY_1, "formerInsurers": [["7119", MAY_1, None]]}
    (stays,) = decide(changing, coverage("3311", FEBRUARY_1), REFERENCE).entries
    assert (stays.previous_uzovi, stays.uzovi, stays.details) == ("3311", "3311", entry.details)
    (earlier,) = decide(changing, coverage("7119", FEBRUARY_1), REFERENCE).entries
    assert earlier.details == {"insuredFrom": FEBRUARY_1}


def test_rule_43_who_insures_the_patient_again_after_an_insurance_with_a_last_day_hears_of_that() -> None:
    for uzovi in ("7119", None):
        (entry,) = decide(INSURED, coverage(uzovi, FEBRUARY_1, OPEN_DAY), REFERENCE).entries
        assert (entry.previous_uzovi, entry.uzovi) == ("3311", uzovi)
        assert entry.details == {
            "insuredFrom": FEBRUARY_1,
            "laterInsurers": [["3311", OPEN_DAY + ONE_DAY, None]],
        }
