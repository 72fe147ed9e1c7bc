"""`ion-registry cases`: what the office of the ombudsman sees and does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import asyncpg
import click
from pydantic import ValidationError

from ion_contracts.messages import CaseStep
from ion_contracts.outcome_codes import OUTCOME_CODES
from ion_platform.cli import load_settings
from ion_platform.clock import Clock
from ion_platform.database import Connection, open_pool
from ion_registry.config import RegistrySettings
from ion_registry.domain.case import Case, CaseState
from ion_registry.services.office.case_steps import StepFile, judge_step, send_step
from ion_registry.storage.cases import StepRow, find_case, list_cases, list_open_cases, read_steps
from ion_registry.storage.exclusions import exclusions_of_case

LIST_MAX = 1000
FILE_BYTES_MAX = 64 * 1024

ResultT = TypeVar("ResultT")


@click.group("cases", help="Cases of the ombudsman: who was the GP of a patient on a reference date.")
def cases_group() -> None:
    """The group; its commands follow."""


@cases_group.command("list", help="The newest cases first, each with its state and its terms.")
@click.option("--overdue", is_flag=True, help="Only cases with a term that has passed.")
@click.option("--limit", type=click.IntRange(1, LIST_MAX), default=100, show_default=True, help="At most so many.")
def list_them(overdue: bool, limit: int) -> None:
    """Prints a line for each case."""
    settings = load_settings(RegistrySettings)
    today = Clock(settings.simulated_clock_file).today()
    found = _run(settings, lambda c: list_cases(c, overdue_on=today if overdue else None, limit=limit))
    for case in found:
        click.echo(
            f"{case.case_id}  {_parties(case)}  on {case.on_date}  {case.state:<9}  {_late(case, today)}".rstrip()
        )
    click.echo(f"{len(found)} {'overdue ' if overdue else ''}cases{_more(found, limit)}")


@cases_group.command(help="What is due when in the open cases, the earliest first.")
@click.option(
    "--limit", type=click.IntRange(1, LIST_MAX), default=100, show_default=True, help="At most so many cases."
)
def terms(limit: int) -> None:
    """Prints a line for each term that runs."""
    settings = load_settings(RegistrySettings)
    today = Clock(settings.simulated_clock_file).today()
    found = _run(settings, lambda c: list_open_cases(c, limit))
    running = [term for case in found for term in _terms(case)]
    for due, what, case in sorted(running, key=lambda term: term[0]):
        click.echo(f"{due}  {what:<7}  {case.case_id}  {_parties(case)}  {_distance(due, today)}")
    click.echo(f"{len(found)} open cases{_more(found, limit)}")


@cases_group.command(help="One case: how it is, and each step with who took it and when.")
@click.argument("case_id", type=click.UUID, metavar="ID")
@click.option("--with-texts", is_flag=True, help="Also what the steps say: personal data.")
def show(case_id: UUID, with_texts: bool) -> None:
    """Prints the case and its history."""
    settings = load_settings(RegistrySettings)
    today = Clock(settings.simulated_clock_file).today()
    case, steps, excluded = _run(settings, lambda c: _read(c, case_id))
    if case is None:
        raise click.ClickException(f"there is no case {case_id}; `ion-registry cases list` names them")
    click.echo("\n".join(_description(case, today)))
    for row in excluded:
        lifted = f", lifted on {row['lifted_on']}" if row["lifted_on"] else ""
        click.echo(f"excluded     {row['agb_code']} from {row['since']} to {row['until']}{lifted}")
    for step in steps:
        by = "office" if step.office else "provider"
        click.echo(f"{step.n:>3}  {step.offered_on}  {step.kind:<16}  {step.party} ({by})  {step.command_id}")
        if with_texts:
            click.echo(_text(step))


@cases_group.command("take-step", help="Take the step in a file, as docs/ombudsman.md shows it for each kind.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would become of it.")
def take_step_in_file(file: Path, dry_run: bool) -> None:
    """Judges the step as the case is now, and sends it as a command."""
    settings = load_settings(RegistrySettings)
    message = _read_file(file, Clock(settings.simulated_clock_file))
    command_id = _run(settings, lambda c: _judge_and_send(c, message, dry_run))
    if command_id is None:
        click.echo(f"would be taken in case {message.case_id}: nothing was sent")
    else:
        click.echo(f"sent as command {command_id}\nsee: ion-registry cases show {message.case_id}")


async def _judge_and_send(connection: Connection, message: CaseStep, dry_run: bool) -> str | None:
    result = await judge_step(connection, message)
    if not result.accepted:
        row = OUTCOME_CODES[result.code]
        raise click.ClickException(
            f"{row.code}: {row.title_en}. {row.detail_en}\nNothing was sent. Did you send the step before it just now? "
            f"Wait until it stands in `ion-registry cases show {message.case_id}`."
        )
    if dry_run:
        return None
    async with connection.transaction():
        return await send_step(connection, message)


def _read_file(file: Path, clock: Clock) -> CaseStep:
    content = file.read_bytes()
    if len(content) > FILE_BYTES_MAX:
        raise click.ClickException(f"{file} has {len(content)} bytes; a step has at most {FILE_BYTES_MAX}")
    try:
        # What a message of the future may add, a file written by hand may not: it would be a misspelt field.
        return StepFile.model_validate_json(content, extra="forbid").as_message(clock.now())
    except ValidationError as error:
        lines = [
            f"  {'.'.join(str(part) for part in detail['loc']) or 'file'}: {detail['msg']}"
            for detail in error.errors(include_input=False, include_url=False)
        ]
        raise click.ClickException(f"{file} is no step; nothing was sent:\n" + "\n".join(lines)) from None
    except ValueError as error:
        raise click.ClickException(f"{file} is no step; nothing was sent:\n  {error}") from None


async def _read(connection: Connection, case_id: UUID) -> tuple[Case | None, list[StepRow], list[asyncpg.Record]]:
    return (
        await find_case(connection, case_id),
        await read_steps(connection, case_id),
        await exclusions_of_case(connection, case_id),
    )


def _run(settings: RegistrySettings, work: Callable[[Connection], Awaitable[ResultT]]) -> ResultT:
    """Runs one piece of work on the database, or ends with what an operator can do."""
    try:
        return asyncio.run(_connected(settings, work))
    except asyncpg.UndefinedTableError:
        raise click.ClickException("the database is older than this code; run `ion-registry migrate`") from None
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise click.ClickException(
            f"the database cannot be used ({type(error).__name__}); look at ION_DATABASE_URL"
        ) from None


async def _connected(settings: RegistrySettings, work: Callable[[Connection], Awaitable[ResultT]]) -> ResultT:
    pool = await open_pool(settings)
    try:
        async with pool.acquire() as connection:
            return await work(connection)
    finally:
        await pool.close()


def _parties(case: Case) -> str:
    return f"{case.requester} / {case.other}"


def _terms(case: Case) -> list[tuple[date, str, Case]]:
    contact = [(case.contact_due, "contact", case)] if case.awaits_contact else []
    return [*contact, (case.ruling_due, "ruling", case)]


def _late(case: Case, today: date) -> str:
    late = [f"contact was due {case.contact_due}"] if case.contact_overdue(today) else []
    late += [f"ruling was due {case.ruling_due}"] if case.ruling_overdue(today) else []
    return f"OVERDUE: {', '.join(late)}" if late else ""


def _distance(due: date, today: date) -> str:
    days = (due - today).days
    return f"OVERDUE by {-days} days" if days < 0 else f"in {days} days" if days else "today"


def _more(found: list[Case], limit: int) -> str:
    return " (there may be more: --limit)" if len(found) == limit else ""


def _description(case: Case, today: date) -> list[str]:
    still_open = case.state is CaseState.OPEN
    told = {
        "case": case.case_id,
        "state": case.state,
        "parties": _parties(case),
        "patient": case.patient_id or "removed",
        "about": case.on_date,
        "opened": case.opened_on,
        "contact": case.contacted_on or (f"due {case.contact_due}" if still_open else "none"),
        "ruling": case.ruled_on or (f"due {case.ruling_due}" if still_open else f"withdrawn {case.withdrawn_on}"),
        "extended": case.extended_on or "no",
        "heard": ", ".join(sorted(case.heard)) or "nobody",
        "wish": case.wish or "not known",
        "ruled for": case.ruled or "nobody",
        "published": case.published_on or "no",
        "overdue": _late(case, today).removeprefix("OVERDUE: ") or "no",
    }
    return [f"{name:<12} {value}" for name, value in told.items()]


def _text(step: StepRow) -> str:
    if step.body is None:
        return "     (removed)"
    lines = json.dumps(step.body, indent=2, ensure_ascii=False).splitlines()
    return "\n".join(f"     {line}" for line in lines)
