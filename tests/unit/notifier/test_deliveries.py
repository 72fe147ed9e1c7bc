"""One delivery per event and purpose, recognisable for ever."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_notifier.domain.address import is_mailable
from ion_notifier.domain.delivery import Purpose, message_id_of, patient_left, reference_of
from ion_notifier.domain.dutch import dutch_date
from tests.unit.notifier.made_deliveries import NEW, PREVIOUS, made_event


def test_a_transfer_is_told_to_the_previous_gp() -> None:
    planned = patient_left(*made_event())
    assert planned.agb_code == PREVIOUS
    assert planned.new_agb_code == NEW
    assert planned.ended_on == date(2027, 3, 31)
    assert planned.purpose is Purpose.PATIENT_LEFT
    assert planned.correlation_id == "operation-1"


def test_the_same_event_always_gives_the_same_delivery() -> None:
    assert patient_left(*made_event()) == patient_left(*made_event())
    assert patient_left(*made_event("other")).delivery_id != patient_left(*made_event()).delivery_id


def test_the_delivery_id_of_an_event_never_changes_between_versions() -> None:
    assert patient_left(*made_event("event")).delivery_id == UUID("b4f102a0-c4a1-5d62-b04b-360a31a2b7fc")


@given(st.uuids())
def test_a_reference_can_be_read_out_on_the_telephone(delivery_id: UUID) -> None:
    assert re.fullmatch(r"M-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", reference_of(delivery_id))


def test_a_message_id_is_that_of_the_delivery() -> None:
    assert message_id_of(UUID(int=1), "ion.example") == "<00000000-0000-0000-0000-000000000001@ion.example>"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2027, 3, 31), "31 maart 2027"),
        (date(2028, 2, 29), "29 februari 2028"),
        (date(2027, 8, 1), "1 augustus 2027"),
        (date(2026, 12, 9), "9 december 2026"),
    ],
)
def test_a_day_is_written_as_a_dutch_reader_expects(day: date, said: str) -> None:
    assert dutch_date(day) == said


@pytest.mark.parametrize(
    "address", ["post@praktijk-a.example", "a.b+c_d@x.y.example", "o'neill@x.example", f"{'a' * 64}@x.example"]
)
def test_plain_addresses_can_be_mailed(address: str) -> None:
    assert is_mailable(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "post",
        "post@host",
        "@x.example",
        "a@b@x.example",
        "a..b@x.example",
        ".a@x.example",
        "a b@x.example",
        "a@x.example\n",
        "a@x.example\r\nBcc: b@x.example",
        "a\x00@x.example",
        "a\x1c@x.example",
        "é@x.example",
        "a@é.example",
        "a@-x.example",
        '"a"@x.example',
        "a<b@x.example",
        f"{'a' * 65}@x.example",
        f"a@{'x.' * 130}example",
    ],
)
def test_addresses_that_are_no_plain_addresses_are_not_mailed(address: str) -> None:
    assert not is_mailable(address)
