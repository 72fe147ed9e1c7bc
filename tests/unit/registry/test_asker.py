"""Who asks, as the access log has to know."""

from __future__ import annotations

import pytest

from ion_platform.problems import Problem
from ion_registry.domain.asker import Asker, InvalidAskerError, Role, parse_asker
from ion_registry.handlers.asker import read_asker, read_request_id
from tests.integration.registry.made_messages import made_bsns

A_BSN = made_bsns()[0]


def test_a_party_with_its_code_and_its_employee_is_an_asker() -> None:
    assert parse_asker("Huisartsenpraktijk Mór", "provider", "01023456", "j.jansen@praktijk") == Asker(
        "Huisartsenpraktijk Mór", Role.PROVIDER, "01023456", "j.jansen@praktijk"
    )


@pytest.mark.parametrize(
    ("party", "role", "on_behalf_of", "user", "fields"),
    [
        ("", "provider", None, None, ["party"]),
        ("   ", "provider", None, None, ["party"]),
        ("two\nlines", "provider", None, None, ["party"]),
        ("x" * 101, "provider", None, None, ["party"]),
        (f"practice {A_BSN}", "provider", None, None, ["party"]),
        ("practice", "patient", None, None, ["role"]),
        ("practice", "provider", "two words", None, ["on-behalf-of"]),
        ("practice", "provider", None, "x" * 101, ["user"]),
        ("practice", "provider", None, A_BSN, ["user"]),
        ("practice", "provider", A_BSN, "é", ["on-behalf-of", "user"]),
    ],
)
def test_what_makes_no_sense_or_holds_a_bsn_is_named_and_not_repeated(
    party: str, role: str, on_behalf_of: str | None, user: str | None, fields: list[str]
) -> None:
    with pytest.raises(InvalidAskerError) as refused:
        parse_asker(party, role, on_behalf_of, user)
    assert refused.value.fields == fields
    assert A_BSN not in str(refused.value)


@pytest.mark.parametrize(("party", "role"), [(None, "provider"), ("practice", None), ("", "provider")])
def test_a_question_that_does_not_say_who_asks_is_refused(party: str | None, role: str | None) -> None:
    with pytest.raises(Problem) as refused:
        read_asker(party, role)
    assert (refused.value.status, refused.value.code) == (401, "asker-missing")


def test_headers_that_make_no_sense_are_refused_by_their_names() -> None:
    with pytest.raises(Problem) as refused:
        read_asker("practice", "patient", "01023456", "two words")
    assert (refused.value.status, refused.value.code) == (400, "asker-invalid")
    assert [error["field"] for error in refused.value.errors] == ["ion-role", "ion-user"]


def test_a_request_id_is_kept_when_it_is_one() -> None:
    assert read_request_id("3f1c-77:a") == "3f1c-77:a"
    assert len({read_request_id(None), read_request_id("two words"), read_request_id(A_BSN)}) == 3
    assert A_BSN not in read_request_id(A_BSN)
