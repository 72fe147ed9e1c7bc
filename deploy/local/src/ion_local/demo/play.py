"""What the steps of the demo share: the world, the people and the year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from ion_local.demo.people import Cast
from ion_local.demo.world import World
from ion_local.population import INSURERS, Inhabitant

Result = tuple[dict[str, Any], dict[str, Any], str]
Step = Callable[["Play"], Awaitable[Result]]


@dataclass(slots=True)
class Play:
    """What the steps share: the world, the people, the year, and which changes each insurer has to hear of."""

    world: World
    cast: Cast
    year: int
    changes: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: {u: Counter() for u in INSURERS})

    def expect_change(self, person: Inhabitant, agb_code: str) -> None:
        self.changes[person.insurers[0]][(person.bsn, agb_code)] += 1

    def day(self, month: int, day: int) -> date:
        return date(self.year, month, day)

    async def go_to(self, day: date) -> None:
        await self.world.set_clock(datetime.combine(day, time(10)))
