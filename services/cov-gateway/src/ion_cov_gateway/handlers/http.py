"""The API that GP systems post to. Thin: who may, what was sent, what the services answered."""

from __future__ import annotations

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse

from ion_cov_gateway.domain.vz31 import FileError
from ion_cov_gateway.factory import Parts
from ion_cov_gateway.handlers.models import PAGE_MAX, CoverageCheckInput, RegistrationInput, SearchInput
from ion_cov_gateway.handlers.presentation import show_batch, show_lines, show_operation
from ion_cov_gateway.services.access import Caller
from ion_cov_gateway.services.batches import BatchNotCheckedError
from ion_cov_gateway.services.checks import coverage_json
from ion_cov_gateway.services.questions import asker_headers
from ion_platform.problems import Problem, invalid_input

_WAIT = re.compile(r"(?:^|,)\s*wait\s*=\s*([0-9]{1,4})\s*(?:[,;]|$)", re.IGNORECASE)
Certificate = Annotated[str, Header(alias="x-forwarded-client-cert", include_in_schema=False)]
Prefer = Annotated[str, Header(description="`wait=10` waits up to ten seconds for the outcome")]
User = Annotated[
    str | None,
    Header(
        alias="ion-user",
        pattern=r"^[A-Za-z0-9._:@+-]{1,100}$",
        description="Your own code for the person who asks, for the access log; never a BSN",
    ),
]
RequestId = Annotated[str | None, Header(alias="x-request-id", include_in_schema=False)]
Page = Annotated[int, Query(ge=1, le=PAGE_MAX)]
PageSize = Annotated[int, Query(ge=1, le=5000, alias="pageSize")]


def create_router(parts: Parts) -> APIRouter:
    """Returns the routes of version 1."""
    router = APIRouter(prefix="/v1")

    async def who_calls(certificate: Certificate = "") -> Caller:
        """Comes before the input is judged: a stranger learns nothing of the API."""
        return await parts.access.caller(certificate)

    _add_registrations(router, parts, Depends(who_calls))
    _add_batches(router, parts, Depends(who_calls))
    return router


def _add_registrations(router: APIRouter, parts: Parts, who_calls: Any) -> None:
    @router.post("/registrations", status_code=202, tags=["registrations"], summary="Register a patient")
    async def post_registration(body: RegistrationInput, prefer: Prefer = "", caller: Caller = who_calls) -> Response:
        caller.require_agb_code(body.agb_code)
        if body.patient.birth_date > parts.today():
            raise invalid_input([{"field": "patient.birthDate", "code": "in-future", "detail": "lies in the future"}])
        operation_id = await parts.registrations.post(
            caller.party, body.agb_code, body.mode, body.patient.to_person(), body.insurer_hint, body.start_date
        )
        return await _answer(parts, caller, operation_id, prefer)

    @router.get("/operations/{operation_id}", tags=["registrations"], summary="What became of a registration")
    async def get_operation(operation_id: UUID, caller: Caller = who_calls) -> Response:
        operation = await parts.registrations.find(operation_id, caller.party)
        if operation is None:
            raise _not_found("operation")
        return JSONResponse(show_operation(operation))

    @router.post("/coverage-checks", tags=["coverage"], summary="Ask all insurers about one person")
    async def check_coverage(body: CoverageCheckInput, _caller: Caller = who_calls) -> Response:
        return JSONResponse(coverage_json(await parts.checks.check(body.bsn, body.mode, body.insurer_hint)))

    @router.post("/registrations/_search", tags=["registrations"], summary="The own list of one AGB code")
    async def search(
        body: SearchInput, user: User = None, request_id: RequestId = None, caller: Caller = who_calls
    ) -> Response:
        caller.require_agb_code(body.agb_code)
        question = body.model_dump(mode="json", by_alias=True, exclude_none=True)
        asker = asker_headers(caller, body.agb_code, user, request_id)
        return JSONResponse(await parts.registry.search(question, asker))


