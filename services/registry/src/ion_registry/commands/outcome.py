"""`ion-registry outcome`: what became of a command."""

from __future__ import annotations

import click

from ion_platform.clock import Clock
from ion_platform.database import Connection
from ion_registry.commands.working import described, on_database
from ion_registry.services.office.commands import Verdict, outcomes_of


@click.command("outcome")
@click.argument("command_id", metavar="COMMAND_ID")
def outcome_command(command_id: str) -> None:
    """Say what became of a command, from the journal. Prints no personal data.

    \b
    Example:
      ion-registry outcome 0b0c9a4e-6f3b-4c3e-9a53-0a6c1d5e2f10

    Ends with 1 while there is nothing to say: an unknown id, or a command that is still on its way.
    """

    async def read(connection: Connection, _: Clock) -> list[Verdict]:
        return list(await outcomes_of(connection, command_id))

    found = on_database(read)
    if not found:
        raise click.ClickException(
            "the journal has no outcome of this command: it is still on its way (some seconds, more when the intake "
            "stands still), or the id is wrong"
        )
    for verdict in found:
        click.echo(described(verdict))
