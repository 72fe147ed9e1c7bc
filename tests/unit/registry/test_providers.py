"""What the rules ask of a care provider, and what an import calls its change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ion_contracts.messages import CareProvider, ProviderKind
from ion_registry.domain.provider import Provider
from ion_registry.domain.provider_changes import ChangeKind, Difference, compare, disappearance
from tests.unit.registry.made_providers import ARTS, LINDE

FIRST, LAST = date(2020, 1, 1), date(2027, 3, 14)
ONE_DAY = timedelta(days=1)


def provider(active_from: date | None, active_until: date | None) -> Provider:
    successor = "01034567" if active_until else None
    return Provider("01023456", ProviderKind.PRACTICE, active_from, active_until, successor, version=1)


@pytest.mark.parametrize(
    ("active_from", "active_until", "day", "expected"),
    [
        (FIRST, LAST, FIRST - ONE_DAY, False),
        (FIRST, LAST, FIRST, True),
        (FIRST, LAST, LAST, True),
        (FIRST, LAST, LAST + ONE_DAY, False),
        (None, LAST, date.min, True),
        (FIRST, None, date.max, True),
        (None, None, FIRST, True),
    ],
)
def test_a_code_is_in_use_from_its_first_through_its_last_day(
    active_from: date | None, active_until: date | None, day: date, expected: bool
) -> None:
    assert provider(active_from, active_until).active_on(day) is expected


def test_a_change_tells_which_fields_it_changes_from_what_to_what() -> None:
    old = CareProvider.model_validate(ARTS)
    ended = {"agbCode": "01023456", "since": "2016-01-01", "until": "2027-03-14"}
    new = CareProvider.model_validate({**ARTS, "city": "Anderstad", "associations": [ended]})
    change = compare(old, new)
    assert change is not None
    assert change.kind is ChangeKind.CHANGED
    assert change.differences() == [
        Difference("city", "Voorbeeldstad", "Anderstad"),
        Difference("associations", "01023456 2016-01-01", "01023456 2016-01-01 2027-03-14"),
    ]


def test_the_kinds_of_change_are_told_apart() -> None:
    known = CareProvider.model_validate(LINDE)
    ended = CareProvider.model_validate({**LINDE, "activeUntil": "2027-03-14"})
    kinds = [
        change.kind if change else None
        for change in (compare(None, known), compare(known, known), compare(known, ended), compare(ended, known))
    ]
    assert kinds == [ChangeKind.NEW, None, ChangeKind.ENDED, ChangeKind.CHANGED]


def test_who_disappears_ends_but_never_before_they_began() -> None:
    known = CareProvider.model_validate({**LINDE, "activeFrom": "2027-03-20"})
    assert disappearance(known, date(2027, 3, 25)).provider.active_until == date(2027, 3, 25)
    assert disappearance(known, date(2027, 3, 14)).provider.active_until == date(2027, 3, 20)
