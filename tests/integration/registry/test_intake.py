"""Intake that is paused: for all, commands wait; for one party, they are refused; questions are answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date

import pytest
from click.testing import CliRunner, Result

from ion_registry.config import RegistrySettings
from ion_registry.factory import Part, create_service
from ion_registry.main import cli
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, register
from tests.integration.registry.running import produce, read_outcomes, running, until

DAY = date(2027, 3, 10)
Run = Callable[..., Result]


@pytest.fixture
def run(register_database: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `ion-registry intake` on the test's database."""
    monkeypatch.setenv("ION_DATABASE_URL", register_database)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli, ["intake", *words])

    return invoke


async def test_while_intake_is_paused_commands_wait_and_the_register_is_ready(
    settings: RegistrySettings, run: Run
) -> None:
    async with running(settings) as service:
        paused = await asyncio.to_thread(run, "pause", "--user", "k.jansen", "--reason", "restore")
        assert paused.output == "intake is paused for all\n"
        await asyncio.sleep(5 * settings.timer_interval_s)
        command = register(1, PRACTICE_A, DAY)
        await produce(settings.kafka_bootstrap, [command])
        await asyncio.sleep(1)
        assert await service.pool.fetchval("select count(*) from journal where kind = 'register'") == 0
        assert all((await service.checks()).values())
        assert (await asyncio.to_thread(run, "resume", "--user", "k.jansen")).exit_code == 0
        (outcome,) = await read_outcomes(settings.kafka_bootstrap, [command])
        assert outcome.code == "registered"


async def test_a_party_that_is_paused_is_told_so_and_the_others_go_on(settings: RegistrySettings, run: Run) -> None:
    mine, other = register(1, PRACTICE_A, DAY), register(2, PRACTICE_B, DAY)
    words = ("--party", f"made party of {PRACTICE_A}", "--user", "k.jansen")
    assert (await asyncio.to_thread(run, "pause", *words, "--reason", "wrong file")).exit_code == 0
    async with running(settings):
        await produce(settings.kafka_bootstrap, [mine, other])
        outcomes = {o.command_id: o.code for o in await read_outcomes(settings.kafka_bootstrap, [mine, other])}
    assert outcomes == {mine.id: "intake-paused", other.id: "registered"}


def test_pausing_twice_and_resuming_what_runs_is_told(run: Run) -> None:
    pause = ("pause", "--user", "k.jansen", "--reason", "restore")
    assert run("show").output == "nothing is paused\n"
    assert run(*pause).exit_code == 0
    assert "intake is paused already for all" in run(*pause).output
    assert "paused now: restore" in run("show").output
    assert run("resume", "--user", "k.jansen").exit_code == 0
    assert "intake is not paused for all" in run("resume", "--user", "k.jansen").output


async def test_questions_are_served_apart_without_a_consumer(settings: RegistrySettings) -> None:
    service = create_service(settings, frozenset({Part.QUESTIONS}))
    async with service.app.router.lifespan_context(service.app):

        async def ready() -> bool:
            return all((await service.checks()).values())

        await until(ready, "the questions are ready")
        assert set(await service.checks()) == {"started", "database", "consumers", "task outbox relay"}
