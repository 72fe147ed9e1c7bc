"""The envelope survives the wire, and never holds a BSN."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion_contracts import messages
from ion_contracts.codec import decode
from ion_contracts.envelope import Envelope, EnvelopeError, Headers, parse_envelope, readable_id
from ion_contracts.messages import CloseDay, InsuredRegistered, Message, Mode, Person, Register, Sex
from tests.contracts.made_records import agb_codes, bsns, days, envelopes, made_headers, moments, texts


@st.composite
def commands(draw: st.DrawFn) -> Register:
    person = Person(
        bsn=draw(bsns),
        initials=draw(texts),
        prefix=draw(texts),
        family_name=draw(texts),
        birth_date=draw(days.filter(lambda day: day.year >= 1880)),
        sex=draw(st.sampled_from(Sex)),
    )
    return Register(
        agb_code=draw(agb_codes),
        person=person,
        mode=draw(st.sampled_from(Mode)),
        offered_on=draw(days),
        offered_at=draw(moments),
        start_date=draw(st.none() | days),
        uzovi=draw(st.none() | st.just("3311")),
        party=draw(texts),
    )


@st.composite
def insurer_changes(draw: st.DrawFn) -> InsuredRegistered:
    return InsuredRegistered(
        patient_id=draw(st.uuids(version=4)),
        bsn=draw(bsns),
        uzovi="3311",
        agb_code=draw(agb_codes),
        since=draw(days),
        recorded_at=draw(moments),
    )


def replaced(headers: Headers, name: str, value: bytes) -> Headers:
    return [(given, value if given == name else content) for given, content in headers]


@given(envelopes)
@settings(deadline=None)
def test_an_envelope_comes_back_from_its_headers_as_it_was(envelope: Envelope) -> None:
    assert parse_envelope(envelope.headers()) == envelope


@given(envelopes)
@settings(deadline=None)
def test_the_time_of_a_received_envelope_is_in_utc(envelope: Envelope) -> None:
    assert parse_envelope(envelope.headers()).time.utcoffset() == timedelta(0)


@given(envelopes, commands() | insurer_changes())
@settings(deadline=None)
def test_a_message_comes_back_from_its_record_and_its_headers_never_hold_the_bsn(
    envelope: Envelope, body: Register | InsuredRegistered
) -> None:
    sent = replace(envelope, type=body.TYPE)
    bsn = body.person.bsn if isinstance(body, Register) else body.bsn
    received = decode(sent.headers(), body.to_json(), messages.ALL)
    assert (received.envelope, received.body) == (sent, body)
    assert not [name for name, value in sent.headers() if bsn in name or bsn.encode() in value]


def test_a_moment_is_written_in_utc_whatever_its_offset() -> None:
    envelope = parse_envelope(replaced(made_headers(CloseDay), "ce_time", b"2027-04-01T00:30:00+02:00"))
    assert dict(envelope.headers())["ce_time"] == b"2027-03-31T22:30:00.000000Z"
    assert envelope.time.tzinfo is UTC


@pytest.mark.parametrize("name", ["ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time"])
def test_an_envelope_without_a_required_attribute_is_refused_by_its_name(name: str) -> None:
    headers = [header for header in made_headers(CloseDay) if header[0] != name]
    with pytest.raises(EnvelopeError, match=f"missing attributes: {name}"):
        parse_envelope(headers)


def test_an_attribute_that_is_given_twice_is_refused() -> None:
    with pytest.raises(EnvelopeError, match="ce_id is given twice"):
        parse_envelope([*made_headers(CloseDay), ("ce_id", b"another")])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", b"0.3"),
        ("ce_id", b""),
        ("ce_id", b"a b"),
        ("ce_id", b"x" * 129),
        ("ce_id", "één".encode()),
        ("ce_source", b"https://example.org"),
        ("ce_type", b"nl.huisartsinschrijvingen.iets"),
        ("ce_type", b"nl.huisartsinschrijvingen.iets.v0"),
        ("ce_time", b"2027-04-01"),
        ("ce_time", b"2027-04-01T00:00:00"),
        ("ce_time", b"2027-02-30T00:00:00Z"),
        ("ce_time", b"0001-01-01T00:00:00+14:00"),
        ("ce_time", b"9999-12-31T23:59:59-01:00"),
        ("ce_time", b"1806828000"),
        ("ce_correlationid", b""),
        ("ce_correlationid", b"line\nbreak"),
        ("ce_causationid", b"x" * 600),
        ("ce_sequence", b"-1"),
        ("ce_sequence", b"1.0"),
        ("ce_sequence", "٣".encode()),
        ("ce_sequence", b"9" * 16),
    ],
)
def test_an_attribute_that_is_not_what_it_should_be_is_refused_by_its_name(name: str, value: bytes) -> None:
    with pytest.raises(EnvelopeError, match=name):
        parse_envelope(replaced(made_headers(CloseDay), name, value))


def test_without_a_correlation_the_message_starts_its_own() -> None:
    headers = [header for header in made_headers(CloseDay) if header[0] != "ce_correlationid"]
    envelope = parse_envelope(headers)
    assert envelope.correlation_id == envelope.id


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("ce_id", b"abc-1"), ("ce_type", b"\xff")], "abc-1"),
        ([("ce_id", b"abc-1"), ("ce_id", b"abc-2")], None),
        ([("ce_id", b"not an id")], None),
        ([("ce_id", b"\xff")], None),
        ([("ce_id", b"x" * 1000)], None),
        ([("ce_id", None)], None),
        ([], None),
    ],
)
def test_the_id_of_a_broken_message_is_read_only_when_it_is_certain(
    headers: list[tuple[str, bytes | None]], expected: str | None
) -> None:
    assert readable_id(headers) == expected


def test_the_body_of_a_message_is_frozen() -> None:
    day: Message = CloseDay.model_validate_json(b'{"day": "2027-04-01"}')
    with pytest.raises(ValueError, match="frozen"):
        day.day = None  # type: ignore[attr-defined]
