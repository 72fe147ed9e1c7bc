"""What the commands of the office share: a connection, who is meant, and how a command is judged, sent and followed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID, uuid4

import click

from ion_contracts.identifiers import InvalidIdentifierError, normalise_bsn
from ion_contracts.outcome_codes import OUTCOME_CODES
from ion_platform.cli import load_settings
from ion_platform.clock import Clock
from ion_platform.database import Connection, open_pool
from ion_platform.outbox import Outgoing
from ion_registry.config import RegistrySettings
from ion_registry.domain.asker import Action, InvalidAskerError, Result, Role, parse_asker
from ion_registry.services.evidence.access_log import log_access
from ion_registry.services.office.commands import KnownPatient, Verdict, find_known, judge, send

ResultT = TypeVar("ResultT")
OFFICE = "office"
QUESTION = "office-command"


def on_database(
    work: Callable[[Connection, Clock], Awaitable[ResultT]], statement_timeout_s: float | None = None
) -> ResultT:
    """Runs one piece of work with a connection and the register's clock; its statements may take so long."""

    async def run() -> ResultT:
        settings = load_settings(RegistrySettings)
        if statement_timeout_s is not None:
            settings = settings.model_copy(update={"database_statement_timeout_s": statement_timeout_s})
        pool = await open_pool(settings)
        try:
            async with pool.acquire() as connection:
                return await work(connection, Clock(settings.simulated_clock_file))
        finally:
            await pool.close()

    return asyncio.run(run())


def read_bsn() -> str:
    """Returns the BSN on stdin, so that it stands in no list of processes or commands."""
    text = click.prompt("BSN", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()
    try:
        return normalise_bsn(text)
    except InvalidIdentifierError as error:
        raise click.ClickException(f"on stdin: {error}") from None


async def look_up(connection: Connection, user: str, bsn: str | None, patient_id: UUID | None = None) -> KnownPatient:
    """Returns who is meant, and logs that the office looked. Ends when the register knows nobody by that number."""
    try:
        asker = parse_asker(OFFICE, Role.OFFICE, None, user)
    except InvalidAskerError:
        raise click.UsageError("--user is a code of at most 100 letters, digits and . _ : @ + -, and no BSN") from None
    async with connection.transaction():
        found = await find_known(connection, bsn, patient_id)
        subjects, result = ([found.patient_id], Result.FOUND) if found else ([], Result.NOT_FOUND)
        await log_access(connection, asker, QUESTION, Action.READ, subjects, result, str(uuid4()))
    if found is None:
        raise click.ClickException(
            "the register knows nobody by this number; that it was asked is logged. The office can only give commands "
            "about patients whom the register knows: the key of a new one is made by the gateway."
        )
    return found


async def judge_and_send(
    connection: Connection, command: Outgoing, clock: Clock, dry_run: bool, follow: str | None = None
) -> None:
    """Says what becomes of a command as the register is now. Sends it, unless that is nothing or this is a dry run."""
    verdict = await judge(connection, command, clock)
    if verdict.is_refused:
        raise click.ClickException(f"{described(verdict)}\nNothing was sent.")
    if dry_run:
        click.echo(f"would be {described(verdict)}\nnothing was sent")
        return
    async with connection.transaction():
        await send(connection, command)
    click.echo(f"sent as command {command.envelope.id}: as the register is now, {described(verdict)}")
    click.echo(f"see: {follow or f'ion-registry outcome {command.envelope.id}'}")


def described(verdict: Verdict) -> str:
    """Returns an outcome in words."""
    row = OUTCOME_CODES[verdict.code]
    waits = f" It waits until {verdict.process_on}." if verdict.process_on else ""
    return f"{verdict.status} ({row.code}: {row.title_en}. {row.detail_en}{waits})"
