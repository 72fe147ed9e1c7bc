"""Whatever stands in a record, the codec gives a message or UnreadableMessageError, and no error repeats a value."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion_contracts import messages
from ion_contracts.codec import UnreadableMessageError, decode
from ion_contracts.envelope import VALUE_BYTES_MAX, readable_id
from ion_contracts.examples import EXAMPLES
from ion_contracts.messages import CloseDay, Message, Register
from tests.contracts.made_records import MODELS, json_documents, made_body, made_headers, with_each_part_replaced

PLANTED = "999990021"
"""Stands in no example, and fails the elfproef: so it is refused wherever a BSN should be, too."""
PLANTED_VALID = "999991073"
"""Passes the elfproef: so some places take it, and others have to refuse it."""
PLANTS = (PLANTED, PLANTED_VALID)

attribute_names = st.sampled_from([name for name, _ in made_headers(CloseDay)])
header_lists = st.lists(
    st.tuples(attribute_names | st.text(max_size=20), st.none() | st.binary(max_size=600)), max_size=8
)


def refusal_of(headers: Sequence[tuple[str, bytes | None]], value: bytes | None) -> UnreadableMessageError | None:
    """Returns the error of an unreadable record, or None when it can be read; any other error fails the test."""
    try:
        decode(headers, value, messages.ALL)
    except UnreadableMessageError as error:
        return error
    return None


def reason_of(headers: Sequence[tuple[str, bytes | None]], value: bytes | None) -> str | None:
    """Returns why the record is unreadable, after looking for what was planted in all that the error carries."""
    error = refusal_of(headers, value)
    if error is None:
        return None
    assert error.__cause__ is None
    assert error.__context__ is None
    told = f"{error} {error!r} {''.join(traceback.format_exception(error))}"
    assert not [planted for planted in PLANTS if planted in told]
    return str(error)


@given(header_lists, st.none() | st.binary(max_size=300))
@settings(deadline=None)
def test_arbitrary_records_are_unreadable_and_nothing_worse(
    headers: Sequence[tuple[str, bytes | None]], value: bytes | None
) -> None:
    assert reason_of(headers, value) is not None
    readable_id(headers)


@given(st.sampled_from(MODELS), attribute_names, st.none() | st.binary(max_size=600) | st.text().map(str.encode))
@settings(deadline=None)
def test_any_value_of_one_attribute_gives_a_message_or_is_unreadable(
    model: type[Message], name: str, value: bytes
) -> None:
    headers = [(given, value if given == name else content) for given, content in made_headers(model)]
    reason_of(headers, EXAMPLES[model].to_json())


@given(st.sampled_from(MODELS), st.binary(max_size=300))
@settings(deadline=None)
def test_arbitrary_bytes_under_a_good_envelope_are_unreadable(model: type[Message], value: bytes) -> None:
    reason = reason_of(made_headers(model), value)
    assert reason is not None
    assert reason.startswith(("not-json", "wrong-schema"))


@given(st.sampled_from(MODELS), json_documents, st.data())
@settings(deadline=None)
def test_any_json_anywhere_in_a_message_gives_a_message_or_is_unreadable(
    model: type[Message], replacement: object, data: st.DataObject
) -> None:
    spoiled = data.draw(st.sampled_from(list(with_each_part_replaced(made_body(model), replacement))))
    reason_of(made_headers(model), json.dumps(spoiled).encode())


def planted_bodies(model: type[Message], planted: str) -> Iterator[bytes]:
    """Yields the example with the number in each place where a sender could put it by mistake."""
    body = made_body(model)
    for shape in (planted, int(planted), f"0{planted}", f"bsn {planted}", [planted], {planted: planted}, None):
        yield from (json.dumps(spoiled).encode() for spoiled in with_each_part_replaced(body, shape))
    yield json.dumps({planted: body}).encode()
    yield json.dumps(body).encode()[:-1] + f', "{planted}": {planted}'.encode()
    yield f"{planted};{planted}\r\n".encode()
    yield b"\xff" + planted.encode()


@pytest.mark.parametrize("planted", PLANTS)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_bsn_in_a_wrong_place_of_the_body_never_stands_in_the_error(model: type[Message], planted: str) -> None:
    reasons = [reason_of(made_headers(model), value) for value in planted_bodies(model, planted)]
    assert any(reasons)


@pytest.mark.parametrize("planted", PLANTS)
@pytest.mark.parametrize("name", [name for name, _ in made_headers(CloseDay)])
@pytest.mark.parametrize(
    "shape", ["{}", "\N{LATIN SMALL LETTER E WITH ACUTE} {}", "{}T00:00:00Z", "2027-04-01 {}", "long {}"]
)
def test_a_bsn_in_a_header_never_stands_in_the_error(planted: str, name: str, shape: str) -> None:
    content = shape.format(planted) + ("x" * 600 if shape.startswith("long") else "")
    for value in (content.encode(), content.encode("latin-1"), b"\xff" + content.encode()):
        headers = [(given, value if given == name else kept) for given, kept in made_headers(CloseDay)]
        reason_of(headers, EXAMPLES[CloseDay].to_json())
        reason_of(headers, b"{}")


@pytest.mark.parametrize("planted", PLANTS)
@pytest.mark.parametrize("value", [None, b"\xff", b"x" * 600])
def test_a_bsn_in_the_name_of_a_header_never_stands_in_the_error(planted: str, value: bytes | None) -> None:
    for name in (f"ce_{planted}", planted):
        headers = [*made_headers(CloseDay), (name, value)]
        reason_of(headers, b"{}")
        reason_of(headers[1:], b"{}")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null-value"),
        (b"", "not-json"),
        (b"{", "not-json"),
        (b"\xff\xfe", "not-json"),
        (b"[" * 5000, "not-json"),
        (b"null", "wrong-schema"),
        (b"[]", "wrong-schema"),
        (b"{}", "wrong-schema: day (missing)"),
        (b'{"day": null}', "wrong-schema: day (date_type)"),
        (b" " * VALUE_BYTES_MAX + b"{", "too-large"),
        (b"x" * 1024 * 1024, "too-large"),
    ],
)
def test_the_reason_names_the_kind_of_fault_first(value: bytes | None, kind: str) -> None:
    reason = reason_of(made_headers(CloseDay), value)
    assert reason is not None
    assert reason.split(":")[0] == kind.split(":")[0]


@pytest.mark.parametrize("text", ["86400", '"86400"', '"2027-04-01T00:00:00Z"', '"01-04-2027"', '"2027-02-30"', "true"])
def test_a_day_is_only_its_iso_text(text: str) -> None:
    assert reason_of(made_headers(CloseDay), f'{{"day": {text}}}'.encode()) is not None


def test_a_type_that_another_topic_carries_is_unknown_here() -> None:
    with pytest.raises(UnreadableMessageError, match="unknown-type"):
        decode(made_headers(Register), EXAMPLES[Register].to_json(), messages.EVENTS)


def test_the_reason_names_the_field_in_the_spelling_of_the_schema() -> None:
    body = made_body(Register)
    body["person"]["bsn"] = PLANTED
    reason = reason_of(made_headers(Register), json.dumps(body).encode())
    assert reason == "wrong-schema: person.bsn (value_error)"
