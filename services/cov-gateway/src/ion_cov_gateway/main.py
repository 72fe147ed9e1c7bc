"""`ion-gateway`: the command line of the gateway."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import click
import orjson

from ion_cov_gateway.config import GatewaySettings
from ion_cov_gateway.factory import create_service
from ion_cov_gateway.services.registrations import QUERIES
from ion_platform.cli import load_settings, service_cli
from ion_platform.settings import Settings

cli = service_cli("cov-gateway", "ion_cov_gateway", GatewaySettings, create_service)


@cli.command(help="Let the holder of a certificate post for a party and its AGB codes. Doing it again replaces them.")
@click.option("--certificate-hash", required=True, help="SHA-256 of the certificate, 64 hexadecimal digits.")
@click.option("--party", required=True, help="A name for the party, without personal data.")
@click.option("--agb-code", "agb_codes", required=True, multiple=True, help="Once for each of its AGB codes.")
def enrol(certificate_hash: str, party: str, agb_codes: tuple[str, ...]) -> None:
    asyncio.run(_enrol([(certificate_hash.lower(), party, list(agb_codes))]))
    click.echo(f"{party} may now post for {', '.join(agb_codes)}")


@cli.command(
    "import-access", help='Enrol many: lines of {"certificateHash", "party", "agbCodes"}. All of the file, or nothing.'
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_access(file: Path) -> None:
    try:
        lines = [orjson.loads(line) for line in file.read_bytes().splitlines() if line.strip()]
        rows = [(line["certificateHash"].lower(), line["party"], list(line["agbCodes"])) for line in lines]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise click.ClickException(
            'each line has to be {"certificateHash": "…", "party": "…", "agbCodes": ["…"]}'
        ) from error
    asyncio.run(_enrol(rows))
    click.echo(f"{len(rows)} certificates enrolled")


async def _enrol(rows: list[tuple[str, str, list[str]]]) -> None:
    connection = await asyncpg.connect(load_settings(Settings).database_url.get_secret_value(), timeout=10)
    try:
        await connection.executemany(QUERIES["enrol"], rows)
    except asyncpg.CheckViolationError as error:
        raise click.ClickException("a certificate hash is 64 hexadecimal digits, and a party has AGB codes") from error
    finally:
        await connection.close(timeout=5)
