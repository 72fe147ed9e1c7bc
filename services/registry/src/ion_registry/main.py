"""The command line of the registry."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from ion_contracts.messages import CareProvider
from ion_platform.cli import load_settings, service_cli
from ion_platform.clock import Clock
from ion_platform.database import open_pool
from ion_registry.config import RegistrySettings
from ion_registry.factory import NAME, PACKAGE, create_service
from ion_registry.services.providers import (
    InvalidProvidersError,
    ProviderChange,
    import_providers,
    parse_providers,
)

cli = service_cli(NAME, PACKAGE, RegistrySettings, create_service)


@cli.command(
    "import-providers",
    help="Take over GPs and practices from a file of JSON lines; nothing when a line is wrong. Who is not in it stays.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def import_file(file: Path, dry_run: bool) -> None:
    """Prints a line for each provider that is new or changed."""
    try:
        providers = parse_providers(file.read_text(encoding="utf-8").splitlines())
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8 text (byte {error.start}); nothing was imported") from None
    except InvalidProvidersError as error:
        raise click.ClickException(
            f"nothing was imported, {len(error.errors)} errors:\n" + "\n".join(error.errors)
        ) from None
    changes = asyncio.run(_import(load_settings(RegistrySettings), providers, dry_run))
    for change in changes:
        fields = "new" if change.changed_fields is None else f"changed: {', '.join(change.changed_fields)}"
        click.echo(f"{change.provider.agb_code}  {change.provider.name}  {fields}")
    done = "would change" if dry_run else "changed"
    click.echo(f"{len(providers)} providers read, {len(changes)} {done}")


async def _import(settings: RegistrySettings, providers: list[CareProvider], dry_run: bool) -> list[ProviderChange]:
    pool = await open_pool(settings)
    try:
        async with pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                changes = await import_providers(connection, providers, Clock(settings.simulated_clock_file).now())
            except BaseException:
                await transaction.rollback()
                raise
            await (transaction.rollback() if dry_run else transaction.commit())
            return changes
    finally:
        await pool.close()
