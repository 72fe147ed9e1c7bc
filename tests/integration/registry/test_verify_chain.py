"""What verify-audit says of a register that nobody touched, and of one that somebody with full rights changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from click.testing import CliRunner, Result

from ion_platform.database import Pool
from ion_platform.subscription import Unreadable
from ion_registry.domain.asker import Action, Asker, Role
from ion_registry.domain.asker import Result as Ended
from ion_registry.main import cli
from ion_registry.services.deciding.handle_commands import CommandHandler
from ion_registry.services.evidence.access_log import log_access
from ion_registry.storage.patients import remove
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, Made, Partition, register
from tests.integration.registry.set_clock import SetClock

BEGAN = date(2027, 1, 10)
MOVED = date(2027, 3, 10)
Run = Callable[..., Result]


@pytest.fixture
def run(register_database: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the registry's command line on the test's database."""
    monkeypatch.setenv("ION_DATABASE_URL", register_database)

    def invoke(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(cli, arguments, input=stdin)

    return invoke


async def record(pool: Pool, partition: Partition, made: Sequence[Made], day: date) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await CommandHandler(SetClock(day)).handle(connection, partition.deliver(made))


@pytest.fixture
async def register_with_looks(pool: Pool) -> None:
    """Partition 0 has three links of ten rows, partition 5 one of two; the access log has four links of three rows."""
    partition = Partition()
    await record(pool, partition, [register(number, PRACTICE_A, BEGAN) for number in range(10)], BEGAN)
    await record(pool, partition, [register(number, PRACTICE_B, MOVED) for number in range(10)], MOVED)
    await record(pool, partition, [register(number, PRACTICE_A, MOVED) for number in range(10)], MOVED)
    await record(pool, Partition(5), [register(number, PRACTICE_A, BEGAN) for number in (20, 21)], BEGAN)
    for _ in range(4):
        async with pool.acquire() as connection, connection.transaction():
            asker = Asker("made practice", Role.PROVIDER)
            await log_access(connection, asker, "own-list", Action.LIST, [uuid4() for _ in range(3)], Ended.FOUND, "r")


async def tamper(url: str, *statements: str) -> None:
    """Changes evidence as an owner of the database can, who switches the triggers off."""
    connection = await asyncpg.connect(url)
    await connection.execute("set session_replication_role = replica")
    for statement in statements:
        assert not (await connection.execute(statement)).endswith(" 0"), f"changed nothing: {statement}"
    await connection.close()


async def in_thread(run: Run, *arguments: str, stdin: str | None = None) -> Result:
    """The command line has an event loop of its own."""
    return await asyncio.to_thread(run, *arguments, stdin=stdin)


@pytest.mark.usefixtures("register_with_looks")
async def test_an_untouched_register_is_whole(run: Run) -> None:
    result = await in_thread(run, "verify-audit")
    assert result.exit_code == 0, result.output
    assert "journal/0: 3 links, 30 rows whole\n" in result.stdout
    assert "journal/5: 1 links, 2 rows whole\n" in result.stdout
    assert result.stdout.endswith("18 chains, 8 links, 44 rows whole\n")
    assert "journal/0: link 3 of 3\n" in result.stderr


async def test_a_batch_with_unreadable_records_among_it_is_whole(run: Run, pool: Pool) -> None:
    """The readable ones give one link and the unreadable ones another; their offsets lie among each other."""
    partition = Partition()
    made = partition.deliver([register(number, PRACTICE_A, BEGAN) for number in range(3)])
    lost = partition.skip(1)
    made += partition.deliver([register(number, PRACTICE_A, BEGAN) for number in range(3, 6)])
    headers = register(9, PRACTICE_A, BEGAN).envelope.headers()
    unreadable = Unreadable("registration.commands.v1", 0, lost, None, headers, b"{", "not-json: made")
    async with pool.acquire() as connection, connection.transaction():
        handler = CommandHandler(SetClock(BEGAN))
        await handler.handle(connection, made)
        await handler.refuse_unreadable(connection, [unreadable])
    result = await in_thread(run, "verify-audit", "--chain", "journal/0")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("journal/0: 2 links, 7 rows whole\n")


INSERT_ROW = """
    insert into journal (generation, partition, "offset", n, kind, command_id, correlation_id, causation_id, status,
        code, recorded_at, recorded_on, link)
    values (1, 0, {offset}, 7, 'malformed', 'forged', 'forged', 'forged', 'refused', 'malformed', now(), '2027-03-10',
        {link})
"""
INSERT_LOOK = """
    insert into access_log (stripe, link, n, request_id, looked_at, party, role, action, question, result)
    values (9, 1000, 1, 'forged', now(), 'forged', 'office', 'read', 'forged', 'not-found')
"""


@pytest.mark.usefixtures("register_with_looks")
@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("update journal set agb_code = '01023456' where \"offset\" = 14", "0: BROKEN at link 2: row changed"),
        ('update journal set previous_uzovi = null where "offset" = 14', "0: BROKEN at link 2: row changed"),
        ('delete from journal where "offset" = 14', "0: BROKEN at link 2: row missing: 9 of its 10 rows"),
        ("delete from journal where partition = 0 and link = 3", "0: BROKEN at link 3: row missing: 0 of its 10"),
        (INSERT_ROW.format(offset=14, link=2), "0: BROKEN at link 2: row added: 11 rows from 1/10/0 to 1/19/0"),
        (INSERT_ROW.format(offset=14, link="null"), "0: BROKEN at link 2: row added: the row at 1/14/7"),
        (INSERT_ROW.format(offset=99, link="null"), "0: BROKEN at link 3: row added: the row at 1/99/7"),
        ("delete from chain_link where chain = 'journal/0' and n = 1", "0: BROKEN at link 1: link missing"),
        ("delete from chain_link where chain = 'journal/0' and n = 2", "0: BROKEN at link 2: link missing"),
        ("delete from chain_link where chain = 'journal/0' and n = 3", "0: BROKEN at link 3: link missing"),
        ("delete from chain_link where chain = 'journal/0'", "0: BROKEN at link 1: link missing: 30 rows"),
        ("delete from chain_tail where chain = 'journal/0'", "0: BROKEN at link 3: link missing: the row"),
        ("update chain_tail set n = 2 where chain = 'journal/0'", "0: BROKEN at link 3: link changed"),
        ("update chain_link set rows = 9 where chain = 'journal/0' and n = 2", "0: BROKEN at link 2: link changed"),
        (
            "update access_log set party = 'forged' where n = 2",
            ": row changed: one or more of its 3 rows",
        ),
        ("delete from access_log where n = 2", ": row missing: 2 of its 3 rows"),
        ("delete from chain_link where chain like 'access/%' and n = 1", "BROKEN at link 1: link missing"),
        (INSERT_LOOK, "access/9: BROKEN at link"),
    ],
)
async def test_what_was_changed_is_named(run: Run, register_database: str, statement: str, says: str) -> None:
    await tamper(register_database, statement)
    result = await in_thread(run, "verify-audit")
    assert result.exit_code == 1
    assert says in result.stdout
    assert "journal/5: 1 links, 2 rows whole\n" in result.stdout


