"""`ion-registry lists`: operations on whole lists, as the office starts, stops, resumes and follows them."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import asyncpg
import click

from ion_contracts.messages import MoveList, Steering, SteerList, WithdrawBatch
from ion_platform.clock import Clock
from ion_platform.database import Connection
from ion_registry.commands.office_options import AGB_CODE, dry_run_option
from ion_registry.commands.working import OFFICE, judge_and_send, on_database
from ion_registry.services.office.commands import as_outgoing, parties_of_batch
from ion_registry.storage.list_operations import find

FOLLOW_INTERVAL_S = 1.0


@click.group(
    "lists", help="Operations on whole lists: one command starts them, they go on by themselves and can be stopped."
)
def lists_group() -> None:
    """The group; its commands follow."""


@lists_group.command("move")
@click.option("--from", "from_agb_code", type=AGB_CODE, required=True, help="The code whose list is moved.")
@click.option("--to", "agb_code", type=AGB_CODE, required=True, help="The code that gets the patients.")
@dry_run_option
def move(from_agb_code: str, agb_code: str, dry_run: bool) -> None:
    """Move the whole list of one code to another of the same party (rules 29 to 31).

    \b
    Example:
      ion-registry lists move --from 01023456 --to 01034567 --dry-run
    """

    async def start(connection: Connection, clock: Clock) -> None:
        body = MoveList(
            operation_id=uuid4(), from_agb_code=from_agb_code, agb_code=agb_code, **_by_office(clock, OFFICE)
        )
        await _start(connection, clock, body, dry_run)

    on_database(start)


@lists_group.command("withdraw")
@click.option("--batch", "batch_id", type=click.UUID, required=True, help="The file or operation to withdraw.")
@click.option("--agb-code", type=AGB_CODE, required=True, help="For whom it was.")
@dry_run_option
def withdraw(batch_id: UUID, agb_code: str, dry_run: bool) -> None:
    """Withdraw what a file or an operation did and nobody has built upon since, for the party that gave it.

    \b
    Example:
      ion-registry lists withdraw --batch 6e0c1b7a-0d0e-4c55-9a7e-6f2b8a441d10 --agb-code 01023456
    """

    async def start(connection: Connection, clock: Clock) -> None:
        parties = await parties_of_batch(connection, batch_id)
        if len(parties) != 1:
            raise click.ClickException(
                f"the journal has {len(parties)} parties who gave commands of this batch, not one"
            )
        body = WithdrawBatch(
            operation_id=uuid4(), withdrawn_batch_id=batch_id, agb_code=agb_code, **_by_office(clock, parties[0])
        )
        await _start(connection, clock, body, dry_run)

    on_database(start)


@lists_group.command("stop")
@click.argument("operation_id", type=click.UUID)
@dry_run_option
def stop(operation_id: UUID, dry_run: bool) -> None:
    """Stop an operation: what was sent is done, nothing more leaves."""
    _steer(operation_id, Steering.STOP, dry_run)


@lists_group.command("resume")
@click.argument("operation_id", type=click.UUID)
@dry_run_option
def resume(operation_id: UUID, dry_run: bool) -> None:
    """Let a stopped operation go on where it was."""
    _steer(operation_id, Steering.RESUME, dry_run)


@lists_group.command("show")
@click.argument("operation_id", type=click.UUID)
@click.option("--follow", is_flag=True, help="A line for each change, until it ended and all is told.")
def show(operation_id: UUID, follow: bool) -> None:
    """Say how far an operation is, and what became of its commands.

    \b
    Example:
      ion-registry lists show 6e0c1b7a-0d0e-4c55-9a7e-6f2b8a441d10 --follow
    """

    async def look(connection: Connection, _: Clock) -> None:
        row = await _find(connection, operation_id)
        click.echo(_head(row))
        click.echo(_progress(row))
        while follow and not _is_over(row):
            await asyncio.sleep(FOLLOW_INTERVAL_S)
            before, row = _progress(row), await _find(connection, operation_id)
            if _progress(row) != before:
                click.echo(_progress(row))

    on_database(look)


def _steer(operation_id: UUID, steering: Steering, dry_run: bool) -> None:
    async def send_it(connection: Connection, clock: Clock) -> None:
        body = SteerList(operation_id=operation_id, steering=steering, **_by_office(clock, OFFICE))
        command = as_outgoing(body, operation_id.bytes, clock)
        await judge_and_send(connection, command, clock, dry_run, f"ion-registry lists show {operation_id}")

    on_database(send_it)


async def _start(connection: Connection, clock: Clock, body: MoveList | WithdrawBatch, dry_run: bool) -> None:
    follow = f"ion-registry lists show {body.operation_id} --follow"
    await judge_and_send(connection, as_outgoing(body, body.operation_id.bytes, clock), clock, dry_run, follow)


def _by_office(clock: Clock, party: str) -> dict[str, object]:
    return {"offered_on": clock.today(), "offered_at": clock.now(), "party": party, "office": True}


async def _find(connection: Connection, operation_id: UUID) -> asyncpg.Record:
    row = await find(connection, operation_id)
    if row is None:
        raise click.ClickException(
            "there is no such operation: its command is still on its way, or was refused "
            "(`ion-registry outcome` with the id of the command says so)"
        )
    return row


def _head(row: asyncpg.Record) -> str:
    what = f"move {row['from_agb_code']} to" if row["kind"] == "move" else f"withdraw {row['batch_id']} of"
    return f"{what} {row['agb_code']}, by {row['party']}, since {row['started_at']:%Y-%m-%d %H:%M:%S}Z"


def _progress(row: asyncpg.Record) -> str:
    told = f"{row['accepted']} accepted, {row['refused']} refused, {row['deferred']} waiting"
    return f"{row['status']}: {row['sent']} of {row['total']} sent; {told}"


def _is_over(row: asyncpg.Record) -> bool:
    answered: int = row["accepted"] + row["refused"] + row["deferred"]
    return bool(row["status"] == "stopped" or (row["status"] == "done" and answered >= row["sent"]))
