"""`ion-registry office`, `lists`, `policy` and `outcome` as authorised staff use them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ion_contracts.messages import RegisterTemporary
from ion_platform.clock import amsterdam_day
from ion_platform.database import Pool
from ion_registry.domain.calendar import open_day
from ion_registry.domain.policy import DEFAULT_POLICY
from ion_registry.services.deciding.list_operations import send_next_portion
from tests.integration.registry.handling import (
    assert_whole,
    codes,
    patient_of,
    patient_under,
    registered,
    sent_by_register,
    take,
)
from tests.integration.registry.made_messages import (
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    Made,
    Partition,
    key_of,
    person,
    register,
)
from tests.integration.registry.set_clock import SetClock

TODAY = amsterdam_day(datetime.now(UTC))
BEFORE = TODAY - timedelta(days=40)
USER = ("--user", "k.jansen")
BSN = person(1).bsn
pytestmark = pytest.mark.skipif(open_day(TODAY, DEFAULT_POLICY) != TODAY, reason="on a closed day all of it waits")


class CommandLine:
    """Runs the command line on one register, and takes what it sends."""

    def __init__(self, pool: Pool, url: str) -> None:
        self.pool = pool
        self.partition = Partition()
        self._environment = {
            **os.environ,
            "ION_ENVIRONMENT": "test",
            "ION_DATABASE_URL": url,
            "ION_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        }

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("ion-registry")), *arguments]
        return subprocess.run(
            command, input=stdin, env=self._environment, capture_output=True, text=True, check=False, timeout=60
        )

    async def give(self, *arguments: str, stdin: str = BSN, holds: bytes | None = None) -> Made:
        """Sends a command, sees that nothing personal was printed, and lets the register take it."""
        done = self.run("office", *arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        assert not re.search(rf"{BSN}|Gemaakt", done.stdout + done.stderr)
        [command] = await sent_by_register(self.pool)
        assert f"sent as command {command.id}" in done.stdout
        assert f"see: ion-registry outcome {command.id}" in done.stdout
        assert getattr(command.body, "office", None) is True
        assert holds is None or command.key == holds
        await take(self.pool, self.partition, [command], TODAY)
        return command


@pytest.fixture
async def line(pool: Pool, register_database: str) -> CommandLine:
    line = CommandLine(pool, register_database)
    await take(pool, line.partition, [register(1, PRACTICE_A, BEFORE)], TODAY)
    return line


async def test_a_command_is_judged_sent_taken_and_followed(line: CommandLine) -> None:
    asked = ("deregister", *USER, "--agb-code", PRACTICE_A, "--reason", "deceased")
    tried = line.run("office", *asked, "--dry-run", stdin=BSN)
    assert (tried.returncode, tried.stdout.splitlines()[-1]) == (0, "nothing was sent"), tried.stderr
    assert "would be accepted (deregistered: " in tried.stdout
    assert await sent_by_register(line.pool) == []
    assert await registered(line.pool, await patient_of(line.pool, 1)) == (PRACTICE_A, BEFORE)
    command = await line.give(*asked, holds=key_of(1))
    assert await codes(line.pool, command) == ["deregistered"]
    told = line.run("outcome", command.id)
    assert (told.returncode, told.stdout.startswith("accepted (deregistered: ")) == (0, True)
    looks = await line.pool.fetch("select user_id, question, result from access_log")
    assert [tuple(row) for row in looks] == [("k.jansen", "office-command", "found")] * 2
    await assert_whole(line.pool)


async def test_what_would_be_refused_is_not_sent_and_says_why(line: CommandLine) -> None:
    asked = ("office", "deregister", *USER, "--agb-code", PRACTICE_B, "--reason", "moved")
    for options in ((), ("--dry-run",)):
        done = line.run(*asked, *options, stdin=BSN)
        assert done.returncode == 1
        assert "refused (not-registered-here: " in done.stderr
        assert "Nothing was sent." in done.stderr
    assert await sent_by_register(line.pool) == []
    assert await line.pool.fetchval("select count(*) from journal") == 1


async def test_somebody_unknown_is_said_to_go_through_the_gateway_and_the_look_is_logged(line: CommandLine) -> None:
    done = line.run("office", "extend", *USER, "--agb-code", PRACTICE_A, stdin=person(2).bsn)
    assert done.returncode == 1
    assert "is made by the gateway" in done.stderr
    assert await line.pool.fetchval("select result from access_log") == "not-found"
    wrong = line.run("office", "extend", *USER, "--agb-code", PRACTICE_A, stdin="123456789\n")
    assert (wrong.returncode, "123456789" in wrong.stderr) == (1, False)
    as_argument = line.run("office", "withdraw", *USER, "--agb-code", PRACTICE_A, "--command", BSN, stdin=BSN)
    assert (as_argument.returncode, BSN in as_argument.stderr) == (2, False)


async def test_a_withdrawal_is_for_the_party_that_gave_the_command(line: CommandLine) -> None:
    moved = register(1, PRACTICE_B, TODAY)
    await take(line.pool, line.partition, [moved], TODAY)
    command = await line.give("withdraw", *USER, "--agb-code", PRACTICE_B, "--command", moved.id)
    assert await codes(line.pool, command) == ["withdrawn"]
    assert await registered(line.pool, await patient_of(line.pool, 1)) == (PRACTICE_A, BEFORE)


async def test_days_are_corrected_and_a_person_is_removed(line: CommandLine) -> None:
    patient = await patient_of(line.pool, 1)
    days = ("--from", BEFORE.isoformat(), "--reference", "C-2027/104")
    both = line.run("office", "correct", *USER, *days, "--nobody", "--holder", PRACTICE_B, stdin=BSN)
    assert (both.returncode, "name one" in both.stderr) == (2, True)
    corrected = await line.give("correct", *USER, *days, "--nobody")
    removed = await line.give(
        "remove-person", *USER, "--reference", "C-2027/104", "--patient-id", str(patient), stdin=""
    )
    assert await codes(line.pool, corrected, removed) == ["corrected", "person-removed"]
    assert await line.pool.fetchval("select count(bsn) from patient") == 0


async def test_a_block_is_lifted_on_the_patients_statement(line: CommandLine) -> None:
    fro = [register(1, (PRACTICE_B, PRACTICE_A)[n % 2], TODAY - timedelta(days=9 - n)) for n in range(3)]
    await take(line.pool, line.partition, fro, TODAY)
    command = await line.give(
        "unblock", *USER, "--agb-code", PRACTICE_C, "--ground", "statement", "--reference", "S-2027/7"
    )
    assert await codes(line.pool, command) == ["unblocked"]
    assert await registered(line.pool, await patient_of(line.pool, 1)) == (PRACTICE_C, TODAY)


async def test_a_temporary_registration_from_its_begin_to_its_completion(line: CommandLine) -> None:
    newborn = json.dumps({"familyName": "Gemaaktkind", "birthDate": TODAY.isoformat()})
    asked = ("--agb-code", PRACTICE_B)
    misspelt = line.run("office", "register-temporary", *USER, *asked, "--ground", "newborn", stdin='{"name": "X"}')
    assert (misspelt.returncode, "familyName: Field required" in misspelt.stderr) == (1, True)
    began = await line.give("register-temporary", *USER, *asked, "--ground", "newborn", stdin=newborn)
    assert isinstance(began.body, RegisterTemporary)
    assert began.key is not None
    patient = await patient_under(line.pool, began.key)
    longer = await line.give("extend", *USER, *asked, "--patient-id", str(patient), stdin="", holds=began.key)
    assert await codes(line.pool, began, longer) == ["registered-temporary", "extended"]
    known = person(1).model_dump_json(by_alias=True)
    done = await line.give(
        "complete", *USER, *asked, "--temporary", str(patient), "--uzovi", "3311", stdin=known, holds=key_of(1)
    )
    assert await codes(line.pool, done) == ["completed-known-elsewhere"]
    assert await registered(line.pool, await patient_of(line.pool, 1)) == (PRACTICE_B, TODAY)
    await assert_whole(line.pool)


async def test_a_list_is_moved_stopped_resumed_followed_and_withdrawn(line: CommandLine) -> None:
    await take(line.pool, line.partition, [register(n, PRACTICE_A, BEFORE) for n in range(2, 5)], TODAY)
    asked = ("lists", "move", "--from", PRACTICE_A, "--to", PRACTICE_B)
    assert line.run(*asked, "--dry-run").stdout.endswith("nothing was sent\n")
    moved = line.run(*asked)
    matched = re.search(r"see: ion-registry lists show (\S+) --follow", moved.stdout)
    assert matched, moved.stderr
    operation = UUID(matched[1])
    assert "there is no such operation" in line.run("lists", "show", str(operation)).stderr
    await take(line.pool, line.partition, await sent_by_register(line.pool), TODAY)
    assert "running: 0 of 4 sent; 0 accepted, 0 refused, 0 waiting" in line.run("lists", "show", str(operation)).stdout
    for word in ("stop", "resume"):
        assert line.run("lists", word, str(operation)).returncode == 0
        await take(line.pool, line.partition, await sent_by_register(line.pool), TODAY)
    await work_off(line)
    followed = line.run("lists", "show", str(operation), "--follow")
    assert followed.stdout.splitlines()[-1] == "done: 4 of 4 sent; 4 accepted, 0 refused, 0 waiting"
    assert "list-operation-ended" in line.run("lists", "stop", str(operation)).stderr
    undo = line.run("lists", "withdraw", "--batch", str(operation), "--agb-code", PRACTICE_B)
    assert undo.returncode == 0, undo.stderr
    await take(line.pool, line.partition, await sent_by_register(line.pool), TODAY)
    await work_off(line)
    assert await registered(line.pool, await patient_of(line.pool, 1)) == (PRACTICE_A, BEFORE)
    nobody = line.run("lists", "withdraw", "--batch", str(uuid4()), "--agb-code", PRACTICE_B)
    assert "0 parties" in nobody.stderr
    await assert_whole(line.pool)


async def work_off(line: CommandLine) -> None:
    while await send_next_portion(line.pool, SetClock(TODAY)):
        await take(line.pool, line.partition, await sent_by_register(line.pool), TODAY)


async def test_an_outcome_that_is_not_there_is_no_outcome(line: CommandLine) -> None:
    done = line.run("outcome", str(uuid4()))
    assert (done.returncode, "still on its way" in done.stderr) == (1, True)


async def test_a_policy_row_is_added_from_a_day_to_come_and_says_what_changes(line: CommandLine) -> None:
    to_come = TODAY + timedelta(days=30)
    asked = ("policy", "add", "--from", to_come.isoformat(), "--withdraw-days", "7")
    tried = line.run(*asked, "--dry-run")
    assert tried.stdout.splitlines() == [f"version 3, from {to_come}", "  withdraw-days: 14 -> 7", "nothing was added"]
    assert line.run(*asked).stdout.splitlines()[-1] == "added"
    assert "rows are never changed" in line.run(*asked).stderr
    listed = line.run("policy", "show").stdout
    assert "(holds today)" in listed
    assert listed.splitlines()[-2:] == [f"version 3, from {to_come}", "  withdraw-days: 14 -> 7"]


async def test_a_policy_row_that_may_not_be_is_not_added(line: CommandLine) -> None:
    to_come = ("policy", "add", "--from", (TODAY + timedelta(days=30)).isoformat())
    past = ("policy", "add", "--from", TODAY.isoformat(), "--withdraw-days", "7")
    assert "needs --allow-past" in line.run(*past).stderr
    assert "name what changes" in line.run(*to_come).stderr
    assert "that is what holds" in line.run(*to_come, "--withdraw-days", "14").stderr
    assert "policy_ends_after_asking" in line.run(*to_come, "--temporary-end-months", "2").stderr
    assert await line.pool.fetchval("select count(*) from policy") == 2
    before = line.run(*past, "--allow-past")
    assert (before.returncode, before.stdout.splitlines()[-1]) == (0, "added")


async def test_the_help_of_every_command_says_what_it_does(line: CommandLine) -> None:
    for group in ("office", "lists", "policy"):
        listed = line.run(group, "--help")
        for name in re.findall(r"^  ([a-z-]+)  ", listed.stdout.split("Commands:")[1], re.MULTILINE):
            told = line.run(group, name, "--help")
            assert told.returncode == 0
            assert len(told.stdout.splitlines()) > 5
