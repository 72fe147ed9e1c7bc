"""A deliberately simple model of the register: for each patient, who has them on each day, painted day by day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
BEGINS_QUARTER = {(1, 1), (4, 1), (7, 1), (10, 1)}
TRANSFERS_MAX, WINDOW_DAYS = 3, 30

Cell = tuple[str, date]
"""Who has the patient on a day, and since when."""


@dataclass
class Painted:
    """One patient: a colour for each day until the horizon, which is until further notice."""

    horizon: date
    days: dict[date, Cell] = field(default_factory=dict)
    term_end: date | None = None
    is_blocked: bool = False
    moves: list[tuple[date, frozenset[str]]] = field(default_factory=list)
    waiting: list[tuple[str, str, date]] = field(default_factory=list)

    def now(self) -> Cell | None:
        """Returns the active registration: the colour of the horizon."""
        return self.days.get(self.horizon)

    def paint(self, cell: Cell | None, since: date) -> None:
        """Gives all days from one on to somebody, or to nobody."""
        day = since
        while day <= self.horizon:
            if cell is None:
                self.days.pop(day, None)
            else:
                self.days[day] = cell
            day += DAY

    def register(self, code: str, offered: date, start: date, term_end: date | None = None) -> list[str]:
        """Rules 1 to 6 and 38, in the words of the rules."""
        now = self.now()
        if start > offered:  # rule 5: no start in the future
            return ["start-in-future"]
        if now is not None and now[0] == code:  # rule 1: exactly one
            return ["already-registered"]
        if self.is_blocked:  # rule 38
            return ["patient-blocked"]
        if now is None:  # rule 4: otherwise the past is allowed, rule 6: at once
            if any(day >= start for day in self.days):
                return ["overlaps-earlier-registration"]
            self.paint((code, start), start)
            self.term_end = term_end
            return ["registered-temporary" if term_end else "registered"]
        if start < offered:  # rule 4: no start in the past
            return ["start-in-past"]
        if (offered.month, offered.day) in BEGINS_QUARTER:  # rule 6
            kind = "register-temporary" if term_end else "register"
            self.waiting.append((kind, code, offered + DAY))
            return ["deferred-closed-day"]
        if now[1] >= start:  # rule 3: it would end before it began
            return ["second-registration-same-day"]
        self.paint((code, start), start)  # rule 2: the old one has the day before, and no more
        self.term_end = term_end
        return ["transferred", *self.count(start, frozenset({now[0], code}))]

    def count(self, day: date, pair: frozenset[str]) -> list[str]:
        """Rule 38: three transfers between the same two within thirty days."""
        self.moves.append((day, pair))
        recent = [one for one in self.moves if one[1] == pair and (day - one[0]).days < WINDOW_DAYS]
        self.is_blocked = len(recent) >= TRANSFERS_MAX
        return ["patient-blocked"] if self.is_blocked else []

    def deregister(self, code: str, offered: date) -> list[str]:
        """Rule 9; the day before is the last."""
        now = self.now()
        if now is None or now[0] != code:
            return ["not-registered-here"]
        if (offered.month, offered.day) in BEGINS_QUARTER:  # rule 6
            self.waiting.append(("deregister", code, offered + DAY))
            return ["deferred-closed-day"]
        if now[1] >= offered:
            return ["began-today"]
        self.end(offered)
        return ["deregistered"]

    def expire(self, day: date) -> list[str]:
        """Rule 34: after its term a temporary registration ends."""
        if self.term_end != day:
            return []
        self.end(day)
        return ["temporary-expired"]

    def end(self, first_day_without: date) -> None:
        """Nobody has the patient from this day on."""
        self.paint(None, first_day_without)
        self.term_end = None
