"""One delivery per event, purpose and addressee, recognisable for ever."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_contracts import messages as m
from ion_notifier.domain.address import is_mailable
from ion_notifier.domain.delivery import Purpose, Reason, message_id_of, patients_left, reference_of
from ion_platform.documents import long_date
from tests.unit.notifier.made_deliveries import NEW, PREVIOUS, made_envelope, made_event, planned_one


def test_a_transfer_is_told_to_the_previous_gp() -> None:
    planned = planned_one()
    assert planned.agb_code == PREVIOUS
    assert planned.new_agb_code == NEW
    assert planned.ended_on == date(2027, 3, 31)
    assert planned.purpose is Purpose.PATIENT_LEFT
    assert planned.correlation_id == "operation-1"


FACT: dict[str, Any] = {
    "patient_id": UUID(int=7),
    "recorded_on": date(2027, 4, 10),
    "recorded_at": datetime(2027, 4, 10, 8, tzinfo=UTC),
}
MARCH_1, MARCH_31, FEBRUARY_28 = date(2027, 3, 1), date(2027, 3, 31), date(2027, 2, 28)
ENDED = m.EndedPeriod(agb_code=PREVIOUS, since=date(2027, 1, 5), until=MARCH_31)
HELD = m.HeldPeriod(agb_code=PREVIOUS, since=MARCH_1)


def corrected(reason: m.CorrectionReason, *replaced: m.HeldPeriod, agb_code: str | None = NEW) -> m.Message:
    return m.RegistrationCorrected(
        agb_code=agb_code, valid_from=MARCH_1, replaced=list(replaced), reason=reason, **FACT
    )


def test_an_expired_temporary_registration_is_told_to_its_gp_rule_37() -> None:
    (planned,) = patients_left(made_envelope(), m.TemporaryExpired(ended=ENDED, **FACT))
    assert (planned.agb_code, planned.ended_on, planned.reason) == (PREVIOUS, MARCH_31, Reason.EXPIRED)
    assert planned.new_agb_code is None


@pytest.mark.parametrize("agb_code", [NEW, None])
def test_a_correction_is_told_to_who_lost_days_and_says_with_whom_they_are(agb_code: str | None) -> None:
    event = corrected(m.CorrectionReason.CORRECTION, HELD, agb_code=agb_code)
    (planned,) = patients_left(made_envelope(), event)
    assert (planned.agb_code, planned.ended_on, planned.lost_until) == (PREVIOUS, FEBRUARY_28, None)
    assert (planned.new_agb_code, planned.reason) == (agb_code, Reason.CORRECTED)


def test_a_ruling_is_told_to_the_gp_who_lost_and_not_to_the_one_who_won() -> None:
    replaced = [m.HeldPeriod(agb_code=NEW, since=MARCH_1, until=MARCH_1), HELD]
    ruled = m.RulingCarriedOut(agb_code=NEW, valid_from=MARCH_1, replaced=replaced, case_id=UUID(int=3), **FACT)
    (planned,) = patients_left(made_envelope(), ruled)
    assert (planned.agb_code, planned.new_agb_code, planned.reason) == (PREVIOUS, NEW, Reason.RULED)


def test_each_gp_who_lost_days_gets_one_mail_about_all_of_them() -> None:
    third = "01000003"
    replaced = [
        m.HeldPeriod(agb_code=PREVIOUS, since=MARCH_1, until=date(2027, 3, 5)),
        m.HeldPeriod(agb_code=third, since=date(2027, 3, 6), until=date(2027, 3, 9)),
        m.HeldPeriod(agb_code=PREVIOUS, since=date(2027, 3, 10), until=date(2027, 3, 20)),
    ]
    planned = patients_left(made_envelope(), corrected(m.CorrectionReason.CORRECTION, *replaced))
    assert [(p.agb_code, p.ended_on, p.lost_until) for p in planned] == [
        (PREVIOUS, FEBRUARY_28, date(2027, 3, 20)),
        (third, date(2027, 3, 5), date(2027, 3, 9)),
    ]
    assert len({p.delivery_id for p in planned}) == 2


@pytest.mark.parametrize(
    "event",
    [
        *(m.RegistrationEnded(ended=ENDED, reason=reason, **FACT) for reason in m.EndReason),
        corrected(m.CorrectionReason.WITHDRAWN, HELD),
        corrected(m.CorrectionReason.MERGED, HELD, agb_code=None),
        m.RegistrationStarted(agb_code=NEW, since=MARCH_1, **FACT),
        m.TemporaryDue(agb_code=NEW, since=MARCH_1, ends_on=MARCH_31, **FACT),
        m.TemporaryCompleted(agb_code=NEW, since=MARCH_1, **FACT),
        m.PatientBlocked(agb_codes=[PREVIOUS, NEW], blocked_on=MARCH_1, **FACT),
        m.PatientUnblocked(ground=m.UnblockGround.STATEMENT, **FACT),
        m.DayClosed(day=MARCH_1, partition=0),
    ],
)
def test_what_a_gp_did_itself_and_what_takes_nobody_away_is_told_to_nobody_rule_30(event: m.Message) -> None:
    assert patients_left(made_envelope(), event) == []


@pytest.mark.parametrize("reason", list(m.TransferReason))
def test_a_move_between_own_codes_and_of_a_whole_list_sends_a_message_for_every_patient_rule_30(
    reason: m.TransferReason,
) -> None:
    envelope, event = made_event()
    assert len(patients_left(envelope, event.model_copy(update={"reason": reason}))) == 1


def test_the_same_event_always_gives_the_same_delivery() -> None:
    assert planned_one() == planned_one()
    assert planned_one("other").delivery_id != planned_one().delivery_id


def test_the_delivery_id_of_an_event_never_changes_between_versions() -> None:
    assert planned_one("event").delivery_id == UUID("b4f102a0-c4a1-5d62-b04b-360a31a2b7fc")


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
    assert long_date(day) == said


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
