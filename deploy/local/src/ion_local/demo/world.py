"""What the demo does from outside: a GP system's calls, an insurer's consumer, a look at the mailbox."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from aiokafka import AIOKafkaConsumer

from ion_contracts.codec import Received, decode
from ion_contracts.messages import ALL, Message
from ion_cov_gateway.domain.vz31 import InsuredLine, write_file
from ion_local.clock import set_clock
from ion_local.mail import mail_files, read_mail
from ion_local.population import Inhabitant
from ion_local.practices import Practice
from ion_local.stack import Stack

DEADLINE_S = 60.0
Answer = dict[str, Any]


class DemoError(RuntimeError):
    """Something that had to happen did not happen in time, or was answered in a way that ends the demo."""


class World:
    """One running stack, seen from outside."""

    def __init__(self, stack: Stack, session: aiohttp.ClientSession, say: Callable[[str], None]) -> None:
        self.stack = stack
        self.say = say
        self._session = session
        self._endpoints = stack.endpoints
        self._mails: dict[Path, EmailMessage] = {}

    async def set_clock(self, moment: datetime) -> None:
        """Sets the time of all services."""
        await asyncio.to_thread(set_clock, self.stack, moment)

    async def register(self, practice: Practice, person: Inhabitant, **more: str) -> Answer:
        """Registers one patient and waits for the outcome."""
        body = {"agbCode": practice.agb_code, "patient": patient(person), "mode": "manual", **more}
        return await self.call("POST", "/v1/registrations", practice, body, {"Prefer": "wait=20"})

    async def operation(self, practice: Practice, operation_id: str) -> Answer:
        """Returns what became of an operation."""
        return await self.call("GET", f"/v1/operations/{operation_id}", practice)

    async def list_total(self, practice: Practice, on_date: date | None = None, bsn: str | None = None) -> int:
        """Returns the total of the own list."""
        body = {"agbCode": practice.agb_code}
        if on_date is not None:
            body["onDate"] = on_date.isoformat()
        if bsn is not None:
            body["bsn"] = bsn
        return int((await self.call("POST", "/v1/registrations/_search", practice, body))["total"])

    async def check_file(self, practice: Practice, people: Sequence[Inhabitant], on: date) -> Answer:
        """Posts a file as a GP system exports it, and returns the batch when every line is checked."""
        content = write_file([_line(n, p) for n, p in enumerate(people, start=1)], practice.agb_code, on)
        batch = await self.call("POST", "/v1/batches", practice, content, {"content-type": "text/plain"})

        async def checked() -> bool:
            nonlocal batch
            batch = await self.call("GET", f"/v1/batches/{batch['id']}", practice)
            self.say(f"{batch['checked']} of {batch['lines']} lines checked")
            return bool(batch["status"] == "checked")

        await until(checked, "the file was checked")
        return batch

    async def register_accepted(self, practice: Practice, batch: Answer) -> int:
        """Sends the commands of a file's accepted lines and returns how many."""
        sent = await self.call("POST", f"/v1/batches/{batch['id']}/registrations", practice)
        return int(sent["sent"])

    async def finished(self, practice: Practice, batch: Answer) -> dict[str, int]:
        """Returns what became of a file's commands, once none is under way."""
        counts: dict[str, int] = {}

        async def done() -> bool:
            nonlocal counts
            counts = (await self.call("GET", f"/v1/batches/{batch['id']}", practice))["registrations"]
            self.say(f"{counts['accepted'] + counts['refused']} of {sum(counts.values())} commands have their outcome")
            return counts["processing"] == 0

        await until(done, "every command had its outcome")
        return counts

    async def rejected_codes(self, practice: Practice, batch: Answer) -> dict[str, int]:
        """Returns how often each code stands in the list of rejected lines."""
        rejected = await self.call("GET", f"/v1/batches/{batch['id']}/rejected", practice)
        return dict(sorted(Counter(line["code"] for line in rejected["lines"]).items()))

    async def set_insurer(self, uzovi: str, down: bool) -> None:
        """Closes or opens an insurer's port."""
        url = f"{self._endpoints['insurersControl']}/insurers/{uzovi}/behaviour"
        async with self._session.put(url, json={"down": down}) as answer:
            answer.raise_for_status()

    async def call(
        self,
        method: str,
        path: str,
        practice: Practice,
        body: dict[str, Any] | bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Calls the gateway with a practice's certificate. Raises DemoError when it answers with an error."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        given = {"content-type": "application/json", "x-forwarded-client-cert": practice.certificate_header}
        async with self._session.request(
            method, self._endpoints["gateway"] + path, data=data, headers={**given, **(headers or {})}
        ) as answer:
            content = await answer.read()
            if answer.status >= 400:
                raise DemoError(f"{method} {path} was answered {answer.status}: {content[:500].decode()}")
            return dict(json.loads(content))

    async def invoices(self, year: int) -> list[Answer]:
        """Returns the invoices of a year, as billing has them."""
        url = f"{self._endpoints['services']['billing']}/internal/v1/invoices/_search"
        async with self._session.post(url, json={"year": year}) as answer:
            answer.raise_for_status()
            return list((await answer.json())["invoices"])

    async def invoice_pdf(self, number: str) -> bytes:
        """Returns an invoice as the GP gets it; empty while it is not there yet."""
        url = f"{self._endpoints['services']['billing']}/internal/v1/invoices/{number}/pdf"
        async with self._session.get(url) as answer:
            return await answer.read() if answer.status == 200 else b""

    def mails_to(self, practice: Practice) -> list[EmailMessage]:
        """Returns the mails that a practice got."""
        for path in mail_files(self.stack.directory / "mail"):
            if path not in self._mails:
                self._mails[path] = read_mail(path)
        return [mail for mail in self._mails.values() if practice.address in str(mail["To"])]

    async def topic_ends(self, topic: str) -> dict[int, int]:
        """Returns where each partition of a topic ends now."""
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=self._endpoints["kafka"], group_id=None)
        await consumer.start()
        try:
            ends = await consumer.end_offsets(consumer.assignment())
            return {partition.partition: end for partition, end in ends.items()}
        finally:
            await consumer.stop()

    async def read_topic(self, topic: str, after: Mapping[int, int] | None = None) -> list[Received[Message]]:
        """Reads a topic from its beginning, or what came `after` some ends, with a consumer that knows no other."""
        consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=self._endpoints["kafka"], group_id=None, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            ends = await consumer.end_offsets(consumer.assignment())
            for partition in ends:
                if after is not None:
                    consumer.seek(partition, after[partition.partition])
            found: list[Received[Message]] = []
            while any([await consumer.position(p) < end for p, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += [decode(r.headers, r.value, ALL) for r in records]
            return found
        finally:
            await consumer.stop()

    async def billing_counts(self) -> dict[str, int]:
        """Returns the patients per AGB code as billing has counted them, all events included."""
        connection = await asyncpg.connect(self._endpoints["postgres"]["billing"])
        try:
            rows = await connection.fetch(
                "select agb_code, sum(delta) as n from count_change group by 1 having sum(delta) > 0"
            )
            return {row["agb_code"]: int(row["n"]) for row in rows}
        finally:
            await connection.close()

    async def ask_register(self, about: str, **question: str) -> Answer:
        """Asks the register as its office does. Raises DemoError when it answers with an error."""
        url = f"{self._endpoints['services']['registry']}/internal/v1/{about}/_search"
        headers = {"ion-party": "registerbureau", "ion-role": "office", "ion-user": "demo"}
        async with self._session.post(url, json=question, headers=headers) as answer:
            if answer.status >= 400:
                raise DemoError(f"the register answered {answer.status} about {about}: {(await answer.text())[:500]}")
            return dict(await answer.json())

    async def journal_rows(self) -> int:
        """Returns how many rows the register's journal has."""
        connection = await asyncpg.connect(self._endpoints["postgres"]["registry"])
        try:
            return int(await connection.fetchval("select count(*) from journal"))
        finally:
            await connection.close()

    async def kill_and_restart(self, *names: str) -> None:
        """Kills services as a power cut would, and starts them again."""
        for name in names:
            self.stack.parts[name].kill()
        for name in names:
            self.stack.start_service(name)
        await asyncio.to_thread(self.stack.wait_until_ready, *names)

    async def run_command(self, service: str, *words: str) -> str:
        """Runs a service's command line."""
        from ion_local.seeding import run_command

        return await asyncio.to_thread(run_command, self.stack, service, list(words))


async def until(
    condition: Callable[[], Awaitable[bool]], what: str, deadline_s: float = DEADLINE_S, pause_s: float = 0.1
) -> None:
    """Waits until something is so. Raises DemoError when it takes too long."""
    end_s = time.monotonic() + deadline_s
    while not await condition():
        if time.monotonic() > end_s:
            raise DemoError(f"after {deadline_s:.0f} s it was still not so that {what}")
        await asyncio.sleep(pause_s)


def patient(person: Inhabitant) -> dict[str, str]:
    """Returns a person as a GP system posts them."""
    return {
        "bsn": person.bsn,
        "initials": person.initials,
        "prefix": person.prefix,
        "familyName": person.family_name,
        "birthDate": person.birth_date.isoformat(),
        "sex": person.sex.value,
    }


def _line(number: int, p: Inhabitant) -> InsuredLine:
    uzovi = p.insurers[0] if p.insurers else None
    return InsuredLine(
        number, number, p.bsn, uzovi, None, p.family_name, p.prefix, p.initials, p.birth_date, p.sex, p.deceased
    )