def _add_batches(router: APIRouter, parts: Parts, who_calls: Any) -> None:
    @router.post("/batches", status_code=202, tags=["batches"], summary="Check a VZ31-profile file")
    async def post_batch(request: Request, caller: Caller = who_calls) -> Response:
        content = await _read_file(request, parts.settings.batch_bytes_max)
        result = await parts.batches.read(content)
        if result.errors:
            raise invalid_input([_show_file_error(error) for error in result.errors])
        agb_code = caller.require_agb_code(result.agb_code or "")
        batch_id = await parts.batches.post(caller.party, agb_code, content, result)
        return await _show_batch(parts, caller, batch_id, status=202)

    @router.get("/batches/{batch_id}", tags=["batches"], summary="Progress and counts")
    async def get_batch(batch_id: UUID, caller: Caller = who_calls) -> Response:
        return await _show_batch(parts, caller, batch_id)

    async def list_of(state: str, batch_id: UUID, caller: Caller, page: int, page_size: int) -> Response:
        batch = await parts.batches.find(batch_id, caller.party)
        if batch is None:
            raise _not_found("batch")
        rows = await parts.batches.list_lines(batch_id, state, page, page_size)
        return JSONResponse(show_lines(batch_id, batch[state], page, page_size, rows))

    @router.get("/batches/{batch_id}/accepted", tags=["batches"], summary="Insured, with a valid BSN")
    async def get_accepted(
        batch_id: UUID, page: Page = 1, page_size: PageSize = 1000, caller: Caller = who_calls
    ) -> Response:
        return await list_of("accepted", batch_id, caller, page, page_size)

    @router.get("/batches/{batch_id}/rejected", tags=["batches"], summary="Rejected, with the reason")
    async def get_rejected(
        batch_id: UUID, page: Page = 1, page_size: PageSize = 1000, caller: Caller = who_calls
    ) -> Response:
        return await list_of("rejected", batch_id, caller, page, page_size)

    @router.post(
        "/batches/{batch_id}/registrations", status_code=202, tags=["batches"], summary="Register all accepted"
    )
    async def register_accepted(batch_id: UUID, caller: Caller = who_calls) -> Response:
        if await parts.batches.find(batch_id, caller.party) is None:
            raise _not_found("batch")
        try:
            sent = await parts.batches.register_accepted(batch_id, caller.party)
        except BatchNotCheckedError as error:
            raise Problem(
                409,
                "batch-not-checked",
                "The file is still being checked",
                "Try again when the status of the batch is `checked`.",
                headers={"Retry-After": "1"},
            ) from error
        parts.wake_outbox()
        return JSONResponse(
            {"batchId": str(batch_id), "sent": sent}, 202, headers={"Location": f"/v1/batches/{batch_id}"}
        )


async def _answer(parts: Parts, caller: Caller, operation_id: UUID, prefer: str) -> Response:
    """202 with the operation as it is; or, when asked to wait, as it has become."""
    location = {"Location": f"/v1/operations/{operation_id}"}
    waited = _WAIT.search(prefer)
    if waited is None:
        operation = await parts.registrations.find(operation_id, caller.party)
    else:
        at_most_s = min(int(waited[1]), parts.settings.wait_max_s)
        operation = await parts.registrations.wait(operation_id, caller.party, at_most_s)
        location["Preference-Applied"] = f"wait={at_most_s}"
    assert operation is not None, "it was stored before"
    done = waited is not None and operation["status"] != "processing"
    return JSONResponse(show_operation(operation), 200 if done else 202, headers=location)


async def _show_batch(parts: Parts, caller: Caller, batch_id: UUID, status: int = 200) -> Response:
    batch = await parts.batches.find(batch_id, caller.party)
    if batch is None:
        raise _not_found("batch")
    return JSONResponse(show_batch(batch), status, headers={"Location": f"/v1/batches/{batch_id}"})


async def _read_file(request: Request, bytes_max: int) -> bytes:
    """Reads the body, and stops reading as soon as it is too large."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "text/plain":
        raise Problem(
            415, "not-a-text-file", "The file has to be text/plain", "Send the VZ31 file as it is, as text/plain."
        )
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > bytes_max:
            raise Problem(
                413, "file-too-large", "The file is too large", f"Send at most {bytes_max} bytes; split the file."
            )
    return bytes(content)


def _show_file_error(error: FileError) -> dict[str, Any]:
    return {"line": error.line, "code": error.code, "detail": error.message}


def _not_found(what: str) -> Problem:
    return Problem(404, "not-found", f"There is no such {what}", "It does not exist, or it belongs to another party.")
