from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any, Literal

import pytest
from fastapi import Body, FastAPI
from pydantic import BaseModel, ConfigDict, Field

from ion_platform.problems import SECURITY_HEADERS, Problem, install_problems

BSN = "999990019"


class Person(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["person"]
    age: int = Field(ge=0)
    sex: Literal["male", "female"]


class Animal(BaseModel):
    kind: Literal["animal"]


def made_app() -> FastAPI:
    app = FastAPI()
    install_problems(app, "1.2.3")

    @app.post("/v1/people")
    async def post(person: Annotated[Person | Animal, Body(discriminator="kind")]) -> dict[str, bool]:
        return {"ok": True}

    @app.get("/v1/gone")
    async def gone() -> None:
        raise Problem(410, "made-gone", "It is gone", "Ask for another.", headers={"Retry-After": "7"})

    @app.get("/v1/broken")
    async def broken() -> None:
        raise ValueError(f"about {BSN}")

    @app.get("/v1/no-database")
    async def no_database() -> None:
        raise ConnectionRefusedError

    return app


def ask(method: str, path: str, content: bytes = b"") -> tuple[int, dict[str, str], Any]:
    """Returns (status, headers, JSON body). What the application raises after its answer is left to the server."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }

    async def run() -> None:
        await made_app()(scope, receive, send)

    try:
        asyncio.run(run())
    except (ValueError, ConnectionRefusedError):
        assert sent, "nothing was answered"
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, json.loads(b"".join(message.get("body", b"") for message in sent[1:]))


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/gone", 410, "made-gone"),
        ("GET", "/v1/nothing", 404, "not-found"),
        ("GET", "/v1/people", 405, "method-not-allowed"),
        ("POST", "/v1/people", 400, "invalid-input"),
        ("GET", "/v1/broken", 500, "internal-error"),
        ("GET", "/v1/no-database", 503, "unavailable"),
    ],
)
def test_every_error_is_a_problem_with_the_version_and_the_security_headers(
    method: str, path: str, status: int, code: str
) -> None:
    answered, headers, body = ask(method, path, b"{}")
    assert (answered, body["status"], body["code"]) == (status, status, code)
    assert headers["content-type"] == "application/problem+json"
    assert headers["api-version"] == "1.2.3"
    assert headers.items() >= SECURITY_HEADERS.items()
    assert body["title"]
    assert body["detail"]


def test_a_good_answer_has_the_headers_too() -> None:
    status, headers, _ = ask("POST", "/v1/people", b'{"kind": "animal"}')
    assert status == 200
    assert headers["api-version"] == "1.2.3"
    assert headers.items() >= SECURITY_HEADERS.items()


def test_all_errors_come_at_once() -> None:
    _, _, body = ask("POST", "/v1/people", b'{"kind": "person", "age": -1, "sex": "other"}')
    assert [(error["field"], error["code"]) for error in body["errors"]] == [
        ("person.age", "greater-than-equal"),
        ("person.sex", "literal-error"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        f'{{"kind": "{BSN}"}}',
        f'{{"kind": "person", "age": "{BSN}x", "sex": "{BSN}"}}',
        f'{{"kind": "person", "age": 1, "sex": "male", "{BSN}": 1}}',
        f'{{"{BSN}',
        BSN,
    ],
)
def test_no_error_repeats_what_was_sent(content: str) -> None:
    status, _, body = ask("POST", "/v1/people", content.encode())
    assert status == 400
    assert BSN not in json.dumps(body)


def test_a_failure_of_ours_is_not_explained_to_the_caller() -> None:
    _, _, body = ask("GET", "/v1/broken")
    assert BSN not in json.dumps(body)
    assert "ValueError" not in json.dumps(body)


def test_what_may_pass_says_when_to_come_again() -> None:
    assert ask("GET", "/v1/no-database")[1]["retry-after"] == "5"
    assert ask("GET", "/v1/gone")[1]["retry-after"] == "7"
