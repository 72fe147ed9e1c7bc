"""`ion-registry intake`: whether commands are taken, from all and from each party."""

from __future__ import annotations

import click
from asyncpg import Record

from ion_platform.clock import Clock
from ion_platform.database import Connection
from ion_registry.commands.working import on_database
from ion_registry.storage import intake

SHOWN_MAX = 20
user_option = click.option("--user", required=True, help="Your code as a member of staff; it is kept with the pause.")
party_option = click.option("--party", help="Only this party, by the name that the gateway knows it by. Without: all.")


@click.group("intake", help="Stop taking commands, from all or from one party, and take them again.")
def intake_group() -> None:
    """The group; its commands follow."""


@intake_group.command("pause")
@party_option
@user_option
@click.option("--reason", required=True, help="Why, for who asks later; no names of patients.")
def pause_intake(party: str | None, user: str, reason: str) -> None:
    """Pause intake.

    \b
    For all: nothing is taken; commands wait on their topic and lose nothing, questions are answered.
      ion-registry intake pause --user k.jansen --reason "restore of the insurers' copy"
    For one party: its commands are refused as `intake-paused`, so that it can offer them again later.
      ion-registry intake pause --party "Praktijk Voorbeeld" --user k.jansen --reason "wrong file, third time"

    It holds within a second. What waits for the end of a closed day is processed all the same.
    """

    async def work(connection: Connection, clock: Clock) -> bool:
        return await intake.pause(connection, party, clock.now(), user, reason)

    if not on_database(work):
        raise click.ClickException(f"intake is paused already for {_whom(party)}; see `ion-registry intake show`")
    click.echo(f"intake is paused for {_whom(party)}")


@intake_group.command("resume")
@party_option
@user_option
def resume_intake(party: str | None, user: str) -> None:
    """Take commands again. What waited on the topic is taken in its order."""

    async def work(connection: Connection, clock: Clock) -> bool:
        return await intake.resume(connection, party, clock.now(), user)

    if not on_database(work):
        raise click.ClickException(f"intake is not paused for {_whom(party)}; see `ion-registry intake show`")
    click.echo(f"intake is resumed for {_whom(party)}")


@intake_group.command("show")
def show_intake() -> None:
    """Print what is paused now, and the newest pauses of before."""

    async def work(connection: Connection, _clock: Clock) -> list[Record]:
        return await intake.newest(connection, SHOWN_MAX)

    rows = on_database(work)
    if not any(row["resumed_at"] is None for row in rows):
        click.echo("nothing is paused")
    for row in rows:
        ended = "paused now"
        if row["resumed_at"]:
            ended = f"until {row['resumed_at']:%Y-%m-%d %H:%M} by {row['resumed_by']}"
        began = f"from {row['paused_at']:%Y-%m-%d %H:%M} by {row['paused_by']}"
        click.echo(f"{_whom(row['party'])}: {began}, {ended}: {row['reason']}")


def _whom(party: str | None) -> str:
    return "all" if party is None else party
