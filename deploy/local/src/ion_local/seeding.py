"""Fills a new stack: care providers, who may post, and example rates. Doing it again changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ion_local.other_providers import OTHER_PROVIDERS
from ion_local.practices import PRACTICES
from ion_platform.clock import Clock

if TYPE_CHECKING:
    from ion_local.stack import Stack


class SeedingError(RuntimeError):
    """A command of a service refused; its words are in the message."""


def seed(stack: Stack) -> None:
    """Runs the services' own commands, as an operator would. Raises SeedingError."""
    providers, access = stack.directory / "providers.jsonl", stack.directory / "access.jsonl"
    lines = [*(practice.provider_line() for practice in PRACTICES), *OTHER_PROVIDERS]
    providers.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    access.write_text("".join(json.dumps(p.access_line(), ensure_ascii=False) + "\n" for p in PRACTICES))
    commands = [
        ("registry", ["ion-registry", "import-providers", str(providers)]),
        ("gateway", ["ion-gateway", "import-access", str(access)]),
    ]
    if not (stack.directory / "seeded").exists():
        year = Clock(stack.clock_file).today().year
        commands += [("billing", _rate(year)), ("billing", _rate(year + 1))]
    with ThreadPoolExecutor() as together:
        list(together.map(lambda command: run_command(stack, *command), commands))
    (stack.directory / "seeded").touch()


def run_command(stack: Stack, service: str, words: list[str]) -> str:
    """Runs a command of a service with that service's settings and returns what it printed. Raises SeedingError."""
    done = subprocess.run(
        [stack.program(words[0]), *words[1:]],
        env={**os.environ, **stack.environment(service)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode:
        raise SeedingError(
            f"`{' '.join(words[:2])}` ended with {done.returncode}: {(done.stderr or done.stdout)[-2000:]}"
        )
    return done.stdout


def _rate(year: int) -> list[str]:
    """An example: the rate of 2023, for a year whose rate the board has not set yet."""
    tariff = "--rate 0.036 --vat included --vat-rate 21 --minimum 1.00"
    return f"ion-billing rates add --year {year} --reference-date {year}-04-01 {tariff}".split()
