"""Forward-only migrations: `pre` before new code runs, `post` after the old code is gone.

Files are `migrations/NNNN_pre_name.sql` of the service; the platform's own tables come first.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import asyncpg

from ion_platform.database import Pool
from ion_platform.exceptions import WrongStateError

Phase = Literal["pre", "post"]
LOCK_KEY = 0x494F4E
"""Spells ION; instances that start together migrate one after the other under this advisory lock."""
LOCK_WAIT_S = 300
"""Longer than any migration should take; after that somebody has to look at who holds the lock."""
PLATFORM = "ion_platform"
_NAME = re.compile(r"([0-9]{4})_(pre|post)_([a-z0-9_]+)\.sql")

_TABLE = """
create table if not exists schema_migration (
    package    text        not null,
    version    integer     not null,
    phase      text        not null,
    name       text        not null,
    checksum   bytea       not null,
    applied_at timestamptz not null default now(),
    primary key (package, version)
)
"""


_RECORD = "insert into schema_migration (package, version, phase, name, checksum) values ($1, $2, $3, $4, $5)"


class SchemaVersionError(WrongStateError):
    """The database is not at the version of this code. The message says what to run."""


class MigrationLockedError(WrongStateError):
    """Another process has been migrating this database, or has kept its lock, for too long."""


class MigrationChangedError(SchemaVersionError):
    """A migration that was applied has been edited since. Undo the edit, and write a new migration instead."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    package: str
    version: int
    phase: Phase
    name: str
    sql: str

    @property
    def checksum(self) -> bytes:
        return hashlib.sha256(self.sql.encode()).digest()


def find_migrations(service_package: str) -> list[Migration]:
    """Returns the platform's and then the service's migrations, each in the order of their numbers."""
    return [*_of(PLATFORM), *_of(service_package)]


def _of(package: str) -> list[Migration]:
    found = []
    for entry in files(package).joinpath("migrations").iterdir():
        if entry.name.endswith(".sql"):
            matched = _NAME.fullmatch(entry.name)
            if matched is None:
                raise ValueError(f"{package}: {entry.name} is not named NNNN_pre_name.sql or NNNN_post_name.sql")
            phase: Phase = "pre" if matched[2] == "pre" else "post"
            found.append(Migration(package, int(matched[1]), phase, matched[3], entry.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.version)


async def migrate(
    database_url: str, service_package: str, phases: tuple[Phase, ...] = ("pre", "post")
) -> list[Migration]:
    """Applies what is missing, each migration in a transaction of its own, and returns what it applied.

    Safe when several instances start at once. Raises MigrationChangedError or MigrationLockedError.
    """
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        await _lock(connection)
        await connection.execute(_TABLE)
        known = await _applied(connection)
        missing = [m for m in find_migrations(service_package) if not _is_applied(m, known) and m.phase in phases]
        for migration in missing:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    _RECORD,
                    migration.package,
                    migration.version,
                    migration.phase,
                    migration.name,
                    migration.checksum,
                )
        return missing
    finally:
        await connection.close(timeout=5)


async def _lock(connection: asyncpg.Connection) -> None:
    await connection.execute(f"set lock_timeout = '{LOCK_WAIT_S}s'")
    try:
        await connection.execute("select pg_advisory_lock($1)", LOCK_KEY)
    except asyncpg.LockNotAvailableError:
        raise MigrationLockedError(
            f"another process has held the migration lock for {LOCK_WAIT_S} s; pg_locks (advisory) shows which"
        ) from None


async def check_schema(pool: Pool, service_package: str) -> None:
    """Raises SchemaVersionError when a `pre` migration of this code is missing, or the database is ahead of it."""
    async with pool.acquire() as connection:
        exists = await connection.fetchval("select to_regclass('schema_migration') is not null")
        known = await _applied(connection) if exists else {}
    expected = find_migrations(service_package)
    missing = [f"{m.package} {m.version:04}" for m in expected if m.phase == "pre" and not _is_applied(m, known)]
    if missing:
        raise SchemaVersionError(
            f"the database lacks {', '.join(missing)}: run the `migrate` command of this service first"
        )
    ahead = known.keys() - {(m.package, m.version) for m in expected}
    if ahead:
        newest = ", ".join(f"{package} {version:04}" for package, version in sorted(ahead))
        raise SchemaVersionError(f"the database has {newest}, which this code does not know: start a newer version")


async def _applied(connection: asyncpg.Connection | asyncpg.pool.PoolConnectionProxy) -> dict[tuple[str, int], bytes]:
    rows = await connection.fetch("select package, version, checksum from schema_migration")
    return {(row["package"], row["version"]): row["checksum"] for row in rows}


def _is_applied(migration: Migration, known: dict[tuple[str, int], bytes]) -> bool:
    checksum = known.get((migration.package, migration.version))
    if checksum is not None and checksum != migration.checksum:
        raise MigrationChangedError(f"{migration.package} {migration.version:04} was edited after it was applied")
    return checksum is not None
