"""The commands that prove what the register did and show who looked: verify-audit, chain-heads, export-person;
and rebuild-projections, which makes the rest follow the evidence."""

from __future__ import annotations

import re
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import click
import orjson

from ion_platform.database import Connection
from ion_registry.commands.working import on_database, read_bsn
from ion_registry.domain.asker import Asker, InvalidAskerError, Role, parse_asker
from ion_registry.services.evidence.export_person import ExportTooLargeError, export_bsn, export_person
from ion_registry.services.evidence.rebuild_projections import rebuild_projections
from ion_registry.services.evidence.verify_chain import ChainReport, verify_chain
from ion_registry.storage.chain_reading import read_all_tails, read_chains

ResultT = TypeVar("ResultT")
STATEMENT_TIMEOUT_S = 600.0
"""Counting what lies before a chain may take longer than any statement of a batch."""
PROGRESS_PATIENTS = 100_000
"""So often progress is shown: a whole portion fits in it a number of times."""
_HEAD = re.compile(r"(\S+)\s+([0-9]{1,18})\s+([0-9a-f]{64})")
Heads = Mapping[str, Mapping[int, bytes]]


@click.command("verify-audit")
@click.option("--chain", "chains", multiple=True, help="Only this one, such as journal/0 or access/7; may be repeated.")
@click.option("--from", "from_link", type=click.IntRange(min=1), default=1, help="Begin with this link of one --chain.")
@click.option(
    "--heads", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Output of chain-heads, kept outside."
)
def verify_chain_command(chains: tuple[str, ...], from_link: int, heads: Path | None) -> None:
    """Recompute the hashes over the journal and the access log.

    Prints what is whole and the first broken link of each chain; ends with 1 when there is one. Progress goes to
    stderr. See docs/evidence.md.
    """
    if from_link > 1 and len(chains) != 1:
        raise click.UsageError("--from needs one --chain: links are numbered in each chain apart")
    kept = _read_heads(heads) if heads else {}
    reports = _with_connection(lambda connection: _verify(connection, chains, from_link, kept))
    for report in reports:
        before = f", {report.rows_before} rows before the chain" if report.rows_before else ""
        click.echo(f"{report.chain}: {report.links} links, {report.rows} rows whole{before}")
        if report.fault:
            click.echo(
                f"{report.chain}: BROKEN at link {report.fault.link}: {report.fault.kind}: {report.fault.detail}"
            )
    broken = sum(report.fault is not None for report in reports)
    click.echo(
        f"{len(reports)} chains, {sum(r.links for r in reports)} links, {sum(r.rows for r in reports)} rows whole"
    )
    if broken:
        click.echo(f"{broken} chains are broken", err=True)
        sys.exit(1)


@click.command("chain-heads")
def chain_heads_command() -> None:
    """Print the newest hash of each chain: chain, link, hash.

    Kept outside the database, day by day, they prove that nothing up to there was rewritten: verify-audit --heads.
    """
    for chain, tail in _with_connection(read_all_tails).items():
        click.echo(f"{chain} {tail.n} {tail.hash.hex()}")


@click.command("export-person")
@click.option("--patient-id", type=click.UUID, help="The register's own number, instead of a BSN on stdin.")
@click.option("--user", required=True, help="Who makes this export: a personal code, for the access log.")
def export_person_command(patient_id: UUID | None, user: str) -> None:
    """Print everything about one person as JSON, with who looked: personal data.

    The BSN is read from stdin, so that it stands in no list of processes or commands. The export is logged.
    """
    try:
        asker = parse_asker("office", Role.OFFICE, None, user)
    except InvalidAskerError:
        raise click.UsageError("--user is a code of at most 100 letters, digits and . _ : @ + -, and no BSN") from None
    bsn = None if patient_id else read_bsn()
    try:
        found = _with_connection(lambda connection: _export(connection, patient_id, bsn, asker))
    except ExportTooLargeError as error:
        raise click.ClickException(str(error)) from None
    if found is None:
        raise click.ClickException("the register knows nobody by this number; that it was asked is logged")
    click.echo(orjson.dumps(found, default=_plain, option=orjson.OPT_INDENT_2))


@click.command("rebuild-projections")
@click.option("--dry-run", is_flag=True, help="Only say what differs; change nothing.")
def rebuild_projections_command(dry_run: bool) -> None:
    """Compute registrations and the lengths of lists anew from the journal, and repair what differs.

    The register may be running: it waits some milliseconds for each portion, and at the end until all lists are
    counted. Verify the chain first. Progress goes to stderr; ends with 1 when a dry run finds a difference.

    \b
    Example:
        ion-registry rebuild-projections --dry-run
    """
    found = _with_connection(
        lambda connection: rebuild_projections(connection, dry_run=dry_run, progress=_show_patients)
    )
    done = "differ" if dry_run else "repaired"
    click.echo(
        f"{found.patients} patients compared: {found.registrations} registrations and {found.lists} lists {done}"
    )
    if dry_run and (found.registrations or found.lists):
        sys.exit(1)


async def _verify(connection: Connection, chains: Sequence[str], from_link: int, heads: Heads) -> Sequence[ChainReport]:
    known = await read_chains(connection)
    unknown = sorted({*chains, *heads} - set(known))
    if unknown:
        raise click.ClickException(f"there is no chain {', '.join(unknown)}; there are {', '.join(known)}")
    return [
        await verify_chain(connection, chain, from_link=from_link, heads=heads.get(chain), progress=_show_progress)
        for chain in chains or known
    ]


async def _export(
    connection: Connection, patient_id: UUID | None, bsn: str | None, asker: Asker
) -> dict[str, Any] | None:
    request_id = str(uuid4())
    async with connection.transaction():
        if bsn is not None:
            return await export_bsn(connection, bsn, asker, request_id)
        return await export_person(connection, patient_id, asker, request_id)


def _with_connection(work: Callable[[Connection], Awaitable[ResultT]]) -> ResultT:
    return on_database(lambda connection, _: work(connection), STATEMENT_TIMEOUT_S)


def _read_heads(file: Path) -> Heads:
    heads: dict[str, dict[int, bytes]] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        matched = _HEAD.fullmatch(line.strip())
        if matched is None:
            raise click.ClickException(f"{file}, line {number}: not `chain link hash`, as chain-heads prints it")
        heads.setdefault(matched[1], {})[int(matched[2])] = bytes.fromhex(matched[3])
    return heads


def _show_progress(chain: str, link: int, of: int) -> None:
    click.echo(f"{chain}: link {link} of {of}", err=True)


def _show_patients(patients: int) -> None:
    if patients % PROGRESS_PATIENTS == 0:
        click.echo(f"{patients} patients compared", err=True)


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
