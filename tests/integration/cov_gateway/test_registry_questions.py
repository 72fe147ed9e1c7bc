"""The registry understands whom the gateway names as the one who asks."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fastapi import FastAPI

from ion_cov_gateway.services.access import Caller
from ion_cov_gateway.services.questions import RegistryQuestions, asker_headers
from ion_platform.problems import Problem, install_problems
from ion_registry.handlers.asker import AskerOfRequest, RequestId
from tests.integration.registry.made_messages import made_bsns

CALLER = Caller("Huisartsenpraktijk De Brug, Mór & Zn.", frozenset({"01023456"}))


@pytest.fixture
async def questions() -> AsyncIterator[RegistryQuestions]:
    """Asks a registry that answers with who asked, as it reads that from the headers."""
    app = FastAPI()
    install_problems(app, "0.1.0")

    @app.post("/internal/v1/registrations/_search")
    async def answer(asker: AskerOfRequest, request_id: RequestId) -> list[str | None]:
        return [asker.party, asker.role, asker.on_behalf_of, asker.user, request_id]

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve([listening]))
    asking = RegistryQuestions(f"http://127.0.0.1:{listening.getsockname()[1]}")
    await asking.start()
    yield asking
    await asking.close()
    server.should_exit = True
    await serving


async def test_the_party_its_agb_code_and_its_employee_arrive(questions: RegistryQuestions) -> None:
    headers = asker_headers(CALLER, "01023456", "j.jansen@praktijk", "3f1c-77")
    assert await questions.search({}, headers) == [
        CALLER.party, "provider", "01023456", "j.jansen@praktijk", "3f1c-77",
    ]  # fmt: skip


async def test_without_employee_and_request_id_the_question_gets_an_id(questions: RegistryQuestions) -> None:
    *asker, request_id = await questions.search({}, asker_headers(CALLER, "01023456", None, None))
    assert asker == [CALLER.party, "provider", "01023456", None]
    assert len(request_id) == 36


def test_a_bsn_is_no_code_for_an_employee() -> None:
    with pytest.raises(Problem) as refused:
        asker_headers(CALLER, "01023456", made_bsns()[0], None)
    assert (refused.value.status, refused.value.code) == (400, "invalid-input")
