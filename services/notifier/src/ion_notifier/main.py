"""`ion-notifier`: the command line of the notifier."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import asyncpg
import click

from ion_notifier.config import NotifierSettings
from ion_notifier.domain.delivery import Status
from ion_notifier.factory import create_service
from ion_notifier.storage.deliveries import newest, retry_failed
from ion_platform.cli import load_settings, service_cli
from ion_platform.database import Connection
from ion_platform.settings import Settings

ResultT = TypeVar("ResultT")

cli = service_cli("notifier", "ion_notifier", NotifierSettings, create_service)


@cli.group("deliveries", help="The mails that were sent, wait, or failed. They name no patient.")
def deliveries_group() -> None: ...


@deliveries_group.command("list", help="The newest deliveries, one line each.")
@click.option("--status", type=click.Choice([status.value for status in Status]), help="Only those in this status.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
def list_deliveries(status: str | None, limit: int) -> None:
    wanted = None if status is None else Status(status)
    for row in _ask(lambda connection: newest(connection, wanted, limit)):
        click.echo(
            f"{row['delivery_id']}  {row['reference']}  {row['created_at']:%Y-%m-%d %H:%M:%S}Z  {row['status']:<10}  "
            f"{row['attempts']:>3} attempts  {row['agb_code']} -> {row['new_agb_code'] or '-'}  ended {row['ended_on']}"
        )


@deliveries_group.command("retry", help="Start failed deliveries anew: one by its ID, or --all-failed.")
@click.argument("delivery_id", type=click.UUID, required=False)
@click.option("--all-failed", is_flag=True, help="Every failed delivery.")
def retry(delivery_id: UUID | None, all_failed: bool) -> None:
    if (delivery_id is None) != all_failed:
        raise click.UsageError("give either the ID of a delivery, or --all-failed")
    count = _ask(lambda connection: retry_failed(connection, delivery_id))
    if delivery_id is not None and not count:
        raise click.ClickException("there is no failed delivery with this ID; `deliveries list` shows what there is")
    click.echo(f"{count} deliveries start anew; the running service sends them")


def _ask(question: Callable[[Connection], Awaitable[ResultT]]) -> ResultT:
    """Asks the database one thing, in a connection of its own."""
    url = load_settings(Settings).database_url.get_secret_value()

    async def run() -> ResultT:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            return await question(connection)
        finally:
            await connection.close(timeout=5)

    return asyncio.run(run())
