"""`ion-registry import-providers`: a file in, a report of what changed out."""

from __future__ import annotations

import asyncio
import getpass
import os
from pathlib import Path

import asyncpg
import click

from ion_platform.cli import load_settings
from ion_platform.clock import Clock
from ion_platform.database import is_infrastructure_error, open_pool
from ion_platform.exceptions import WrongStateError
from ion_platform.migrations import check_schema
from ion_registry.config import RegistrySettings
from ion_registry.domain.provider_changes import ChangeKind, ProviderChange
from ion_registry.domain.provider_faults import InvalidProvidersError
from ion_registry.services.importing.file import FileFormat, ProviderFile, read_provider_file
from ion_registry.services.importing.providers import ImportOrder, ImportReport, TooManyEndsError, import_providers

_FORMATS = {
    ".csv": FileFormat.CSV,
    ".jsonl": FileFormat.JSON_LINES,
    ".ndjson": FileFormat.JSON_LINES,
}


@click.command("import-providers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "format_name",
    type=click.Choice([one.value for one in FileFormat]),
    help="Without it the name of the file tells.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--full", is_flag=True, help="The file is the whole register: who is not in it ended yesterday.")
@click.option(
    "--allow-ends",
    type=click.IntRange(min=0),
    metavar="N",
    help="With --full: believe a file that lacks up to N providers in use; without it, 5 % of them.",
)
@click.option("--by", "imported_by", metavar="WHO", help="Who imports, for the record; else the user of this machine.")
def import_providers_command(
    file: Path, format_name: str | None, dry_run: bool, full: bool, allow_ends: int | None, imported_by: str | None
) -> None:
    """Take over GPs, practices and who works where from a file of the care provider register.

    CSV or JSON Lines, described in docs/providers.md. A file with an error in it changes nothing, and all its errors
    are told by line and field. Without --full, who is not in the file stays as it is. Every line that is printed is a
    change; the last ones are totals.
    """
    if allow_ends is not None and not full:
        raise click.UsageError("--allow-ends is about who is not in the file: it needs --full")
    file_format = _format(file, format_name)
    settings = load_settings(RegistrySettings)
    order = ImportOrder(
        imported_by=imported_by or _user(),
        now=Clock(settings.simulated_clock_file).now(),
        whole=full,
        ends_max=allow_ends,
    )
    with file.open("rb") as stream:
        read = read_provider_file(stream, file_format, lambda rows: click.echo(f"{rows:,} rows read", err=True))
    try:
        report = asyncio.run(_import(settings, read, order, dry_run))
    except InvalidProvidersError as error:
        raise click.ClickException(_explain(error)) from None
    except (TooManyEndsError, WrongStateError) as error:
        raise click.ClickException(f"nothing was imported: {error}") from None
    except (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError, TimeoutError):
        raise click.ClickException("nothing was imported: another import takes too long; try again later") from None
    except Exception as error:
        if not is_infrastructure_error(error):
            raise
        text = f"nothing was imported: the database cannot be used ({type(error).__name__}); try again later"
        raise click.ClickException(text) from None
    _print(report, dry_run)


async def _import(settings: RegistrySettings, file: ProviderFile, order: ImportOrder, dry_run: bool) -> ImportReport:
    pool = await open_pool(settings)
    try:
        await check_schema(pool, "ion_registry")
        async with pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                report = await import_providers(connection, file, order)
            except BaseException:
                await transaction.rollback()
                raise
            await (transaction.rollback() if dry_run else transaction.commit())
            return report
    finally:
        await pool.close()


def _format(file: Path, name: str | None) -> FileFormat:
    if name is not None:
        return FileFormat(name)
    if file.suffix.lower() not in _FORMATS:
        known = ", ".join(_FORMATS)
        raise click.UsageError(f"the name of the file does not end in one of {known}: say --format csv or jsonl")
    return _FORMATS[file.suffix.lower()]


def _user() -> str:
    """In a container the number of the user may be all there is."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _explain(error: InvalidProvidersError) -> str:
    lines = [f"nothing was imported, {error.total:,} errors:", *(str(fault) for fault in error.faults)]
    if error.total > len(error.faults):
        lines.append(f"and {error.total - len(error.faults):,} more")
    return "\n".join(lines)


def _print(report: ImportReport, dry_run: bool) -> None:
    click.echo("".join(f"{_line(change)}\n" for change in report.changes), nl=False)
    counts = ", ".join(f"{report.count(kind):,} {kind}" for kind in ChangeKind)
    done = "would be" if dry_run else "is"
    click.echo(f"{report.rows:,} read: {counts}, {report.unchanged:,} unchanged")
    click.echo(f"this {done} import {report.version} of the care provider register")


def _line(change: ProviderChange) -> str:
    start = f"{change.kind:<11}  {change.provider.agb_code}  {change.provider.name}"
    differences = [f"{d.field}: {d.old or 'nothing'} -> {d.new or 'nothing'}" for d in change.differences()]
    return "; ".join([start, *differences])
