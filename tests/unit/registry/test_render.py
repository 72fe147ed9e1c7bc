"""What each journal row says on which topic, and under which id and key."""

from __future__ import annotations

from datetime import date

import pytest

from ion_contracts.catalogue import EVENTS, OUTCOMES
from ion_contracts.messages import (
    CommandOutcome,
    DayClosed,
    InsuredRegistered,
    RegistrationStarted,
    RegistrationState,
    RegistrationTransferred,
    Status,
)
from ion_registry.storage.journal import JournalRow, Kind
from tests.unit.registry.made_rows import ENDED, KEY, MADE_BSN, MOMENT, PATIENT, REGISTERED, TRANSFERRED, rendered


def test_a_first_registration_gives_an_outcome_an_event_and_a_message_to_the_insurer() -> None:
    outcome, event, insured = rendered(REGISTERED)
    assert (outcome.topic, outcome.key, outcome.partition) == (OUTCOMES.name, KEY, 4)
    assert outcome.body == CommandOutcome(
        command_id="command-1",
        status=Status.ACCEPTED,
        code="registered",
        registration=RegistrationState(agb_code="01023456", since=date(2027, 3, 10), patient_id=PATIENT),
        recorded_at=MOMENT,
    )
    assert (event.topic, event.key, event.partition) == (EVENTS.name, PATIENT.bytes, 4)
    assert isinstance(event.body, RegistrationStarted)
    assert (insured.topic, insured.key, insured.partition) == ("insurers.3311.changes.v1", PATIENT.bytes, None)
    assert isinstance(insured.body, InsuredRegistered)
    assert (insured.body.bsn, insured.body.previous) == (MADE_BSN, None)
    assert [message.envelope.sequence for message in (outcome, event, insured)] == [None, 1, 1]


def test_a_transfer_tells_the_period_that_it_ended() -> None:
    _, event, insured = rendered(TRANSFERRED)
    assert isinstance(event.body, RegistrationTransferred)
    assert event.body.previous == ENDED
    assert isinstance(insured.body, InsuredRegistered)
    assert insured.body.previous == ENDED


@pytest.mark.parametrize(
    "row",
    [
        REGISTERED._replace(status=Status.REFUSED, code="start-in-past", since=None, event=None, sequence=None),
        REGISTERED._replace(code="already-registered", event=None, sequence=None),
        REGISTERED._replace(
            status=Status.DEFERRED,
            code="deferred-closed-day",
            since=None,
            event=None,
            sequence=None,
            process_on=date(2027, 4, 2),
        ),
    ],
)
def test_what_changes_nothing_gives_an_outcome_and_nothing_else(row: JournalRow) -> None:
    (outcome,) = rendered(row)
    assert isinstance(outcome.body, CommandOutcome)
    assert (outcome.body.status, outcome.body.process_on) == (row.status, row.process_on)
    assert (outcome.body.registration is None) == (row.status != Status.ACCEPTED)


def test_a_malformed_command_gives_its_outcome_without_a_key() -> None:
    row = JournalRow(1, 4, 78, 0, Kind.MALFORMED, "c", "o", "c", Status.REFUSED, "malformed", MOMENT, MOMENT.date())
    (outcome,) = rendered(row, None)
    assert (outcome.key, outcome.partition) == (None, 4)


def test_a_closed_day_is_an_event_of_its_partition_and_has_no_outcome() -> None:
    row = REGISTERED._replace(
        kind=Kind.CLOSE_DAY, code="day-closed", event=None, sequence=None, closed_day=date(2027, 3, 9)
    )
    (event,) = rendered(row, None)
    assert (event.topic, event.key, event.partition) == (EVENTS.name, b"4", 4)
    assert event.body == DayClosed(day=date(2027, 3, 9), partition=4)


def test_the_same_row_always_gives_the_same_messages_and_no_two_messages_share_an_id() -> None:
    row = TRANSFERRED._replace(uzovi="7119")
    assert rendered(row) == rendered(row)
    rows = [row, row._replace(n=1), row._replace(offset=78), row._replace(partition=5), row._replace(generation=2)]
    ids = [message.envelope.id for one in rows for message in rendered(one)]
    assert len(set(ids)) == len(ids) == 20


def test_no_bsn_stands_outside_the_insurers_messages_nor_in_any_key_or_header() -> None:
    for message in rendered(TRANSFERRED._replace(uzovi="7119")):
        record = message.record()
        assert MADE_BSN.encode() not in (record.key or b"")
        assert all(MADE_BSN.encode() not in value for _, value in record.headers)
        assert (MADE_BSN.encode() in record.value) == record.topic.startswith("insurers.")
