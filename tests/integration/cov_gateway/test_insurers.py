"""Asking insurers over real HTTP: slow, failing, lying and absent ones count as not consulted, never as not insured."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

import pytest
from aiohttp import web

from ion_contracts.messages import Mode
from ion_cov_gateway.domain.coverage import Coverage
from ion_cov_gateway.services.insurers import Insurers, InsurerSettings
from tests.support.stack import free_port

TODAY = date(2027, 3, 22)
YES = {"insured": True, "uzovi": "3311", "insuredNumber": "1", "kind": "basic", "from": "2026-01-01", "until": None}
Answering = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def insurer(answer: Answering) -> AsyncIterator[str]:
    """Serves one insurer and gives its URL."""
    app = web.Application()
    app.add_routes([web.post("/v1/coverage-checks", answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def ask(url: str, settings: InsurerSettings | None = None, times: int = 1) -> list[Coverage]:
    insurers = Insurers({"3311": url}, settings or InsurerSettings(deadline_s=0.5))
    await insurers.start()
    try:
        return [await _check(insurers) for _ in range(times)]
    finally:
        await insurers.close()


async def _check(insurers: Insurers) -> Coverage:
    return await insurers.check(
        bsn="999900018",
        on_date=TODAY,
        mode=Mode.MANUAL,
        insurer_hint=None,
        checked_at=datetime(2027, 3, 22, tzinfo=UTC),
    )


def saying(body: object, status: int = 200) -> Answering:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    return answer


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (YES, "100"),
        ({"insured": False}, "101"),
        ({**YES, "kind": "additional"}, "101"),
        ({**YES, "until": "2026-12-31"}, "101"),
        ({**YES, "from": "2028-01-01"}, "101"),
    ],
)
async def test_only_a_basic_insurance_that_is_active_counts(body: object, code: str) -> None:
    async with insurer(saying(body)) as url:
        assert (await ask(url))[0].code == code


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({}, 503, "unavailable"),
        ({}, 500, "unavailable"),
        ({}, 429, "busy"),
        ({}, 404, "bad-answer"),
        ({"insured": "perhaps"}, 200, "bad-answer"),
        ({"insured": 0}, 200, "bad-answer"),
        ({**YES, "insured": 1}, 200, "bad-answer"),
        ({**YES, "uzovi": "7095"}, 200, "bad-answer"),
        ({**YES, "from": None}, 200, "bad-answer"),
        ([], 200, "bad-answer"),
        ({"insured": False, "padding": "x" * 100_000}, 200, "bad-answer"),
    ],
)
async def test_an_answer_that_does_not_fit_counts_as_none(body: object, status: int, reason: str) -> None:
    async with insurer(saying(body, status)) as url:
        coverage = (await ask(url))[0]
    assert (coverage.code, coverage.not_consulted[0].reason) == ("102", reason)


async def test_a_slow_insurer_is_not_waited_for_beyond_the_deadline() -> None:
    async def never(_request: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.Response()

    async with insurer(never) as url:
        coverage = (await ask(url, InsurerSettings(deadline_s=0.1)))[0]
    assert (coverage.code, coverage.not_consulted[0].reason) == ("102", "timeout")


async def test_a_closed_port_is_refused() -> None:
    coverage = (await ask(f"http://127.0.0.1:{free_port()}"))[0]
    assert (coverage.code, coverage.not_consulted[0].reason) == ("102", "refused")


async def test_after_failures_in_a_row_an_insurer_is_left_alone_for_a_while_and_then_tried_again() -> None:
    calls = 0
    broken = True

    async def answer(_request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        return web.Response(status=503) if broken else web.json_response(YES)

    async with insurer(answer) as url:
        insurers = Insurers({"3311": url}, InsurerSettings(breaker_failures=3, breaker_open_s=0.2))
        await insurers.start()
        reasons = [(await _check(insurers)).not_consulted[0].reason for _ in range(6)]
        assert (reasons[:3], reasons[3:], calls) == (["unavailable"] * 3, ["breaker-open"] * 3, 3)
        broken = False
        await asyncio.sleep(0.25)
        assert [(await _check(insurers)).code for _ in range(2)] == ["100", "100"]
        await insurers.close()


async def test_a_redirect_is_not_followed_with_the_bsn() -> None:
    asked_elsewhere = 0

    async def elsewhere(_request: web.Request) -> web.Response:
        nonlocal asked_elsewhere
        asked_elsewhere += 1
        return web.json_response(YES)

    async with insurer(elsewhere) as other:

        async def redirect(_request: web.Request) -> web.Response:
            raise web.HTTPTemporaryRedirect(f"{other}/v1/coverage-checks")

        async with insurer(redirect) as url:
            coverage = (await ask(url))[0]
    assert (coverage.code, coverage.not_consulted[0].reason, asked_elsewhere) == ("102", "bad-answer", 0)


async def test_an_asker_that_leaves_while_it_tries_an_insurer_again_does_not_shut_that_insurer_out_for_ever() -> None:
    slow = asyncio.Event()

    async def answer(_request: web.Request) -> web.Response:
        if slow.is_set():
            await asyncio.sleep(1)
        return web.Response(status=503) if broken else web.json_response(YES)

    broken = True
    async with insurer(answer) as url:
        insurers = Insurers({"3311": url}, InsurerSettings(breaker_failures=1, breaker_open_s=0.05))
        await insurers.start()
        await _check(insurers)
        await asyncio.sleep(0.1)
        slow.set()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(_check(insurers), 0.1)
        slow.clear()
        broken = False
        await asyncio.sleep(0.1)
        assert (await _check(insurers)).code == "100"
        await insurers.close()
