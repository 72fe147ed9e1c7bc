"""What each journal row says on which topic."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from ion_contracts.catalogue import EVENTS, OUTCOMES
from ion_contracts.messages import (
    CommandOutcome,
    DayClosed,
    EndedPeriod,
    InsuredLeft,
    InsuredRegistered,
    RegistrationStarted,
    RegistrationState,
    RegistrationTransferred,
    Status,
)
from ion_platform.outbox import Outgoing
from ion_registry.services.render import insurers_of, render
from ion_registry.storage.journal import JournalRow, Kind, PublishableRow

PATIENT = UUID("00000000-0000-4000-8000-000000000001")
NAMESPACE = UUID("00000000-0000-4000-8000-00000000000f")
KEY = b"0123456789abcdef"
MADE_BSN = "999900006"
MOMENT = datetime(2027, 3, 10, 9, 30, tzinfo=UTC)
REGISTERED = JournalRow(
    generation=1,
    partition=4,
    offset=77,
    n=0,
    kind=Kind.REGISTER,
    command_id="command-1",
    correlation_id="operation-1",
    causation_id="command-1",
    status=Status.ACCEPTED,
    code="registered",
    recorded_at=MOMENT,
    recorded_on=date(2027, 3, 10),
    patient_id=PATIENT,
    agb_code="01023456",
    since=date(2027, 3, 10),
    sequence=1,
    uzovi="3311",
    event="started",
    holder="01023456",
    valid_from=date(2027, 3, 10),
)
TRANSFERRED = REGISTERED._replace(
    code="transferred",
    event="transferred",
    sequence=2,
    previous_agb_code="01034567",
    previous_since=date(2027, 1, 5),
    previous_until=date(2027, 3, 9),
    previous_uzovi="3311",
)
ENDED = EndedPeriod(agb_code="01034567", since=date(2027, 1, 5), until=date(2027, 3, 9))


def rendered(row: JournalRow, bsn: str | None = MADE_BSN) -> list[Outgoing]:
    return render(PublishableRow(row, NAMESPACE, KEY if row.patient_id else None, bsn))


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


def test_with_another_insurer_the_old_one_hears_that_the_person_left_but_not_to_whom() -> None:
    _, _, left, joined = rendered(TRANSFERRED._replace(uzovi="7119"))
    assert (left.topic, joined.topic) == ("insurers.3311.changes.v1", "insurers.7119.changes.v1")
    assert isinstance(left.body, InsuredLeft)
    assert left.body.previous == ENDED
    assert b"01023456" not in left.body.to_json()
    assert isinstance(joined.body, InsuredRegistered)
    assert joined.body.previous is None
    assert b"01034567" not in joined.body.to_json()


def test_when_the_new_insurer_is_not_known_only_the_old_one_hears_that_the_period_ended() -> None:
    messages = rendered(TRANSFERRED._replace(uzovi=None))
    assert [type(message.body) for message in messages[2:]] == [InsuredLeft]


def test_when_the_old_insurer_was_not_known_the_new_one_hears_of_the_new_period_only() -> None:
    _, _, joined = rendered(TRANSFERRED._replace(previous_uzovi=None))
    assert isinstance(joined.body, InsuredRegistered)
    assert joined.body.previous is None


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


def test_the_insurers_of_rows_are_those_of_changes_only() -> None:
    refused = REGISTERED._replace(status=Status.REFUSED, since=None, event=None, sequence=None, uzovi="7029")
    rows = [PublishableRow(row, NAMESPACE, KEY, MADE_BSN) for row in (TRANSFERRED._replace(uzovi="7119"), refused)]
    assert insurers_of(rows) == {"3311", "7119"}
