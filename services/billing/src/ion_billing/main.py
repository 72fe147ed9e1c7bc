"""`ion-billing`: the command line of billing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

import click

from ion_billing.config import BillingSettings
from ion_billing.domain.rates import Rate
from ion_billing.factory import create_runs, create_service
from ion_billing.services.counting import QUERIES
from ion_billing.services.register_counts import RegisterNotReachableError
from ion_platform.cli import load_settings, service_cli
from ion_platform.clock import Clock
from ion_platform.database import Pool, open_pool
from ion_platform.settings import Settings

ResultT = TypeVar("ResultT")
cli = service_cli("billing", "ion_billing", BillingSettings, create_service)


def _with_pool(settings: Settings, work: Callable[[Pool], Awaitable[ResultT]]) -> ResultT:
    async def run() -> ResultT:
        pool = await open_pool(settings)
        try:
            return await work(pool)
        finally:
            await pool.close()

    return asyncio.run(run())


@cli.group(help="What a patient costs in a year, as the board set it.")
def rates() -> None: ...


@rates.command("add", help="Set the rate of a year. Doing it again is harmless; a year that was issued keeps its rate.")
@click.option("--year", type=int, required=True)
@click.option(
    "--reference-date", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on which patients count."
)
@click.option("--rate", required=True, help="EUR per patient, such as 0.036.")
@click.option(
    "--vat", type=click.Choice(["included", "excluded"]), required=True, help="Whether the rate includes VAT."
)
@click.option("--vat-rate", default="21", show_default=True, help="Percentage.")
@click.option("--minimum", default="1.00", show_default=True, help="EUR per invoice, excluding VAT.")
def add_rate(year: int, reference_date: datetime, rate: str, vat: str, vat_rate: str, minimum: str) -> None:
    try:
        numbers = Decimal(rate), Decimal(vat_rate), Decimal(minimum)
        wanted = Rate(year, reference_date.date(), numbers[0], vat == "included", numbers[1], numbers[2])
    except (InvalidOperation, ValueError) as error:
        raise click.ClickException(
            str(error) if isinstance(error, ValueError) else "amounts are written as 0.036"
        ) from error

    async def save(pool: Pool) -> int | None:
        values = (wanted.year, wanted.reference_date, wanted.rate, wanted.vat_included, wanted.vat_rate, wanted.minimum)
        saved: int | None = await pool.fetchval(QUERIES["save_rate"], *values)
        return saved

    if _with_pool(load_settings(Settings), save) is None:
        raise click.ClickException(f"{year} was issued with another rate, and issued invoices stand")
    click.echo(f"{year}: EUR {wanted.rate} per patient on {wanted.reference_date}, VAT {wanted.vat_rate} % {vat}")


@rates.command("list", help="All rates, and what became of their years.")
def list_rates() -> None:
    async def fetch(pool: Pool) -> list[str]:
        rows = await pool.fetch(QUERIES["list_rates"])
        return [
            f"{r['year']}  {r['reference_date']}  EUR {r['rate']}  VAT {r['vat_rate']} % "
            f"{'included' if r['vat_included'] else 'excluded'}  minimum EUR {r['minimum']}  {r['status'] or 'not run'}"
            for r in rows
        ]

    click.echo("\n".join(_with_pool(load_settings(Settings), fetch)) or "there are no rates yet")


@cli.command("run", help="Count, reconcile with the register and issue a year. Run again, nothing is doubled.")
@click.option("--year", type=int, required=True)
@click.option("--dry-run", is_flag=True, help="Only say what would be issued, or why it waits.")
def run(year: int, dry_run: bool) -> None:
    settings = load_settings(BillingSettings)
    clock = Clock(settings.simulated_clock_file)
    try:
        result = _with_pool(settings, lambda pool: create_runs(pool, clock, settings).run_year(year, dry_run))
    except RegisterNotReachableError as error:
        raise click.ClickException(f"{error}; nothing was issued, try again when the registry runs") from error
    click.echo(result.words)
    if result.status in ("no-rate", "stopped"):
        raise SystemExit(1)


@cli.group(help="Invoices that were issued.")
def invoices() -> None: ...


@invoices.command("list", help="The invoices of a year.")
@click.option("--year", type=int, required=True)
def list_invoices(year: int) -> None:
    async def fetch(pool: Pool) -> list[str]:
        rows = await pool.fetch(QUERIES["search_invoices"], year, None)
        return [
            f"{r['number']}  {r['agb_code']}  {r['patients']:>6} patients  EUR {r['total_cents'] / 100:>9.2f}  "
            f"{r['payment_reference']}  due {r['due_on']}"
            for r in rows
        ]

    click.echo("\n".join(_with_pool(load_settings(Settings), fetch)) or f"nothing was issued for {year}")


@invoices.command("save", help="Write the PDF of an invoice to a file.")
@click.argument("number")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def save_invoice(number: str, file: Path) -> None:
    async def fetch(pool: Pool) -> bytes | None:
        pdf: bytes | None = await pool.fetchval(QUERIES["find_document"], number)
        return pdf

    pdf = _with_pool(load_settings(Settings), fetch)
    if pdf is None:
        raise click.ClickException(f"there is no PDF of {number}; `invoices list` shows what was issued")
    try:
        file.write_bytes(pdf)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error
    click.echo(f"{file}: {len(pdf)} bytes")
