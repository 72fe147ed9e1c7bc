"""`ion-registry policy`: what the board has decided, as rows with validity."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

import asyncpg
import click

from ion_platform.clock import Clock
from ion_platform.database import Connection
from ion_registry.commands.working import on_database
from ion_registry.domain.policy import ClosedDays, Policy, PolicyRow
from ion_registry.storage.policies import add_policy, read_policy

_NOT_DECIDED = ("version", "valid_from")


@click.group("policy", help="What the board has decided: closed days, ping-pong, terms. Rows are added, never changed.")
def policy_group() -> None:
    """The group; its commands follow."""


@policy_group.command("show")
def show_rows() -> None:
    """Print each row with what it changed, and mark the one that holds today."""
    policy, today = on_database(_read)
    before: PolicyRow | None = None
    for row in policy.rows:
        mark = "  (holds today)" if row is policy.row_on(today) else ""
        click.echo(f"version {row.version}, from {row.valid_from}{mark}")
        for line in _changes(before, row):
            click.echo(f"  {line}")
        before = row


@policy_group.command("add")
@click.option("--from", "valid_from", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day it holds.")
@click.option("--closed-days", type=click.Choice([one.value for one in ClosedDays]), help="Rule 6.")
@click.option("--practice-codes-only/--personal-codes-too", default=None, help="Rule 28.")
@click.option("--ping-pong-transfers", type=click.IntRange(2, 100), help="Rule 38: so many block the patient.")
@click.option("--ping-pong-days", type=click.IntRange(1, 366), help="Rule 38: within so many days.")
@click.option("--temporary-ask-months", type=click.IntRange(1, 23), help="Rule 34: when the GP is asked.")
@click.option("--temporary-end-months", type=click.IntRange(2, 24), help="Rule 34: when it ends.")
@click.option("--withdraw-days", type=click.IntRange(0, 92), help="How long a party can withdraw what it did.")
@click.option("--allow-past", is_flag=True, help="Also from a day that has come: what was judged by then stands.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def add_row(valid_from: datetime, allow_past: bool, dry_run: bool, **decided: Any) -> None:
    """Add a row that holds from a day on, until the next row. What is not named stays as it was by then.

    \b
    Example: from 2027 on, the last day of a quarter is closed too.
      ion-registry policy add --from 2027-01-01 --closed-days last-and-first-day --dry-run

    Each command is judged by the row of the day on which it was offered, so a row from today or before judges what
    is offered behind it only, and the same day by two rows: that needs --allow-past.
    """
    given = {name: value for name, value in decided.items() if value is not None}
    if not given:
        raise click.UsageError("name what changes, such as --withdraw-days 7")

    async def add(connection: Connection, clock: Clock) -> None:
        await _add(connection, clock.today(), valid_from.date(), given, allow_past=allow_past, dry_run=dry_run)

    on_database(add)


async def _add(
    connection: Connection, today: date, day: date, given: dict[str, Any], *, allow_past: bool, dry_run: bool
) -> None:
    if day <= today and not allow_past:
        raise click.ClickException(f"{day} has come already; a row from {today} or before needs --allow-past")
    async with connection.transaction():
        # Two who add at once would give one version twice; reading goes on.
        await connection.execute("lock table policy in share row exclusive mode")
        policy = await read_policy(connection)
        before = policy.row_on(day)
        if any(row.valid_from == day for row in policy.rows):
            raise click.ClickException(f"there is a row from {day} already; rows are never changed")
        if "closed_days" in given:
            given = {**given, "closed_days": ClosedDays(given["closed_days"])}
        row = replace(before, version=max(one.version for one in policy.rows) + 1, valid_from=day, **given)
        changes = _changes(before, row)
        if not changes:
            raise click.ClickException(f"that is what holds on {day} already (version {before.version})")
        click.echo(f"version {row.version}, from {day}{_until(policy, day)}")
        for line in changes:
            click.echo(f"  {line}")
        if dry_run:
            click.echo("nothing was added")
            return
        try:
            await add_policy(connection, row)
        except asyncpg.CheckViolationError as error:
            raise click.ClickException(f"this cannot be: {error.constraint_name}; nothing was added") from None
    click.echo("added")


async def _read(connection: Connection, clock: Clock) -> tuple[Policy, date]:
    return await read_policy(connection), clock.today()


def _changes(before: PolicyRow | None, row: PolicyRow) -> list[str]:
    names = [field.name for field in fields(PolicyRow) if field.name not in _NOT_DECIDED]
    if before is None:
        return [f"{_words(name)}: {_shown(row, name)}" for name in names]
    return [
        f"{_words(name)}: {_shown(before, name)} -> {_shown(row, name)}"
        for name in names
        if getattr(before, name) != getattr(row, name)
    ]


def _words(name: str) -> str:
    return name.replace("_", "-")


def _shown(row: PolicyRow, name: str) -> str:
    value = getattr(row, name)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _until(policy: Policy, day: date) -> str:
    later = [row.valid_from for row in policy.rows if row.valid_from > day]
    return f" until the row from {min(later)}" if later else ""
