"""Sending against a real mail server and a real database: what is repeated, what is final, what is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from ion_contracts.messages import DeliveryEnded, DeliveryResult
from ion_notifier.domain.retry import RetryPolicy
from ion_notifier.services.mail_server import MailServerSettings
from ion_notifier.services.rendering import Sender as MailSender
from ion_notifier.services.sender import Sender
from ion_notifier.services.take_messages import EventHandler, take_providers
from ion_notifier.storage import deliveries
from ion_platform.clock import Clock
from ion_platform.database import Pool
from ion_platform.outbox import OutboxSource
from tests.integration.notifier.made_messages import NEW, NOW, PREVIOUS, Made, provider, transfer
from tests.integration.notifier.mail_server import MailServer
from tests.integration.notifier.running import until, until_true

POLICY = RetryPolicy(shortest_s=0.05, longest_s=0.1, give_up_after_s=3600)
TAKE_EVENTS = EventHandler("ion.example")


def made_sender(
    pool: Pool, server: MailServer, policy: RetryPolicy = POLICY, mails_per_connection: int = 500
) -> Sender:
    return Sender(
        pool=pool,
        clock=Clock(),
        server=MailServerSettings("127.0.0.1", server.port, 1.0, mails_per_connection),
        mail=MailSender("mutatieberichten@ion.example", "https://portaal.ion.example/"),
        policy=policy,
        connections=4,
        mails_per_set=50,
        claim_s=4.0,
        wake_outbox=lambda: None,
    )


async def take(pool: Pool, *made: Made) -> None:
    """Hands messages to their handlers, each kind as one batch."""
    async with pool.acquire() as connection, connection.transaction():
        known = [one.delivered() for one in made if one.topic.startswith("registration.providers")]
        events = [one.delivered() for one in made if one.topic.startswith("registration.events")]
        if known:
            await take_providers(connection, known)
        if events:
            await TAKE_EVENTS(connection, events)


async def statuses(pool: Pool) -> dict[str, int]:
    return {status.value: count for status, count in (await deliveries.counts(pool)).items() if count}


async def send_all(pool: Pool, sender: Sender, wanted: dict[str, int]) -> None:
    """Sends set after set until the deliveries stand as wanted."""

    async def settled() -> bool:
        await sender.send_set()
        return await statuses(pool) == wanted

    await until(settled, f"the deliveries are {wanted}")
    await sender.close()


async def attempts(pool: Pool) -> list[tuple[int, str, int | None]]:
    rows = await pool.fetch("select n, result, reply_class from delivery_attempt order by delivery_id, n")
    return [(row["n"], row["result"], row["reply_class"]) for row in rows]


async def ended(pool: Pool) -> list[DeliveryEnded]:
    """Returns the messages in the outbox."""
    async with pool.acquire() as connection:
        rows = await OutboxSource().fetch(connection, (0, 0), 1000)
    return [DeliveryEnded.model_validate_json(record.value) for _, records in rows for record in records]


def both(address: str | None = "post@praktijk.example") -> Iterable[Made]:
    return (provider(PREVIOUS, address), provider(NEW))


async def test_an_event_that_comes_again_is_one_mail(pool: Pool, mail_server: MailServer) -> None:
    sender = made_sender(pool, mail_server)
    await take(pool, *both(), transfer(1), transfer(1), transfer(2))
    await take(pool, transfer(2), transfer(1))
    await send_all(pool, sender, {"sent": 2})
    await take(pool, transfer(1))
    assert not await sender.send_set()
    assert len(mail_server.taken) == 2
    assert sorted(one.result for one in await ended(pool)) == [DeliveryResult.SENT] * 2


async def test_the_mail_goes_to_the_previous_gp_and_names_the_new_one(pool: Pool, mail_server: MailServer) -> None:
    await take(pool, provider(PREVIOUS, "eik@praktijk.example"), provider(NEW), transfer(1))
    await send_all(pool, made_sender(pool, mail_server), {"sent": 1})
    (mail,) = mail_server.taken
    assert mail["To"].addresses[0].addr_spec == "eik@praktijk.example"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "31 maart 2027" in text.get_content()
    assert f"Huisartsenpraktijk {NEW}" in text.get_content()


async def test_mails_wait_for_a_mail_server_that_is_down(pool: Pool, mail_server: MailServer) -> None:
    sender = made_sender(pool, mail_server)
    await take(pool, *both(), *(transfer(number) for number in range(20)))
    await mail_server.down()
    assert await sender.send_set()
    assert await statuses(pool) == {"due": 20}
    assert {result for _, result, _ in await attempts(pool)} == {"unreachable"}
    await mail_server.up()
    await send_all(pool, sender, {"sent": 20})
    assert len(set(mail_server.message_ids)) == len(mail_server.taken) == 20


async def test_a_connection_that_broke_is_opened_again(pool: Pool, mail_server: MailServer) -> None:
    sender = made_sender(pool, mail_server)
    await take(pool, *both(), transfer(1))
    assert await sender.send_set()
    await mail_server.down()
    await mail_server.up()
    await take(pool, transfer(2))
    await send_all(pool, sender, {"sent": 2})
    assert len(mail_server.taken) == 2


async def test_a_connection_is_replaced_after_so_many_mails(pool: Pool, mail_server: MailServer) -> None:
    await take(pool, *both(), *(transfer(number) for number in range(40)))
    await send_all(pool, made_sender(pool, mail_server, mails_per_connection=5), {"sent": 40})
    assert 8 <= mail_server.connections <= 11


async def test_a_permanent_refusal_is_final(pool: Pool, mail_server: MailServer) -> None:
    mail_server.answer = lambda _envelope: "550 no such mailbox"
    sender = made_sender(pool, mail_server)
    await take(pool, *both(), transfer(1))
    await send_all(pool, sender, {"failed": 1})
    assert not await sender.send_set()
    assert await attempts(pool) == [(1, "refused", 5)]
    assert [(one.result, one.attempts) for one in await ended(pool)] == [(DeliveryResult.FAILED, 1)]


async def test_one_refused_mail_does_not_stop_the_others(pool: Pool, mail_server: MailServer) -> None:
    mail_server.answer = lambda envelope: "550 no" if envelope.rcpt_tos == ["weg@praktijk.example"] else None
    await take(pool, *both(), provider("01000003", "weg@praktijk.example"))
    await take(pool, *(transfer(number) for number in range(10)), transfer(99, previous="01000003"))
    await send_all(pool, made_sender(pool, mail_server), {"sent": 10, "failed": 1})


async def test_a_temporary_refusal_is_tried_again_later(pool: Pool, mail_server: MailServer) -> None:
    mail_server.answer = lambda _envelope: "451 try later" if mail_server.offered < 3 else None
    await take(pool, *both(), transfer(1))
    await send_all(pool, made_sender(pool, mail_server), {"sent": 1})
    assert await attempts(pool) == [(1, "temporary", 4), (2, "temporary", 4), (3, "sent", 2)]
    assert [(one.result, one.attempts) for one in await ended(pool)] == [(DeliveryResult.SENT, 3)]


async def test_after_the_last_hour_a_temporary_refusal_is_given_up(pool: Pool, mail_server: MailServer) -> None:
    mail_server.answer = lambda _envelope: "451 try later"
    sender = made_sender(pool, mail_server, replace(POLICY, give_up_after_s=0.3))
    await take(pool, *both(), transfer(1))
    await send_all(pool, sender, {"failed": 1})
    assert [one.result for one in await ended(pool)] == [DeliveryResult.FAILED]


@pytest.mark.parametrize("refusal", ["421 closing", "451 try later", "550 never"])
async def test_a_connection_is_good_for_the_next_mail_after_a_refusal(
    pool: Pool, mail_server: MailServer, refusal: str
) -> None:
    mail_server.answer = lambda _envelope: refusal if mail_server.offered == 1 else None
    sender = made_sender(pool, mail_server)
    await take(pool, *both(), transfer(1))
    assert await sender.send_set()
    mail_server.answer = lambda _envelope: None
    await take(pool, transfer(2))
    await send_all(pool, sender, {"sent": 1, "failed": 1} if refusal.startswith("5") else {"sent": 2})


async def test_a_server_that_never_answers_is_left_and_the_mail_repeated_with_the_same_id(
    pool: Pool, mail_server: MailServer
) -> None:
    mail_server.answers.clear()
    sender = made_sender(pool, mail_server)
    await take(pool, *both(), transfer(1))
    assert await sender.send_set()
    assert await attempts(pool) == [(1, "unreachable", None)]
    mail_server.answers.set()
    await send_all(pool, sender, {"sent": 1})
    assert len(mail_server.taken) == 2
    assert len(set(mail_server.message_ids)) == 1


async def test_a_practice_without_address_is_mailed_when_the_address_comes(pool: Pool, mail_server: MailServer) -> None:
    sender = made_sender(pool, mail_server)
    await take(pool, provider(NEW), provider("01000003", None), transfer(1), transfer(2, previous="01000003"))
    assert not await sender.send_set()
    assert await statuses(pool) == {"no-address": 2}
    await take(pool, provider(PREVIOUS))
    await send_all(pool, sender, {"sent": 1, "no-address": 1})
    await take(pool, provider("01000003", "later@praktijk.example"))
    await send_all(pool, sender, {"sent": 2})


async def test_a_delivery_whose_address_is_taken_away_waits_for_another(pool: Pool, mail_server: MailServer) -> None:
    sender = made_sender(pool, mail_server)
    await take(pool, *both(), transfer(1))
    await take(pool, provider(PREVIOUS, None, NOW + timedelta(seconds=1)))
    assert not await sender.send_set()
    assert await statuses(pool) == {"no-address": 1}
    await take(pool, provider(PREVIOUS, "terug@praktijk.example", NOW + timedelta(seconds=2)))
    await send_all(pool, sender, {"sent": 1})


async def test_an_address_that_goes_while_its_mail_is_sent_changes_nothing_for_that_mail(
    pool: Pool, mail_server: MailServer
) -> None:
    mail_server.answers.clear()
    sender = made_sender(pool, mail_server)
    await take(pool, *both(), transfer(1))
    sending = asyncio.create_task(sender.send_set())
    await until_true(lambda: mail_server.offered == 1, "the server has the mail")
    await take(pool, provider(PREVIOUS, None, NOW + timedelta(seconds=1)))
    mail_server.answers.set()
    await sending
    assert await statuses(pool) == {"sent": 1}
    await sender.close()


async def test_an_address_that_goes_while_its_mail_gets_no_answer_lets_it_wait(
    pool: Pool, mail_server: MailServer
) -> None:
    mail_server.answers.clear()
    sender = made_sender(pool, mail_server)
    await take(pool, *both(), transfer(1))
    sending = asyncio.create_task(sender.send_set())
    await until_true(lambda: mail_server.offered == 1, "the server has the mail")
    await take(pool, provider(PREVIOUS, None, NOW + timedelta(seconds=1)))
    await sending
    assert await statuses(pool) == {"no-address": 1}
    await sender.close()


async def test_an_older_message_about_a_practice_changes_nothing(pool: Pool) -> None:
    await take(pool, provider(PREVIOUS, "nieuw@praktijk.example", NOW))
    await take(pool, provider(PREVIOUS, "oud@praktijk.example", NOW - timedelta(days=1)))
    assert await pool.fetchval("select change_message_address from provider") == "nieuw@praktijk.example"


async def test_an_address_that_no_mail_can_go_to_is_no_address(pool: Pool) -> None:
    await take(pool, provider(PREVIOUS, "é@praktijk.example"), transfer(1))
    assert await statuses(pool) == {"no-address": 1}


async def test_two_senders_side_by_side_send_every_mail_once(pool: Pool, mail_server: MailServer) -> None:
    await take(pool, *both(), *(transfer(number) for number in range(300)))
    senders = [made_sender(pool, mail_server), made_sender(pool, mail_server)]

    async def send(sender: Sender) -> None:
        while await sender.send_set():
            pass
        await sender.close()

    await asyncio.gather(*(send(sender) for sender in senders))
    assert await statuses(pool) == {"sent": 300}
    assert len(set(mail_server.message_ids)) == len(mail_server.taken) == 300


async def test_a_sender_that_is_stopped_records_what_it_sent_and_gives_the_rest_back(
    pool: Pool, mail_server: MailServer
) -> None:
    mail_server.answers.clear()
    sender = made_sender(pool, mail_server)
    await take(pool, *both(), *(transfer(number) for number in range(50)))
    running = asyncio.create_task(sender.run())
    await until_true(lambda: mail_server.offered == 4, "each connection has a mail in hand")
    running.cancel()
    mail_server.answers.set()
    await asyncio.gather(running, return_exceptions=True)
    assert await statuses(pool) == {"sent": 4, "due": 46}
    assert await pool.fetchval("select count(*) from delivery where claimed_by is not null") == 0
    await sender.close()


async def test_results_of_a_set_that_lost_its_claim_are_not_written(pool: Pool, mail_server: MailServer) -> None:
    mail_server.answers.clear()
    sender = made_sender(pool, mail_server)
    await take(pool, *both(), transfer(1))
    sending = asyncio.create_task(sender.send_set())
    await until_true(lambda: mail_server.offered == 1, "the server has the mail")
    await pool.execute("update delivery set claimed_by = $1", uuid4())
    mail_server.answers.set()
    await sending
    assert await statuses(pool) == {"due": 1}
    assert await attempts(pool) == []
    assert await ended(pool) == []
    await sender.close()


@pytest.mark.parametrize("column", ["name", "bsn", "patient_id", "patient"])
async def test_no_table_of_the_notifier_has_a_place_for_a_patient(pool: Pool, column: str) -> None:
    rows: list[Any] = await pool.fetch(
        "select table_name from information_schema.columns where table_schema = 'public' and column_name = $1", column
    )
    assert {row["table_name"] for row in rows} <= {"provider", "schema_migration", "relay"}


@pytest.mark.parametrize("first", ["transfer", "provider"])
async def test_a_transfer_and_the_address_it_waits_for_do_not_pass_each_other_unseen(pool: Pool, first: str) -> None:
    made = {"transfer": transfer(1), "provider": provider(PREVIOUS)}
    second = made["provider" if first == "transfer" else "transfer"]
    async with pool.acquire() as connection:
        async with connection.transaction():
            if first == "transfer":
                await TAKE_EVENTS(connection, [made[first].delivered()])
            else:
                await take_providers(connection, [made[first].delivered()])
            meanwhile = asyncio.create_task(take(pool, second))

            async def waits() -> bool:
                waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
                return meanwhile.done() or bool(await connection.fetchval(waiting))

            await until(waits, "the second waits for the first")
        await meanwhile
    assert await statuses(pool) == {"due": 1}
