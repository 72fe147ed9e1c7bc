"""The notifier as a running service: events and providers in on Kafka, mails out over SMTP, results out on Kafka."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import aiohttp

from ion_contracts.catalogue import DELIVERIES, EVENTS, dead_letters_topic
from ion_contracts.messages import DeadLetter, DeliveryEnded
from ion_notifier.config import NotifierSettings
from ion_platform.database import Pool
from tests.integration.notifier.made_messages import NEW, PREVIOUS, Made, day_closed, provider, start, transfer
from tests.integration.notifier.mail_server import MailServer
from tests.integration.notifier.running import (
    environment,
    process,
    produce,
    produce_raw,
    read_until,
    running,
    until,
    until_true,
)

PRACTICES: list[Made] = [provider(PREVIOUS), provider(NEW)]


async def run(settings: NotifierSettings, *arguments: str, exit_code: int = 0) -> str:
    """Runs a command as an operator does, beside the service, and returns what it printed."""
    command = Path(sys.executable).with_name("ion-notifier")
    done = await asyncio.create_subprocess_exec(
        command, *arguments, env=environment(settings), stdout=PIPE, stderr=STDOUT
    )
    output, _ = await done.communicate()
    assert done.returncode == exit_code, output.decode()
    return output.decode()


async def test_each_transfer_is_one_mail_and_one_result(settings: NotifierSettings, mail_server: MailServer) -> None:
    moved = [transfer(number) for number in range(30)]
    async with running(settings):
        await produce(settings.kafka_bootstrap, [*PRACTICES, start(0), day_closed(), *moved, *moved])
        results = await read_until(settings.kafka_bootstrap, DELIVERIES.name, 30)
        await produce(settings.kafka_bootstrap, [*moved, transfer(30)])
        results = await read_until(settings.kafka_bootstrap, DELIVERIES.name, 31)
    assert len(results) == len(set(mail_server.message_ids)) == len(mail_server.taken) == 31
    assert {one.envelope.causation_id for one in results} == {m.envelope.id for m in [*moved, transfer(30)]}
    assert {one.envelope.correlation_id for one in results} == {
        m.envelope.correlation_id for m in [*moved, transfer(30)]
    }


async def test_transfers_that_come_before_their_practice_are_mailed_after_it(
    settings: NotifierSettings, mail_server: MailServer, pool: Pool
) -> None:
    async with running(settings):
        await produce(settings.kafka_bootstrap, [transfer(1)])

        async def waits() -> bool:
            return bool(await pool.fetchval("select count(*) from delivery where status = 'no-address'"))

        await until(waits, "the delivery waits for an address")
        await produce(settings.kafka_bootstrap, [provider(PREVIOUS)])
        await until_true(lambda: len(mail_server.taken) == 1, "the mail has come")
    text = mail_server.taken[0].get_body(("plain",))
    assert text is not None
    assert f"AGB-code {NEW}" in text.get_content()
    assert "nog niet bekend" in text.get_content()


async def test_an_unreadable_event_is_put_aside_and_harms_no_other(
    settings: NotifierSettings, mail_server: MailServer
) -> None:
    async with running(settings):
        await produce_raw(settings.kafka_bootstrap, EVENTS.name, b"not json")
        await produce(settings.kafka_bootstrap, [*PRACTICES, transfer(1)])
        await until_true(lambda: len(mail_server.taken) == 1, "the mail has come")
        (letter,) = await read_until(settings.kafka_bootstrap, dead_letters_topic("notifier").name, 1)
    assert isinstance(letter.body, DeadLetter)


async def test_a_kill_between_the_servers_answer_and_the_commit_repeats_the_mail_with_the_same_message_id(
    settings: NotifierSettings, mail_server: MailServer
) -> None:
    mail_server.answers.clear()
    async with process(settings) as victim:
        await produce(settings.kafka_bootstrap, [*PRACTICES, transfer(1)])
        await until_true(lambda: len(mail_server.taken) == 1, "the server has the mail")
        victim.process.send_signal(signal.SIGKILL)
        await victim.process.wait()
    mail_server.answers.set()
    async with process(settings):
        (result,) = await read_until(settings.kafka_bootstrap, DELIVERIES.name, 1)
    assert len(mail_server.taken) == 2
    assert len(set(mail_server.message_ids)) == 1
    assert isinstance(result.body, DeliveryEnded)
    assert result.body.result == "sent"


async def test_a_notifier_that_is_asked_to_stop_ends_well_and_sends_no_mail_twice(
    settings: NotifierSettings, mail_server: MailServer
) -> None:
    moved = [transfer(number) for number in range(1000)]
    await produce(settings.kafka_bootstrap, [*PRACTICES, *moved])
    async with process(settings) as asked:
        await until_true(lambda: len(mail_server.taken) >= 100, "it is sending")
        asked.process.terminate()
        assert await asyncio.wait_for(asked.process.wait(), 30) == 0
    async with process(settings):
        results = await read_until(settings.kafka_bootstrap, DELIVERIES.name, 1000)
    assert len(results) == len(set(mail_server.message_ids)) == len(mail_server.taken) == 1000


async def test_operators_see_what_was_sent_and_to_whom_without_any_patient(
    settings: NotifierSettings, mail_server: MailServer
) -> None:
    moved = [transfer(number) for number in range(3)]
    await produce(settings.kafka_bootstrap, [*PRACTICES, *moved, transfer(9, previous="01000009")])
    async with process(settings) as serving, aiohttp.ClientSession(f"{serving.url}/internal/v1/deliveries/") as session:
        await read_until(settings.kafka_bootstrap, DELIVERIES.name, 3)
        async with session.get("summary") as answer:
            assert await answer.json() == {"counts": {"due": 0, "no-address": 1, "sent": 3, "failed": 0}}
        async with session.post("_search", json={"agbCode": PREVIOUS, "pageSize": 2}) as answer:
            found = await answer.json()
        async with session.post("_search", json={"agbCode": "0100", "pagina": 1}) as answer:
            assert answer.status == 400
            assert {error["field"] for error in (await answer.json())["errors"]} == {"agbCode", "pagina"}
    assert (found["total"], found["page"], found["pageSize"], len(found["deliveries"])) == (3, 1, 2, 2)
    one = found["deliveries"][0]
    assert one["messageId"] in mail_server.message_ids
    assert one["eventId"] in {m.envelope.id for m in moved}
    assert (one["status"], one["attempts"], one["endedOn"], one["newAgbCode"]) == ("sent", 1, "2027-03-31", NEW)
    assert "nextAttemptAt" not in one


async def test_an_operator_lists_failed_deliveries_and_lets_them_start_anew(
    settings: NotifierSettings, mail_server: MailServer
) -> None:
    mail_server.answer = lambda _envelope: "550 no such mailbox"
    async with running(settings):
        await produce(settings.kafka_bootstrap, [*PRACTICES, *(transfer(number) for number in range(3))])
        failed = await read_until(settings.kafka_bootstrap, DELIVERIES.name, 3)
        mail_server.answer = lambda _envelope: None
        listed = await run(settings, "deliveries", "list", "--status", "failed")
        body = failed[0].body
        assert isinstance(body, DeliveryEnded)
        one = await run(settings, "deliveries", "retry", str(body.delivery_id))
        await until_true(lambda: len(mail_server.taken) == 1, "the one mail has come")
        rest = await run(settings, "deliveries", "retry", "--all-failed")
        results = await read_until(settings.kafka_bootstrap, DELIVERIES.name, 6)
    assert len(listed.splitlines()) == 3
    assert str(body.delivery_id) in listed
    assert one.startswith("1 deliveries")
    assert rest.startswith("2 deliveries")
    assert len({one.envelope.id for one in results}) == 6
    assert len(mail_server.taken) == 3


async def test_an_operator_who_asks_for_nothing_or_for_what_is_not_there_is_told(settings: NotifierSettings) -> None:
    for arguments in ((), ("--all-failed", "00000000-0000-0000-0000-000000000001")):
        assert "either" in await run(settings, "deliveries", "retry", *arguments, exit_code=2)
    unknown = await run(settings, "deliveries", "retry", "00000000-0000-0000-0000-000000000001", exit_code=1)
    assert "no failed delivery" in unknown