@pytest.mark.usefixtures("register_with_looks")
async def test_one_chain_can_be_verified_from_a_link_on(run: Run, register_database: str) -> None:
    await tamper(register_database, 'delete from journal where "offset" = 14')
    whole = await in_thread(run, "verify-audit", "--chain", "journal/0", "--from", "3")
    broken = await in_thread(run, "verify-audit", "--chain", "journal/0", "--from", "2")
    beyond = await in_thread(run, "verify-audit", "--chain", "journal/0", "--from", "9")
    assert (whole.exit_code, whole.stdout.splitlines()[0]) == (0, "journal/0: 1 links, 10 rows whole")
    assert (broken.exit_code, beyond.exit_code) == (1, 1)
    assert "BROKEN at link 2: row missing" in broken.stdout
    assert "BROKEN at link 8: link missing" in beyond.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--chain", "journal/77"], "there is no chain journal/77"),
        (["--from", "2"], "--from needs one --chain"),
        (["--from", "0"], "0 is not in the range"),
    ],
)
async def test_a_wrong_option_is_told(run: Run, arguments: list[str], says: str) -> None:
    result = await in_thread(run, "verify-audit", *arguments)
    assert result.exit_code != 0
    assert says in result.output


@pytest.mark.usefixtures("register_with_looks")
async def test_a_tail_that_was_rewritten_is_seen_by_heads_that_were_kept_outside(
    run: Run, register_database: str, tmp_path: Any
) -> None:
    """Somebody who may do everything cuts off the last link and its rows, and mends the tail."""
    kept = tmp_path / "heads.txt"
    kept.write_text((await in_thread(run, "chain-heads")).stdout)
    assert (await in_thread(run, "verify-audit", "--heads", str(kept))).exit_code == 0
    await tamper(
        register_database,
        "delete from journal where partition = 0 and link = 3",
        "delete from chain_link where chain = 'journal/0' and n = 3",
        "update chain_tail t set n = l.n, hash = l.hash from chain_link l where t.chain = l.chain and"
        " l.chain = 'journal/0' and l.n = 2",
    )
    assert (await in_thread(run, "verify-audit")).exit_code == 0
    result = await in_thread(run, "verify-audit", "--heads", str(kept))
    assert result.exit_code == 1
    assert "0: BROKEN at link 3: link missing: there have been links up to 3" in result.stdout


