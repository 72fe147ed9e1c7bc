"""What must hold of the care providers of a file together, and with what the register knows already."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from ion_contracts.messages import ProviderKind
from ion_registry.domain.provider_checks import Known, check_together
from tests.unit.registry.made_providers import ARTS, EIK, LINDE, codes_of, json_lines, read

PERSON, PRACTICE = ProviderKind.PERSON, ProviderKind.PRACTICE


def faults(
    *rows: Mapping[str, Any],
    kinds: Mapping[str, ProviderKind] | None = None,
    successors: Mapping[str, str] | None = None,
    persons_of: Mapping[str, Set[str]] | None = None,
    unread: Set[str] = frozenset(),
) -> list[tuple[int, str, str]]:
    file = read(json_lines(*rows))
    assert not file.faults.total
    known = Known(kinds=kinds or {}, successors=successors or {}, persons_of=persons_of or {}, unread=unread)
    return codes_of(sorted(check_together(file.providers, known)))


def stopped(row: Mapping[str, Any], successor: str) -> dict[str, Any]:
    return {**row, "activeUntil": "2027-03-14", "successor": successor}


def test_an_association_may_name_a_practice_of_the_file_or_of_the_register() -> None:
    assert faults(ARTS, LINDE) == []
    assert faults(ARTS, kinds={"01023456": PRACTICE}) == []
    assert faults(ARTS) == [(1, "associations 1, agbCode", "association-unknown")]


def test_a_code_on_a_line_with_another_error_is_not_called_unknown() -> None:
    assert faults(ARTS, stopped(EIK, "01099999"), unread={"01023456", "01099999"}) == []


def test_an_association_with_a_person_is_refused_and_the_file_goes_before_the_register() -> None:
    expected = [(1, "associations 1, agbCode", "association-with-a-person")]
    assert faults(ARTS, kinds={"01023456": PERSON}) == expected
    assert faults(ARTS, {**LINDE, "kind": "person"}, kinds={"01023456": PRACTICE}) == expected
    assert faults(ARTS, LINDE, kinds={"01023456": PERSON}) == []


def test_a_successor_must_be_known() -> None:
    assert faults(stopped(LINDE, "01034567")) == [(1, "successor", "successor-unknown")]
    assert faults(stopped(LINDE, "01034567"), kinds={"01034567": PRACTICE}) == []


def test_successors_in_a_circle_are_told_on_each_of_their_lines() -> None:
    circle = [stopped(LINDE, "01034567"), stopped(EIK, "01045678"), {**stopped(ARTS, "01023456"), "associations": []}]
    assert faults(*circle) == [(line, "successor", "successor-cycle") for line in (1, 2, 3)]


def test_a_circle_through_the_register_is_found_and_what_leads_to_it_is_not_blamed() -> None:
    kinds = {"01034567": PRACTICE, "01050000": PRACTICE}
    leading = stopped({**EIK, "agbCode": "01060000"}, "01023456")
    found = faults(
        leading,
        stopped(LINDE, "01034567"),
        kinds=kinds,
        successors={"01034567": "01050000", "01050000": "01023456"},
    )
    assert found == [(2, "successor", "successor-cycle")]


def test_a_file_that_breaks_a_circle_is_right() -> None:
    assert faults(LINDE, stopped(EIK, "01023456"), successors={"01023456": "01034567"}) == []


def test_a_practice_of_persons_outside_the_file_cannot_become_a_person() -> None:
    person = {**LINDE, "kind": "person"}
    assert faults(person, persons_of={"01023456": {"01045678"}}) == [(1, "kind", "still-associated")]
    assert faults(person, {**ARTS, "associations": []}, persons_of={"01023456": {"01045678"}}) == []
