"""The register's questions over real HTTP, and what the access log says afterwards."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

import aiohttp
import uvicorn
from fastapi import FastAPI

from ion_platform.database import Pool
from ion_platform.problems import install_problems
from ion_registry.handlers.http import PREFIX, create_router
from ion_registry.services.deciding.handle_commands import CommandHandler
from ion_registry.services.questions.proof_signing import ProofSigner
from tests.integration.registry.made_messages import PRACTICE_A, Made, Partition
from tests.integration.registry.set_clock import SetClock

TODAY = date(2027, 6, 15)
OF_A = {"ion-party": f"made party of {PRACTICE_A}", "ion-role": "provider", "ion-on-behalf-of": PRACTICE_A}
OFFICE = {"ion-party": "the office", "ion-role": "office", "ion-user": "made-clerk"}
Ask: TypeAlias = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


def provider(agb_code: str) -> dict[str, str]:
    """Returns the headers of who acts for this code."""
    return {"ion-party": f"made party of {agb_code}", "ion-role": "provider", "ion-on-behalf-of": agb_code}


def insurer(uzovi: str) -> dict[str, str]:
    """Returns the headers of an insurer."""
    return {"ion-party": f"made insurer {uzovi}", "ion-role": "insurer", "ion-on-behalf-of": uzovi}


@asynccontextmanager
async def questions(pool: Pool, today: date = TODAY, signer: ProofSigner | None = None) -> AsyncIterator[Ask]:
    """Gives what posts a question to the register's routes; it returns (status, answer)."""
    app = FastAPI()
    install_problems(app, "0.1.0")
    app.include_router(create_router(lambda: pool, SetClock(today), signer))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve([listening]))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}{PREFIX}"
    async with aiohttp.ClientSession() as session:

        async def post(path: str, question: dict[str, Any], asker: dict[str, str] = OF_A) -> tuple[int, dict[str, Any]]:
            async with session.post(f"{address}{path}", json=question, headers=asker) as answer:
                if answer.content_type == "application/pdf":
                    return answer.status, {"pdf": await answer.read()}
                return answer.status, await answer.json(content_type=None)

        yield post
    server.should_exit = True
    await serving


async def record(pool: Pool, partition: Partition, made: Sequence[Made], day: date) -> None:
    """Handles one batch on a day."""
    async with pool.acquire() as connection, connection.transaction():
        await CommandHandler(SetClock(day)).handle(connection, partition.deliver(made))


async def patient_id(pool: Pool, bsn: str) -> UUID:
    """Returns whom a BSN belongs to."""
    found: UUID = await pool.fetchval("select patient_id from patient where bsn = $1", bsn)
    return found


async def looks(pool: Pool) -> list[tuple[str, str, str, str | None]]:
    """Returns (question, action, result, code) of each access record, in order."""
    rows = await pool.fetch("select question, action, result, code from access_log order by looked_at, n")
    return [(row["question"], row["action"], row["result"], row["code"]) for row in rows]
