"""Any sequence of commands, handled by two processes at once on the real database, breaks nothing.

Each process owns its partitions, as two consumers do. Records come doubled, late and out of order, and batches are
rolled back as a lost connection does.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

import asyncpg
import pytest

from ion_contracts.messages import Steering
from ion_platform.database import Pool, is_infrastructure_error
from ion_platform.subscription import Delivery
from ion_registry.services.deciding.handle_commands import CommandHandler
from ion_registry.services.deciding.list_operations import send_next_portion
from ion_registry.services.deciding.timers import send_due_temporary, send_due_waiting
from tests.integration.registry import made_changes as made
from tests.integration.registry.handling import assert_whole, sent_by_register
from tests.integration.registry.made_messages import (
    PRACTICES,
    Made,
    Partition,
    key_of,
    party_of,
    register,
)
from tests.integration.registry.set_clock import SetClock

PEOPLE = 4
TEMPORARY = tuple(f"made random key{n}".encode() for n in range(3))
PARTITIONS = 6
FIRST_DAY = date(2027, 3, 25)
LAST_DAY = date(2028, 2, 1)
ROUNDS = 12
COMMANDS_A_ROUND = 14
SECONDS_MAX = 25.0
"""Of all seeds together; the first always runs."""
ATTEMPTS_MAX = 20
CODES = (*PRACTICES, PRACTICES[0], "01099999")


class Register:
    """Two processes, each with the partitions of its own, over one database."""

    def __init__(self, pool: Pool, seed: int) -> None:
        self.pool = pool
        self.drawn = Random(seed)
        self.partitions = [Partition(number) for number in range(PARTITIONS)]
        self.offered: list[Made] = []
        self.day = FIRST_DAY

    async def deliver(self, commands: Sequence[Made]) -> None:
        """Lets both processes take what came, in batches, at the same time."""
        by_partition: defaultdict[int, list[Made]] = defaultdict(list)
        for one in commands:
            by_partition[self._partition_of(one)].append(one)
        work = []
        for process in (0, 1):
            own = [self.partitions[n].deliver(by_partition[n]) for n in by_partition if n % 2 == process]
            size, seed = self.drawn.randint(1, 8), self.drawn.random()
            work.append(self._process([one for records in own for one in records], size, Random(seed)))
        await asyncio.gather(*work)

    def _partition_of(self, one: Made) -> int:
        assert one.key is not None
        return sum(one.key) % PARTITIONS

    async def _process(self, records: list[Delivery], size: int, drawn: Random) -> None:
        """Takes the records as the reader does: in batches, again after a failure of the infrastructure."""
        for begin in range(0, len(records), size):
            batch = records[begin : begin + size]
            if drawn.random() < 0.15:
                await self._take(batch, lost=True)
            try:
                await self._take(batch)
            except asyncpg.UniqueViolationError:  # The same command through two partitions: one by one.
                for record in batch:
                    await self._take([record])

    async def _take(self, batch: Sequence[Delivery], *, lost: bool = False) -> None:
        for _ in range(ATTEMPTS_MAX):
            try:
                async with self.pool.acquire() as connection:
                    transaction = connection.transaction()
                    await transaction.start()
                    try:
                        await CommandHandler(SetClock(self.day)).handle(connection, batch)
                    except BaseException:
                        await transaction.rollback()
                        raise
                    await (transaction.rollback() if lost else transaction.commit())
                return
            except Exception as error:
                if not is_infrastructure_error(error):
                    raise
        raise AssertionError(f"not taken in {ATTEMPTS_MAX} attempts")

    async def send_what_is_due(self) -> None:
        """Timers and operations put commands in the outbox; both processes take them."""
        clock = SetClock(self.day)
        while (
            await send_due_waiting(self.pool, clock)
            or await send_due_temporary(self.pool, clock)
            or await send_next_portion(self.pool, clock)
        ):
            await self.deliver(await sent_by_register(self.pool))

    async def ids(self) -> dict[bytes, UUID]:
        """Returns the ids of patients by the keys that were ever used for them."""
        rows = await self.pool.fetch(
            "select routing_key, patient_id from patient union all select routing_key, patient_id from patient_alias"
        )
        return {row["routing_key"]: row["patient_id"] for row in rows}

    async def offer_some(self) -> None:
        """Draws commands, and mixes in what came before, doubled and out of order."""
        ids = await self.ids()
        new = [self._draw(ids) for _ in range(COMMANDS_A_ROUND)]
        self.offered += new
        again = self.drawn.choices(self.offered, k=3)
        mixed = [*new, *again, *again[:1]]
        if self.drawn.random() < 0.5:
            self.drawn.shuffle(mixed)
        await self.deliver(mixed)

    def _draw(self, ids: dict[bytes, UUID]) -> Made:
        drawn, day = self.drawn, self.day + timedelta(days=self.drawn.choice([0, 0, 0, 0, -1, -4]))
        number, code, uzovi = drawn.randrange(PEOPLE), drawn.choice(CODES), drawn.choice(["3311", "7119"])
        key = drawn.choice(TEMPORARY)
        temporary, known = ids.get(key), ids.get(key_of(number))
        kind = drawn.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        since = day - timedelta(days=drawn.randint(0, 5))
        until = drawn.choice([None, since + timedelta(days=2)])
        match kind:
            case "deregister":
                return made.deregister(number, code, day)
            case "deregister by id" if temporary is not None:
                return made.deregister(temporary, code, day, key)
            case "temporary":
                return made.register_temporary(drawn.randrange(9), code, day, drawn.choice([key, key, None]))
            case "extend" if temporary is not None:
                return made.extend(temporary, code, day, key)
            case "complete" if temporary is not None:
                return made.complete(number, temporary, code, day)
            case "withdraw" if self.offered:
                withdrawn = drawn.choice(self.offered[-30:])
                party = getattr(withdrawn.body, "party", party_of(code))
                return made.withdraw(withdrawn, number, code, day, party=party)
            case "coverage":
                return made.coverage(number, drawn.choice([uzovi, None]), since, until, day=day)
            case "correct":
                return made.correct(number, drawn.choice([code, None]), since, until, day=day)
            case "unblock":
                return made.unblock(number, code, day)
            case "remove" if known is not None:
                return made.remove(known, key_of(number), day)
            case "ruling" if known is not None:
                return made.carry_out(known, key_of(number), code, PRACTICES[1], since, day=day)
            case "list":
                return made.move_list(code, drawn.choice(CODES), day)
            case "steer" if self.offered:
                operation = getattr(drawn.choice(self.offered).body, "operation_id", UUID(int=0))
                return made.steer(operation, drawn.choice(list(Steering)), code, day)
            case _:
                return register(number, code, day, uzovi=uzovi)


WEIGHTS = {
    "register": 14,
    "deregister": 5,
    "deregister by id": 3,
    "temporary": 7,
    "extend": 2,
    "complete": 7,
    "withdraw": 5,
    "coverage": 3,
    "correct": 2,
    "unblock": 2,
    "remove": 2,
    "ruling": 1,
    "list": 1,
    "steer": 1,
}

_began: dict[str, float] = {}
"""When the first of these tests began."""


@pytest.mark.parametrize("seed", range(12))
async def test_any_sequence_of_commands_over_two_processes_keeps_every_promise(pool: Pool, seed: int) -> None:
    if time.monotonic() - _began.setdefault("at", time.monotonic()) > SECONDS_MAX:
        pytest.skip("enough for one run")
    both = Register(pool, seed)
    for _ in range(ROUNDS):
        await both.offer_some()
        if both.drawn.random() < 0.6:
            await both.send_what_is_due()
        both.day += timedelta(days=both.drawn.choice([0, 1, 1, 2, 9]))
    both.day = LAST_DAY
    await both.send_what_is_due()
    await assert_whole(pool, both.offered)
    assert await pool.fetchval("select count(*) from waiting") == 0
