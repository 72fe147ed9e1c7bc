"""A random mix of every command, on some days around a closed one, put through a real registry on real Kafka."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid5

from ion_contracts import messages as m
from ion_platform.clock import AMSTERDAM, Clock
from ion_platform.runtime import Service
from tests.integration.registry.made_messages import PRACTICES, Made, person, routing_key
from tests.integration.registry.running import produce, until

PEOPLE, TEMPORARY_PEOPLE = 40, 12
COMMANDS_A_DAY = 60
SHIFTS = (-12, -9, -6, -3, -1, 0, 1, 4, 70, 71, 105)
"""Days before and after the closed one; the last ones bring the terms of temporary registrations."""
LAST_TERMS = timedelta(days=100)
"""After this every temporary registration of the mix has expired."""
TO_AND_FRO_ON = (-12, -9, -6, -3)
LISTS_ON = (-6, 4, 71)
_NAMESPACE = UUID("c0f4ad0b-0d7e-4f42-8f43-8e2b6a2f1f11")
_WEIGHTS = {
    "register": 26,
    "register_temporary": 6,
    "deregister": 8,
    "extend": 3,
    "complete": 6,
    "withdraw": 8,
    "coverage": 6,
    "correct": 7,
    "ruling": 4,
    "unblock": 2,
    "remove": 1,
}


def closed_day() -> date:
    """Returns the first day of a quarter that is at least a quarter ahead: a simulated clock only goes forward."""
    today = Clock().today()
    month = 3 * ((today.month - 1) // 3 + 2) + 1
    return date(today.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def set_clock(file: Path, day: date) -> None:
    """Makes it noon in the Netherlands on that day."""
    noon = datetime.combine(day, time(12), AMSTERDAM)
    file.write_text(json.dumps({"offset_s": (noon - datetime.now(UTC)).total_seconds()}))


@dataclass(frozen=True, slots=True)
class Known:
    """One patient as the register has them before a day."""

    patient_id: UUID
    agb_code: str | None


@dataclass(slots=True)
class Mix:
    """Makes commands that make sense more often than not; the same seed gives the same ones."""

    random: Random
    known: Mapping[bytes, Known] = field(default_factory=dict)
    offered: dict[bytes, list[tuple[str, str]]] = field(default_factory=dict)
    count: int = 0
    batch_id: UUID = _NAMESPACE

    def day(self, on: date) -> list[Made]:
        """Returns the commands of a day; who registers by hand that day does so in one file."""
        self.batch_id = uuid5(_NAMESPACE, on.isoformat())
        return [self._one(on) for _ in range(COMMANDS_A_DAY)]

    def certain(self, on: date, shift: int) -> list[Made]:
        """Returns what leads to the rarer events for sure: to and fro until a block, and two temporary people."""
        made: list[Made] = []
        bsn, later_known = person(PEOPLE).bsn, person(PEOPLE + 1)
        here, there = PRACTICES[:2]
        if shift in TO_AND_FRO_ON:
            code = PRACTICES[TO_AND_FRO_ON.index(shift) % 2]
            mode, who = m.Mode.MANUAL, person(PEOPLE)
            body = m.Register(agb_code=code, person=who, mode=mode, **self._offered(on, code))
            made.append(self._named(body, routing_key(bsn)))
        if shift == 1:
            office = {**self._offered(on, here), "party": "office", "office": True}
            ground = m.UnblockGround.STATEMENT
            lifted = m.Unblock(
                agb_code=here, subject=m.Subject(bsn=bsn), ground=ground, reference="statement-2", **office
            )
            made.append(self._named(lifted, routing_key(bsn)))
        if shift == SHIFTS[0]:
            for number in (TEMPORARY_PEOPLE, TEMPORARY_PEOPLE + 1):
                who_partly, ground_of = m.PartialPerson(family_name="Tijdelijk"), m.TemporaryGround.NEWBORN
                temporary = m.RegisterTemporary(
                    agb_code=there, person=who_partly, ground=ground_of, **self._offered(on, there)
                )
                made.append(self._named(temporary, _temporary_key(number)))
        if shift == TO_AND_FRO_ON[-1]:
            temporary_id = self.known[_temporary_key(TEMPORARY_PEOPLE)].patient_id
            complete = m.CompleteTemporary(
                agb_code=there,
                temporary_patient_id=temporary_id,
                person=later_known,
                uzovi="3311",
                **self._offered(on, there),
            )
            made.append(self._named(complete, routing_key(later_known.bsn)))
        return made

    def lists(self, on: date) -> list[Made]:
        """Returns a move of a whole list, and the withdrawal of what the file before did."""
        source, target = self.random.sample(PRACTICES, 2)
        move, undo = uuid5(_NAMESPACE, f"move {on}"), uuid5(_NAMESPACE, f"undo {on}")
        offered, other = self._offered(on, source), self._offered(on, target)
        return [
            Made(m.MoveList(operation_id=move, from_agb_code=source, agb_code=target, **offered), move.bytes),
            Made(
                m.WithdrawBatch(operation_id=undo, agb_code=target, withdrawn_batch_id=self.batch_id, **other),
                undo.bytes,
            ),
        ]

    def _one(self, on: date) -> Made:
        kind = self.random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        number = self.random.randrange(PEOPLE)
        bsn = person(number).bsn
        key = routing_key(bsn)
        if kind in ("extend", "complete") or (kind in ("deregister", "ruling", "withdraw") and self._chance(0.2)):
            key = _temporary_key(self.random.randrange(TEMPORARY_PEOPLE))
        known = self.known.get(key)
        own = known.agb_code if known and known.agb_code and self._chance(0.85) else self.random.choice(PRACTICES)
        subject = m.Subject(patient_id=known.patient_id) if known else m.Subject(bsn=bsn)
        if known is None and kind not in ("register", "register_temporary", "coverage"):
            kind = "register"
            key = routing_key(bsn)
        return self._made(kind, on, number, key, own, subject, known)

    def _made(
        self, kind: str, on: date, number: int, key: bytes, own: str, subject: m.Subject, known: Known | None
    ) -> Made:
        code, uzovi = self.random.choice(PRACTICES), self.random.choice(["3311", "7119"])
        since = on - timedelta(days=self.random.randrange(6))
        until = self.random.choice([None, since, min(on, since + timedelta(days=self.random.randrange(5)))])
        offered = self._offered(on, own if kind != "register" else code)
        office = {**offered, "party": "office", "office": True}
        ident = {"agb_code": own, "subject": subject}
        match kind:
            case "register":
                start = self.random.choice([None, None, None, since])
                mode, batch = self.random.choice(list(m.Mode)), self.random.choice([None, self.batch_id])
                body: m.Message = m.Register(
                    agb_code=code,
                    person=person(number),
                    mode=mode,
                    start_date=start,
                    uzovi=uzovi,
                    **{**offered, "batch_id": batch},
                )
            case "register_temporary":
                who = m.PartialPerson(family_name=f"Tijdelijk{number}")
                key = _temporary_key(self.random.randrange(TEMPORARY_PEOPLE))
                body = m.RegisterTemporary(agb_code=own, person=who, ground=m.TemporaryGround.FROM_ABROAD, **offered)
            case "deregister":
                body = m.Deregister(reason=self.random.choice(list(m.DeregistrationReason)), **ident, **offered)
            case "extend":
                body = m.ExtendTemporary(**ident, **offered)
            case "withdraw":
                body = self._withdraw(key, ident, offered)
            case "coverage":
                covered = self.random.choice(["3311", "7119", None])
                body = m.CoverageChanged(
                    bsn=person(number).bsn, uzovi=covered, valid_from=since, valid_until=until, **_said(offered)
                )
                key = routing_key(person(number).bsn)
            case "correct":
                holder = self.random.choice([code, own, None])
                body = m.Correct(
                    subject=subject, holder=holder, valid_from=since, valid_until=until, reference="letter-1", **office
                )
            case "unblock":
                body = m.Unblock(
                    agb_code=code, subject=subject, ground=m.UnblockGround.STATEMENT, reference="statement-1", **office
                )
            case _:
                assert known is not None
                body = self._about_id(kind, known, number, since, office)
                if isinstance(body, m.CompleteTemporary):
                    key = routing_key(person(number).bsn)
        return self._named(body, key)

    def _withdraw(self, key: bytes, ident: Mapping[str, Any], offered: Mapping[str, Any]) -> m.Message:
        identifier, party = self.random.choice(self.offered.get(key, [("unknown", "nobody")])[-2:])
        return m.Withdraw(withdrawn_id=identifier, **ident, **{**offered, "party": party})

    def _about_id(self, kind: str, known: Known, number: int, since: date, office: Mapping[str, Any]) -> m.Message:
        one, other = self.random.sample(PRACTICES, 2)
        own = known.agb_code or one
        if kind == "complete":
            return m.CompleteTemporary(
                agb_code=own,
                temporary_patient_id=known.patient_id,
                person=person(number),
                uzovi="3311",
                **{**office, "office": False, "party": _party(own)},
            )
        if kind == "ruling":
            case_id = uuid5(_NAMESPACE, f"case {self.count}")
            return m.CarryOutRuling(
                case_id=case_id,
                patient_id=known.patient_id,
                on_date=since,
                agb_code=one,
                parties=(one, other),
                **office,
            )
        return m.RemovePerson(patient_id=known.patient_id, reference="request-1", **office)

    def _named(self, body: m.Message, key: bytes) -> Made:
        made = Made(body, key, str(uuid5(_NAMESPACE, f"command {self.count}")))
        self.count += 1
        if isinstance(body, m.Register | m.Deregister):
            self.offered.setdefault(key, []).append((made.id, body.party))
        return made

    def _offered(self, on: date, agb_code: str) -> dict[str, Any]:
        return {"offered_on": on, "offered_at": datetime.now(UTC), "party": _party(agb_code)}

    def _chance(self, probability: float) -> bool:
        return self.random.random() < probability


async def play(service: Service, bootstrap: str, clock_file: Path, seed: int) -> list[date]:
    """Puts a mix of every command through a registry, day after day; returns the days when all has settled."""
    mix, days = Mix(Random(seed)), [closed_day() + timedelta(days=shift) for shift in SHIFTS]
    for day, shift in zip(days, SHIFTS, strict=True):
        set_clock(clock_file, day)
        service.clock.refresh()
        await settled(service)
        mix.known = await _known(service)
        made = [*mix.day(day), *mix.certain(day, shift)]
        for part in (made, mix.lists(day) if shift in LISTS_ON else []):
            await produce(bootstrap, part)
            await _answered(service, [one.id for one in part])
    last_day = days[-1] + LAST_TERMS
    set_clock(clock_file, last_day + timedelta(days=1))
    service.clock.refresh()
    await settled(service)
    return [*days, last_day]


async def settled(service: Service) -> None:
    """Returns when nothing is due, nothing is under way and everything is published."""
    before: Sequence[Any] = ()

    async def nothing_happens() -> bool:
        nonlocal before
        today = service.clock.today()
        now = await service.pool.fetchrow(
            """
            select (select sum(next_offset) from consumer_position), (select count(*) from journal),
                (select count(*) from waiting where process_on <= $1),
                (select count(*) from temporary_timer where due_on <= $1 and sent_at is null),
                (select count(*) from list_operation where status = 'running'),
                (select count(*) from partition_state where closed_through is distinct from $1::date - 1)
            """,
            today,
        )
        assert now is not None
        same, before = tuple(now) == tuple(before), now
        return same and not any(now[2:])

    await until(nothing_happens, "the register has settled", pause_s=0.4)


async def _answered(service: Service, command_ids: Collection[str]) -> None:
    """The register's own ones (a ruling) may have no outcome, and nobody may be there any more."""

    async def all_are() -> bool:
        found = await service.pool.fetchval(
            "select count(distinct command_id) from journal where command_id = any($1::text[])", list(command_ids)
        )
        return bool(found == len(command_ids))

    await until(all_are, f"{len(command_ids)} commands have an outcome")


async def _known(service: Service) -> dict[bytes, Known]:
    rows = await service.pool.fetch(
        """
        select routing_key, patient_id, agb_code from patient left join current using (patient_id)
        union all
        select a.routing_key, patient_id, agb_code
        from patient_alias a left join current using (patient_id)
        """
    )
    return {row["routing_key"]: Known(row["patient_id"], row["agb_code"]) for row in rows}


def _temporary_key(number: int) -> bytes:
    return uuid5(_NAMESPACE, f"temporary {number}").bytes


def _party(agb_code: str) -> str:
    return f"made party of {agb_code}"


def _said(offered: Mapping[str, Any]) -> dict[str, Any]:
    return {name: offered[name] for name in ("offered_on", "offered_at", "party")}
