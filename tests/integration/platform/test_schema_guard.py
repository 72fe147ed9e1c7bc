from __future__ import annotations

from pathlib import Path

import pytest

from ion_platform.database import Pool
from ion_platform.migrations import MigrationChangedError, SchemaVersionError, check_schema, migrate
from tests.integration.platform.made_package import PRE, MadePackage


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadePackage:
    return MadePackage(tmp_path, monkeypatch)


async def test_an_empty_database_is_refused_and_told_to_migrate(empty_pool: Pool, package: MadePackage) -> None:
    with pytest.raises(SchemaVersionError, match="run the `migrate` command"):
        await check_schema(empty_pool, package.name)


async def test_the_database_of_this_version_is_taken(
    empty_database: str, empty_pool: Pool, package: MadePackage
) -> None:
    await migrate(empty_database, package.name)
    await check_schema(empty_pool, package.name)


async def test_a_database_that_is_behind_is_refused_with_what_it_lacks(
    empty_database: str, empty_pool: Pool, package: MadePackage
) -> None:
    await migrate(empty_database, package.name)
    package.write("0002_pre_more.sql", "create table more (id integer);")
    with pytest.raises(SchemaVersionError, match=f"{package.name} 0002"):
        await check_schema(empty_pool, package.name)


async def test_a_post_migration_may_still_come(empty_database: str, empty_pool: Pool, package: MadePackage) -> None:
    package.write("0002_post_drop.sql", "drop table thing;")
    await migrate(empty_database, package.name, ("pre",))
    await check_schema(empty_pool, package.name)


async def test_a_database_that_is_ahead_is_refused(empty_database: str, empty_pool: Pool, package: MadePackage) -> None:
    package.write("0002_pre_newer.sql", "create table newer (id integer);")
    await migrate(empty_database, package.name)
    package.remove("0002_pre_newer.sql")
    with pytest.raises(SchemaVersionError, match="start a newer version"):
        await check_schema(empty_pool, package.name)


async def test_an_applied_migration_that_was_edited_is_refused(
    empty_database: str, empty_pool: Pool, package: MadePackage
) -> None:
    await migrate(empty_database, package.name)
    package.write(PRE, "create table thing (id bigint primary key);")
    with pytest.raises(MigrationChangedError):
        await check_schema(empty_pool, package.name)


async def test_the_guard_only_reads(empty_pool: Pool, package: MadePackage) -> None:
    with pytest.raises(SchemaVersionError):
        await check_schema(empty_pool, package.name)
    assert await empty_pool.fetchval("select to_regclass('schema_migration') is null")
