"""The insurers that stand in for real ones are set while they run, and say what was wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from ion_local.insurers import Insurers
from ion_local.population import INSURERS
from tests.support.stack import free_port

UZOVI = "7119"


@pytest.fixture
async def port() -> int:
    return free_port()


@pytest.fixture
async def insurers(port: int, tmp_path: Path) -> AsyncIterator[Insurers]:
    made = Insurers({**dict.fromkeys(INSURERS, 0), UZOVI: port}, tmp_path / "kept.json")
    await made.insurers[UZOVI].apply()
    yield made
    runner = made.insurers[UZOVI].runner
    if runner is not None:
        await runner.cleanup()


@pytest.fixture
async def control(insurers: Insurers) -> AsyncIterator[str]:
    app, number = web.Application(), free_port()
    app.add_routes(insurers.routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", number).start()
    yield f"http://127.0.0.1:{number}/insurers/{UZOVI}/behaviour"
    await runner.cleanup()


async def put(url: str, body: Any) -> int:
    async with aiohttp.ClientSession() as session, session.put(url, json=body) as answer:
        return answer.status


@pytest.mark.parametrize("body", [[], {"latencyMs": "soon"}, {"latencyMs": -1}, {"failureRate": 2}])
async def test_a_wrong_behaviour_is_refused_and_changes_nothing(control: str, insurers: Insurers, body: Any) -> None:
    before = insurers.insurers[UZOVI].behaviour
    assert await put(control, body) == 400
    assert insurers.insurers[UZOVI].behaviour == before


async def test_a_port_that_somebody_took_meanwhile_is_told_and_can_be_tried_again(
    control: str, insurers: Insurers, port: int
) -> None:
    assert await put(control, {"down": True}) == 200
    somebody = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", port)
    assert await put(control, {"down": False}) == 409
    assert insurers.insurers[UZOVI].behaviour.down
    somebody.close()
    await somebody.wait_closed()
    assert await put(control, {"down": False}) == 200
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}/v1/coverage-checks", json={"bsn": "0"}) as answer,
    ):
        assert await answer.json() == {"insured": False}