async def test_a_file_that_holds_no_heads_is_refused(run: Run, tmp_path: Any) -> None:
    wrong = tmp_path / "heads.txt"
    wrong.write_text("journal/0 three abc\n")
    result = await in_thread(run, "verify-audit", "--heads", str(wrong))
    assert result.exit_code != 0
    assert "line 1: not `chain link hash`" in result.output


@pytest.mark.usefixtures("register_with_looks")
async def test_rows_from_before_the_chain_are_counted_apart(run: Run, register_database: str, pool: Pool) -> None:
    """As after a migration from a version without chains."""
    await tamper(
        register_database,
        "update journal set link = null where partition = 0",
        "delete from chain_link where chain = 'journal/0'",
        "delete from chain_tail where chain = 'journal/0'",
    )
    partition = Partition()
    for _ in range(30):
        partition.skip(1)
    await record(
        pool, partition, [register(number, PRACTICE_B, date(2027, 5, 3)) for number in range(4)], date(2027, 5, 3)
    )
    result = await in_thread(run, "verify-audit", "--chain", "journal/0")
    assert result.exit_code == 0
    assert result.stdout.startswith("journal/0: 1 links, 4 rows whole, 30 rows before the chain\n")


@pytest.mark.usefixtures("register_with_looks")
async def test_a_register_whose_tail_was_tampered_with_goes_on_and_stays_whole(
    run: Run, register_database: str, pool: Pool
) -> None:
    """It must not put commands aside for that: the next batch follows the links as they are."""
    await tamper(register_database, "update chain_tail set n = 1, hash = sha256('forged') where chain = 'journal/5'")
    assert "journal/5: BROKEN at link 1: link changed" in (await in_thread(run, "verify-audit")).stdout
    partition = Partition(5)
    for _ in range(2):
        partition.skip(1)
    await record(pool, partition, [register(30, PRACTICE_A, MOVED)], MOVED)
    result = await in_thread(run, "verify-audit")
    assert result.exit_code == 0
    assert "journal/5: 2 links, 3 rows whole\n" in result.stdout


@pytest.mark.usefixtures("register_with_looks")
async def test_columns_that_are_added_later_change_no_old_hash(run: Run, register_database: str) -> None:
    connection = await asyncpg.connect(register_database)
    await connection.execute("alter table journal add column added_later text")
    await connection.execute("alter table access_log add column added_later integer")
    await connection.close()
    assert (await in_thread(run, "verify-audit")).exit_code == 0


@pytest.mark.usefixtures("register_with_looks")
async def test_removing_a_person_leaves_the_journal_and_its_chain_whole(run: Run, pool: Pool) -> None:
    patient_id = await pool.fetchval("select patient_id from patient limit 1")
    async with pool.acquire() as connection:
        await remove(connection, [patient_id], datetime.now(UTC))
    assert (await in_thread(run, "verify-audit")).exit_code == 0
