"""What a service could not take: put aside through the outbox with reason and bytes, and the command to look at it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

import click
from aiokafka import AIOKafkaConsumer, TopicPartition

from ion_contracts.catalogue import dead_letters_topic
from ion_contracts.envelope import Envelope, EnvelopeError, parse_envelope
from ion_contracts.messages import DeadLetter
from ion_platform.database import open_pool
from ion_platform.outbox import Outgoing, Record, enqueue_records
from ion_platform.settings import Settings

if TYPE_CHECKING:
    from ion_platform.subscription import Unreadable

VALUE_BYTES_MAX = 256 * 1024
"""A larger value stays in its topic, where the offset finds it: base64 in JSON must fit in one record."""
HEADER_BYTES_MAX = 4096
READ_TIMEOUT_S = 20.0


def dead_letter(topic: str, service: str, record: Unreadable, now: datetime) -> Outgoing:
    """Returns the message that puts a record aside. Its id comes from where the record stood."""
    identifier = str(uuid5(NAMESPACE_URL, f"dead-letter:{service}:{record.topic}:{record.partition}:{record.offset}"))
    value = record.value if record.value is not None and len(record.value) <= VALUE_BYTES_MAX else None
    correlation_id = _correlation_id(record) or record.message_id
    body = DeadLetter(
        service=service,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=_base64(record.key),
        headers=[
            (name[:200], base64.b64encode((content or b"")[:HEADER_BYTES_MAX])) for name, content in record.headers
        ],
        value=_base64(value),
        value_bytes=len(record.value or b""),
        reason=record.reason,
        correlation_id=correlation_id,
        dead_lettered_at=now,
    )
    envelope = Envelope(
        id=identifier,
        source=f"urn:nld:ion:{service}",
        type=DeadLetter.TYPE,
        time=now,
        correlation_id=correlation_id or identifier,
    )
    return Outgoing(topic, record.key if record.key and len(record.key) <= 64 else None, envelope, body)


def _base64(content: bytes | None) -> bytes | None:
    return None if content is None else base64.b64encode(content)


def _correlation_id(record: Unreadable) -> str | None:
    try:
        return parse_envelope(record.headers).correlation_id
    except EnvelopeError:
        return None


async def read_dead_letters(settings: Settings, service: str) -> list[tuple[str, DeadLetter]]:
    """Returns (number, dead letter) of all that is kept, oldest first. The number is its offset in the topic."""
    topic = dead_letters_topic(service).name
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=None,
        enable_auto_commit=False,
        # A seek right after the assignment can be overtaken by the reset that the assignment began.
        auto_offset_reset="earliest",
    )
    try:
        await consumer.start()
        partitions = [TopicPartition(topic, 0)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[tuple[str, DeadLetter]] = []
        async with asyncio.timeout(READ_TIMEOUT_S):
            while await consumer.position(partitions[0]) < ends[partitions[0]]:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += [(str(r.offset), DeadLetter.model_validate_json(r.value)) for r in records]
        return found
    finally:
        await consumer.stop()


def dead_letters_group(service: str, load_settings: Callable[[], Settings]) -> click.Group:
    """Returns the commands `dead-letters list | show | replay` of one service."""

    @click.group("dead-letters", help=f"Records that {service} could not take: personal data, handle them so.")
    def group() -> None: ...

    def find(number: str) -> DeadLetter:
        letters = dict(asyncio.run(read_dead_letters(load_settings(), service)))
        if number not in letters:
            raise click.ClickException(f"there is no dead letter {number}; `dead-letters list` shows what there is")
        return letters[number]

    @group.command("list", help="One line each: number, when, where the record stood, why it was put aside.")
    def list_letters() -> None:
        letters = asyncio.run(read_dead_letters(load_settings(), service))
        for number, letter in letters:
            place = f"{letter.topic}/{letter.partition}@{letter.offset}"
            click.echo(f"{number:>6}  {letter.dead_lettered_at:%Y-%m-%d %H:%M:%S}Z  {place}  {letter.reason}")
        click.echo(f"{len(letters)} dead letters")

    @group.command("show", help="Everything about one. --with-value prints the record itself: personal data.")
    @click.argument("number")
    @click.option("--with-value", is_flag=True, help="Print the record's bytes too.")
    def show(number: str, with_value: bool) -> None:
        letter = find(number)
        click.echo(f"from         {letter.topic}, partition {letter.partition}, offset {letter.offset}")
        click.echo(f"put aside    {letter.dead_lettered_at:%Y-%m-%d %H:%M:%S}Z by {letter.service}")
        click.echo(f"reason       {letter.reason}")
        click.echo(f"correlation  {letter.correlation_id or '-'}")
        click.echo(f"size         {letter.value_bytes} bytes")
        if with_value:
            click.echo(letter.value or b"(not kept: none, or too large)")

    @group.command("replay", help="Offers the record again to the topic that it came from, as it was.")
    @click.argument("number")
    @click.option("--dry-run", is_flag=True, help="Only say what would happen.")
    def replay(number: str, dry_run: bool) -> None:
        letter = find(number)
        if letter.value is None:
            raise click.ClickException("its value was not kept (none, or too large), so it cannot be offered again")
        click.echo(
            f"Offers {letter.topic}/{letter.partition}@{letter.offset} again, behind everything that came since."
        )
        click.echo("This bypasses the order per patient: what came later has been handled already.")
        click.echo("Deduplication stays: an id that has its outcome (`malformed` too) is dropped as a duplicate.")
        if dry_run:
            click.echo("Dry run: nothing was done.")
            return
        asyncio.run(_offer_again(load_settings(), letter))
        click.echo("It is in the outbox; the running service publishes it.")

    return group


async def _offer_again(settings: Settings, letter: DeadLetter) -> None:
    pool = await open_pool(settings)
    try:
        async with pool.acquire() as connection, connection.transaction():
            record = Record(letter.topic, letter.key, letter.headers, letter.value or b"", letter.partition)
            await enqueue_records(connection, [record])
    finally:
        await pool.close()
