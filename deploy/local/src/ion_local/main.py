"""`ion-local`: the whole system on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from ion_local.clock import set_clock, show_clock
from ion_local.demo.main import demo
from ion_local.kafka import KafkaStartError
from ion_local.paths import default_directory
from ion_local.population import INSURERS, population
from ion_local.ports import PortError
from ion_local.postgres import PostgresStartError
from ion_local.seeding import SeedingError
from ion_local.stack import PARTS, SERVICES, Stack, StackError

console = Console(highlight=False)
STYLES = {"running": "green", "stopped": "dim", "crashed": "bold red"}


class _Commands(click.Group):
    """Tells errors that a person can act on without a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (StackError, KafkaStartError, PortError, PostgresStartError, SeedingError) as error:
            raise click.ClickException(str(error)) from error


def _stack() -> Stack:
    return Stack(default_directory(), lambda text: console.print(f"  {text}", style="dim"))


@click.group(
    cls=_Commands,
    help="The ION register on this machine, on real parts. Everything lies under .local/ (or ION_LOCAL_DIR).",
)
def cli() -> None: ...


@cli.command(help="Start everything that does not run. The data of last time is still there.")
def up() -> None:
    stack = _stack()
    if not stack.up():
        console.print("It runs already.")
    _show_status(stack)
    console.print(f"Addresses: {stack.directory / 'endpoints.json'}   People to try it with: `ion-local people`")


@cli.command(help="Stop everything; the data stays.")
@click.option("--quiet", is_flag=True, help="Say nothing.")
def down(quiet: bool) -> None:
    ran = _stack().down()
    if not quiet:
        console.print("Stopped; the data stays." if ran else "Nothing ran.")


@cli.command(help="Show what runs and what has crashed. Ends non-zero when something crashed.")
def status() -> None:
    stack = _stack()
    _show_status(stack)
    if any(state.state == "crashed" for state in stack.states()):
        sys.exit(1)


def _show_status(stack: Stack) -> None:
    table = Table("part", "state", "ready", "pid", "up", box=None, pad_edge=False)
    for state in stack.states():
        ready = "-" if state.name not in SERVICES else "yes" if state.pid and stack.is_ready(state.name) else "no"
        up_for = f"{state.up_s:.0f} s" if state.pid else ""
        shown = f"[{STYLES[state.state]}]{state.state}[/]"
        table.add_row(state.name, shown, ready, str(state.pid or ""), up_for)
    console.print(table)
    for state in stack.states():
        if state.state == "crashed":
            console.print(
                f"[red]{state.name} crashed.[/] Its log: {stack.parts[state.name].log}; `ion-local up` starts it again."
            )


@cli.command(help="Show the logs of all parts, or of one.")
@click.argument("part", type=click.Choice(PARTS), required=False)
@click.option("--lines", default=40, show_default=True, help="How many lines of each.")
@click.option("--follow", is_flag=True, help="Go on showing what is written.")
def logs(part: str | None, lines: int, follow: bool) -> None:
    stack = _stack()
    files = [str(stack.parts[name].log) for name in ([part] if part else PARTS) if stack.parts[name].log.exists()]
    if not files:
        raise StackError("there are no logs yet: start the stack with `make up`")
    subprocess.run(["tail", f"--lines={lines}", *(["--follow=name"] if follow else []), *files], check=False)


@cli.command(help="Stop a service and start it again.")
@click.argument("part", type=click.Choice(list(SERVICES)))
def restart(part: str) -> None:
    _stack().restart(part)
    console.print(f"{part} is ready again")


@cli.command(help="Kill a part with SIGKILL, to see what happens.")
@click.argument("part", type=click.Choice(PARTS))
def kill(part: str) -> None:
    victim = _stack().parts[part]
    if victim.process() is None:
        raise StackError(f"{part} does not run")
    victim.kill()
    console.print(f"{part} was killed; `ion-local up` starts it again")


@cli.group(invoke_without_command=True, help="Show the stack's time, or set it.")
@click.pass_context
def clock(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        console.print(f"{show_clock(_stack()):%A %Y-%m-%d %H:%M:%S} (Europe/Amsterdam)")


@clock.command("set", help="Set the time of all services, as 2027-04-01T10:00 in the Netherlands. Forward only.")
@click.argument("moment", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]))
def clock_set(moment: datetime) -> None:
    now = set_clock(_stack(), moment)
    console.print(f"It is {now:%A %Y-%m-%d %H:%M} everywhere.")


@cli.command(help="Show a simulated insurer, or set how it behaves while it runs.")
@click.argument("uzovi", type=click.Choice(list(INSURERS)))
@click.option("--latency-ms", type=click.IntRange(0, 60_000), help="Wait so long before each answer.")
@click.option("--failure-rate", type=click.FloatRange(0, 1), help="Answer 503 to this part of the calls.")
@click.option("--down/--up", default=None, help="Close its port, or open it again.")
def insurer(uzovi: str, latency_ms: int | None, failure_rate: float | None, down: bool | None) -> None:
    asked = {"latencyMs": latency_ms, "failureRate": failure_rate, "down": down}
    body = json.dumps({name: value for name, value in asked.items() if value is not None}).encode()
    url = f"{_stack().endpoints['insurersControl']}/insurers/{uzovi}/behaviour"
    request = urllib.request.Request(url, body, {"content-type": "application/json"}, method="PUT")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            console.print_json(answer.read().decode())
    except urllib.error.HTTPError as error:
        raise StackError(error.read().decode()) from error
    except OSError as error:
        raise StackError("the insurers do not answer; `ion-local status` shows what runs") from error


@cli.command(help="Show invented people to try things with.")
@click.option("--insured-at", type=click.Choice(list(INSURERS)), help="Only those insured there, and only there.")
@click.option("--limit", default=10, show_default=True)
@click.option("--skip", default=0, help="Leave out so many first.")
def people(insured_at: str | None, limit: int, skip: int) -> None:
    table = Table("BSN", "name", "born", "sex", "insurers", "deceased", box=None, pad_edge=False)
    found = [p for p in population() if insured_at is None or p.insurers == (insured_at,)]
    for p in found[skip : skip + limit]:
        name = " ".join(word for word in (p.initials, p.prefix, p.family_name) if word)
        row = (p.bsn, name, p.birth_date.isoformat(), p.sex.value, " ".join(p.insurers), "yes" if p.deceased else "")
        table.add_row(*row)
    console.print(table)


@cli.command(help="Print every address as JSON.")
def endpoints() -> None:
    console.print_json(json.dumps(_stack().endpoints))


cli.add_command(demo)
