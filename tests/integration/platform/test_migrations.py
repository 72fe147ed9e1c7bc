from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from ion_platform.database import Pool
from ion_platform.migrations import MigrationChangedError, migrate
from tests.integration.platform.made_package import PRE, MadePackage


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadePackage:
    return MadePackage(tmp_path, monkeypatch)


async def exists(pool: Pool, table: str) -> bool:
    return bool(await pool.fetchval("select to_regclass($1) is not null", table))


async def test_the_platform_comes_first_and_then_the_service(
    empty_database: str, empty_pool: Pool, package: MadePackage
) -> None:
    applied = await migrate(empty_database, package.name)
    assert [(m.package, m.version) for m in applied][-1] == (package.name, 1)
    assert applied[0].package == "ion_platform"
    assert await exists(empty_pool, "outbox")
    assert await exists(empty_pool, "thing")


async def test_a_second_run_finds_nothing_to_do(empty_database: str, package: MadePackage) -> None:
    await migrate(empty_database, package.name)
    assert await migrate(empty_database, package.name) == []


async def test_instances_that_start_together_apply_each_migration_once(
    empty_database: str, empty_pool: Pool, package: MadePackage
) -> None:
    package.write("0002_pre_slow.sql", "select pg_sleep(0.2); create table slow (id integer);")
    runs = await asyncio.gather(*(migrate(empty_database, package.name) for _ in range(6)))
    assert sum(len(applied) for applied in runs) == await empty_pool.fetchval("select count(*) from schema_migration")
    assert [len(applied) > 0 for applied in runs].count(True) == 1


async def test_pre_waits_with_what_comes_after_the_old_code_is_gone(
    empty_database: str, empty_pool: Pool, package: MadePackage
) -> None:
    package.write("0002_post_drop_thing.sql", "drop table thing;")
    await migrate(empty_database, package.name, ("pre",))
    assert await exists(empty_pool, "thing")
    (applied,) = await migrate(empty_database, package.name, ("post",))
    assert (applied.phase, applied.name) == ("post", "drop_thing")
    assert not await exists(empty_pool, "thing")


async def test_a_migration_that_comes_late_is_caught_up(
    empty_database: str, empty_pool: Pool, package: MadePackage
) -> None:
    package.write("0003_pre_third.sql", "create table third (id integer);")
    await migrate(empty_database, package.name)
    package.write("0002_pre_second.sql", "create table second (id integer);")
    assert [m.version for m in await migrate(empty_database, package.name)] == [2]
    assert await exists(empty_pool, "second")


async def test_one_that_fails_leaves_nothing_of_itself_and_keeps_those_before_it(
    empty_database: str, empty_pool: Pool, package: MadePackage
) -> None:
    package.write("0002_pre_broken.sql", "create table half (id integer); select 1/0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_database, package.name)
    assert not await exists(empty_pool, "half")
    assert await exists(empty_pool, "thing")
    package.write("0002_pre_broken.sql", "create table half (id integer);")
    assert [m.version for m in await migrate(empty_database, package.name)] == [2]


async def test_an_applied_migration_that_was_edited_is_refused(empty_database: str, package: MadePackage) -> None:
    await migrate(empty_database, package.name)
    package.write(PRE, "create table thing (id bigint primary key);")
    with pytest.raises(MigrationChangedError, match="edited after it was applied"):
        await migrate(empty_database, package.name)


async def test_a_file_with_another_name_is_refused(empty_database: str, package: MadePackage) -> None:
    package.write("2_things.sql", "select 1;")
    with pytest.raises(ValueError, match=r"2_things\.sql is not named"):
        await migrate(empty_database, package.name)
