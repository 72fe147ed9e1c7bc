"""The local stack as its users meet it: the API from outside, kill -9 of everything, and coming back with the data."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ion_cov_gateway.domain.vz31 import write_file
from ion_local.practices import PRACTICES, Practice
from ion_local.stack import PARTS, Stack
from tests.unit.cov_gateway.test_vz31 import PEOPLE

HERE, ELSEWHERE = PRACTICES[:2]
SOMEBODY = {
    "bsn": PEOPLE[0].bsn,
    "initials": "A.",
    "prefix": "",
    "familyName": "Bakker",
    "birthDate": "1980-02-01",
    "sex": "female",
}


@pytest.fixture(scope="module")
def stack(parts_folder: Path) -> Iterator[Stack]:
    """A stack of its own, beside any other."""
    made = Stack(parts_folder / "stack")
    try:
        made.up()
        yield made
    finally:
        made.down()


def call(
    stack: Stack, method: str, path: str, body: Any = None, certificate: str = HERE.certificate_header, **headers: str
) -> tuple[int, dict[str, Any]]:
    """Returns the status and the body of an answer."""
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    given = {"content-type": "application/json", "x-forwarded-client-cert": certificate, **headers}
    request = urllib.request.Request(stack.endpoints["gateway"] + path, data, given, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        refused = error
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["API-Version"]
    return refused.code, json.loads(refused.read())


def registration(practice: Practice = HERE, **patient: Any) -> dict[str, Any]:
    return {"agbCode": practice.agb_code, "mode": "manual", "patient": {**SOMEBODY, **patient}}


def own_list(stack: Stack) -> int:
    return int(call(stack, "POST", "/v1/registrations/_search", {"agbCode": HERE.agb_code})[1]["total"])


def test_without_a_certificate_nobody_is_let_in(stack: Stack) -> None:
    assert call(stack, "POST", "/v1/registrations", registration(), certificate="")[0] == 401
    unknown = f'Hash={"0" * 64};Subject="CN=nobody"'
    assert call(stack, "POST", "/v1/registrations", registration(), certificate=unknown)[0] == 403


def test_an_agb_code_of_another_practice_is_refused(stack: Stack) -> None:
    status, problem = call(stack, "POST", "/v1/registrations", registration(ELSEWHERE))
    assert (status, problem["code"]) == (403, "not-your-agb-code")
    assert call(stack, "POST", "/v1/registrations/_search", {"agbCode": ELSEWHERE.agb_code})[0] == 403


def test_wrong_input_is_told_all_at_once_and_without_the_bsn(stack: Stack) -> None:
    status, problem = call(
        stack, "POST", "/v1/registrations", {**registration(bsn="123456789", birthDate="1980-02-31"), "mode": "perhaps"}
    )
    assert status == 400
    assert {error["field"] for error in problem["errors"]} == {"patient.bsn", "patient.birthDate", "mode"}
    assert "123456789" not in json.dumps(problem)


def test_who_calls_is_asked_before_the_input_is_judged(stack: Stack) -> None:
    assert call(stack, "POST", "/v1/registrations", {}, certificate="")[0] == 401


def test_input_that_could_not_be_stored_is_the_senders_to_correct(stack: Stack) -> None:
    for patient in ({"familyName": "A\x00B"}, {"familyName": "\ud800"}, {"birthDate": "2100-01-01"}, {"prefx": "de"}):
        assert call(stack, "POST", "/v1/registrations", registration(**patient))[0] == 400
    assert call(stack, "POST", "/v1/registrations", b'{"agbCode": "\xe9"}')[0] == 400
    status, problem = call(stack, "POST", "/v1/registrations", b'{"a": "' + b"x" * 100_000 + b'"}')
    assert (status, problem["code"]) == (413, "body-too-large")
    assert call(stack, "POST", "/v1/registrations/", registration())[0] == 404
    search = {"agbCode": HERE.agb_code, "page": 10**12}
    assert call(stack, "POST", "/v1/registrations/_search", search)[0] == 400


def test_a_page_beyond_the_end_of_a_list_is_empty_and_keeps_the_total(stack: Stack) -> None:
    content = write_file(PEOPLE, HERE.agb_code, date(2027, 3, 1)).replace(PEOPLE[0].bsn.encode(), b"123456789")
    _, batch = call(stack, "POST", "/v1/batches", content, **{"content-type": "text/plain"})
    _, rejected = call(stack, "GET", f"/v1/batches/{batch['id']}/rejected?page=9")
    assert (rejected["total"], rejected["lines"]) == (1, [])
    assert call(stack, "GET", f"/v1/batches/{batch['id']}/rejected?page={10**30}")[0] == 400


def test_a_file_that_cannot_be_trusted_is_refused_with_its_codes(stack: Stack) -> None:
    headers = {"content-type": "text/plain"}
    status, problem = call(stack, "POST", "/v1/batches", b"no file at all", **headers)
    assert (status, problem["errors"][0]["code"]) == (400, "0001")
    foreign = write_file(PEOPLE, ELSEWHERE.agb_code, date(2027, 3, 1))
    assert call(stack, "POST", "/v1/batches", foreign, **headers)[0] == 403
    assert call(stack, "POST", "/v1/batches", {"json": True})[0] == 415


def test_what_belongs_to_another_party_does_not_exist(stack: Stack) -> None:
    _, operation = call(stack, "POST", "/v1/registrations", registration(), Prefer="wait=20")
    assert operation["status"] == "accepted"
    path = f"/v1/operations/{operation['id']}"
    assert call(stack, "GET", path)[0] == 200
    assert call(stack, "GET", path, certificate=ELSEWHERE.certificate_header)[0] == 404


def test_registering_the_same_patient_again_changes_nothing(stack: Stack) -> None:
    before = call(stack, "POST", "/v1/registrations", registration(), Prefer="wait=20")[1]
    again = call(stack, "POST", "/v1/registrations", registration(), Prefer="wait=20")[1]
    assert (again["status"], again["code"]) == ("accepted", "already-registered")
    assert again["registration"] == before["registration"]


def test_a_second_start_finds_it_running(stack: Stack) -> None:
    assert stack.up() is False


def test_after_kill_nine_of_everything_it_comes_back_with_its_data(stack: Stack) -> None:
    call(stack, "POST", "/v1/registrations", registration(), Prefer="wait=20")
    known = own_list(stack)
    assert known > 0
    for name in PARTS:
        stack.parts[name].kill()
    assert {state.state for state in stack.states()} == {"crashed"}
    assert stack.up() is True
    assert own_list(stack) == known
    assert {state.state for state in stack.states()} == {"running"}
