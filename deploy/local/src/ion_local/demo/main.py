"""Starts a stack of its own, plays the steps, writes the report, and leaves nothing running."""

from __future__ import annotations

import asyncio
import time
from datetime import date
from pathlib import Path

import aiohttp
import click
from rich.console import Console

from ion_local.demo.people import cast
from ion_local.demo.play import Play
from ion_local.demo.report import Report, Step
from ion_local.demo.steps import CROWD, STEPS, STOPPED_INSURER
from ion_local.demo.world import DemoError, World
from ion_local.kafka import KafkaStartError
from ion_local.paths import default_directory
from ion_local.postgres import PostgresStartError
from ion_local.seeding import SeedingError
from ion_local.stack import Stack, StackError
from ion_platform.clock import Clock


@click.command(help="Start a stack of its own beside any other, show the system doing its job, and stop it.")
@click.option(
    "--directory", type=click.Path(path_type=Path), help="Where it lives; .local/demo by default. Emptied first."
)
@click.option("--report", "report_path", type=click.Path(path_type=Path), help=".local/demo-report.json by default.")
@click.option("--keep", is_flag=True, help="Leave it running afterwards, to look around (ION_LOCAL_DIR=<directory>).")
def demo(directory: Path | None, report_path: Path | None, keep: bool) -> None:
    console = Console(highlight=False)
    stack = Stack(directory or default_directory() / "demo", lambda text: console.print(f"  {text}", style="dim"))
    report = Report(console)
    try:
        stack.down()
        stack.remove()
        console.print("[bold]The ION register, on real Kafka, PostgreSQL, SMTP and HTTP[/]\n")
        stack.up()
        asyncio.run(_play(stack, report, console))
    except (DemoError, StackError, KafkaStartError, PostgresStartError, SeedingError) as error:
        console.print(f"[red]{error}[/]")
    finally:
        if not keep:
            stack.down()
    if not report.finish(report_path or default_directory() / "demo-report.json", len(STEPS)):
        raise SystemExit(1)


async def _play(stack: Stack, report: Report, console: Console) -> None:
    """Plays all steps. After one that raised, the others would mean nothing."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        with console.status("") as status:
            play = Play(World(stack, session, status.update), cast(STOPPED_INSURER, CROWD), _year())
            for number, (name, step) in enumerate(STEPS, start=1):
                status.update(name)
                began_s = time.monotonic()
                expected, observed, figures = await step(play)
                report.add(Step(number, name, expected, observed, time.monotonic() - began_s), figures)


def _year() -> int:
    """The first year whose March is still to come: the clock only goes forward."""
    today = Clock().today()
    return today.year if today < date(today.year, 3, 22) else today.year + 1
