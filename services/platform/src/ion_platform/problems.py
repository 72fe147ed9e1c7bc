"""Errors of the HTTP interfaces as `application/problem+json` (RFC 9457), all at once, and never with a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from ion_platform.database import is_infrastructure_error

TYPE_PREFIX = "urn:nld:ion:problem:"
HTTP_CODES = {400: "unreadable-body", 404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}
HTTP_DETAILS = {400: "Send JSON, in UTF-8, as application/json.", 413: "Send one thing at a time, without attachments."}
SECURITY_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


MESSAGES_WITHOUT_INPUT = {"union_tag_invalid": "This kind is not known here", "json_invalid": "This is not valid JSON"}
"""pydantic's own messages for these repeat what was sent."""


class Problem(Exception):  # noqa: N818 - the standard's word
    """An answer that is an error: what was wrong and what to do, as one stable code."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        errors: Sequence[dict[str, Any]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = errors
        self.headers = headers

    def response(self) -> Response:
        """Returns it as the HTTP answer."""
        body: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "status": self.status,
            "title": self.title,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            body["errors"] = list(self.errors)
        return JSONResponse(body, self.status, self.headers, "application/problem+json")


def install_problems(app: FastAPI, api_version: str) -> None:
    """Lets an application answer errors as problems, and puts the version and the security headers on every answer."""

    @app.exception_handler(Problem)
    async def answer_problem(_request: Request, problem: Problem) -> Response:
        return problem.response()

    @app.exception_handler(RequestValidationError)
    async def answer_invalid(_request: Request, error: RequestValidationError) -> Response:
        return invalid_input([_field_error(detail) for detail in error.errors()]).response()

    @app.exception_handler(HTTPException)
    async def answer_http(_request: Request, error: HTTPException) -> Response:
        code = HTTP_CODES.get(error.status_code, "http-error")
        detail = HTTP_DETAILS.get(error.status_code, "See /v1/openapi.json for what there is.")
        return Problem(error.status_code, code, str(error.detail), detail).response()

    @app.exception_handler(Exception)
    async def answer_failure(_request: Request, error: Exception) -> Response:
        """Starlette calls this outside every middleware, so the headers are added here, and raises the error again."""
        response = _failure(error).response()
        response.headers.update({"API-Version": api_version, **SECURITY_HEADERS})
        return response

    @app.middleware("http")
    async def add_headers(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        response.headers["API-Version"] = api_version
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def invalid_input(errors: Sequence[dict[str, Any]]) -> Problem:
    """Returns the problem for input that has to be corrected, with all its errors."""
    return Problem(
        400, "invalid-input", "The input is not valid", "Correct the fields under `errors` and send it again.", errors
    )


def _failure(error: Exception) -> Problem:
    if is_infrastructure_error(error):
        return Problem(
            503, "unavailable", "Not available now", "Send it again in a moment.", headers={"Retry-After": "5"}
        )
    return Problem(500, "internal-error", "Something failed", "The operator has been told; send it again later.")


def _field_error(detail: Any) -> dict[str, Any]:
    """Names the field and the fault; the message of a custom check is ours, and no input is repeated."""
    location = [_position(part) for part in detail["loc"] if part not in ("body", "query", "path", "header")]
    message = MESSAGES_WITHOUT_INPUT.get(detail["type"], detail["msg"])
    return {"field": ".".join(location), "code": detail["type"].replace("_", "-"), "detail": message}


def _position(part: int | str) -> str:
    """A field's name as the schema knows it; anything else was made by the sender and may be a value."""
    return str(part) if isinstance(part, int) or (part.isidentifier() and len(part) < 40) else "?"
