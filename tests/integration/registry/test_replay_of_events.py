"""Whoever reads the events from their beginning knows every registration: that is how a new service starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from ion_contracts import messages as m
from ion_contracts.catalogue import EVENTS
from ion_platform.database import Pool
from ion_registry.config import RegistrySettings
from ion_registry.domain.state import registrations
from ion_registry.storage.journal import read_histories
from tests.integration.registry.made_mix import closed_day, play, set_clock
from tests.integration.registry.running import PARTITIONS, Published, read_until, running

ONE_DAY = timedelta(days=1)
Held = tuple[str, date, date | None]


@dataclass(slots=True)
class Replayed:
    """One patient, as the events tell it: the registrations, the earliest first."""

    sequence: int = 0
    held: list[Held] = field(default_factory=list)
    blocked: bool = False

    def apply(self, body: m.Message) -> None:
        """Takes the next event."""
        match body:
            case m.RegistrationStarted():
                self._lay(body.agb_code, body.since, None)
            case m.RegistrationTransferred():
                assert self.held[-1] == (body.previous.agb_code, body.previous.since, None)
                self._lay(body.agb_code, body.since, None)
            case m.RegistrationEnded() | m.TemporaryExpired():
                assert self.held[-1] == (body.ended.agb_code, body.ended.since, None)
                self._lay(None, body.ended.until + ONE_DAY, None)
            case m.RegistrationCorrected() | m.RulingCarriedOut():
                replaced = [(one.agb_code, one.since, one.until) for one in body.replaced]
                assert replaced == _between(self.held, body.valid_from, body.valid_until)
                self._lay(body.agb_code, body.valid_from, body.valid_until, goes_on=True)
            case m.PatientBlocked():
                self.blocked = True
            case m.PatientUnblocked():
                self.blocked = False
            case m.TemporaryDue() | m.TemporaryCompleted():
                assert self.held[-1] == (body.agb_code, body.since, None)
            case _:
                raise AssertionError(f"nobody said how to replay {type(body).__name__}")

    def _lay(self, agb_code: str | None, since: date, until: date | None, goes_on: bool = False) -> None:
        """Gives days to a GP, or to nobody; a GP who had the patient on the day before may go on with that."""
        held = _between(self.held, None, since - ONE_DAY)
        if goes_on and agb_code and held and (held[-1][0], held[-1][2]) == (agb_code, since - ONE_DAY):
            since = held.pop()[1]
        after = _between(self.held, until + ONE_DAY, None) if until else []
        self.held = [*held, *([(agb_code, since, until)] if agb_code else []), *after]


def _between(held: Iterable[Held], since: date | None, until: date | None) -> list[Held]:
    """Returns what of the registrations lies between two days."""
    parts = []
    for agb_code, first, last in held:
        begins = max(first, since) if since else first
        ends = min(last, until) if last and until else last or until
        if ends is None or begins <= ends:
            parts.append((agb_code, begins, ends))
    return parts


def replay(found: Iterable[Published]) -> dict[UUID, Replayed]:
    """Applies each patient's events in the order of their sequence; there may be no gap."""
    by_patient: dict[UUID, dict[int, m.Message]] = defaultdict(dict)
    for one in found:
        body, sequence = one.message.body, one.message.envelope.sequence
        if sequence is not None:
            by_patient[body.patient_id][sequence] = body  # type: ignore[attr-defined] # every such fact has it
    replayed = {patient_id: Replayed() for patient_id in by_patient}
    for patient_id, events in by_patient.items():
        assert sorted(events) == list(range(1, len(events) + 1))
        for sequence in sorted(events):
            replayed[patient_id].apply(events[sequence])
            replayed[patient_id].sequence = sequence
    return replayed


async def read_events_of(bootstrap: str, pool: Pool) -> list[Published]:
    """Returns the whole topic, once everything in the journal is there."""
    told = "select count(*) from journal where event is not null or kind = 'close-day'"
    count = await pool.fetchval(told)
    return await read_until(bootstrap, EVENTS.name, lambda found: len(found) >= count)


async def test_replaying_the_events_gives_the_same_registrations_and_history_by_patient_id(
    settings: RegistrySettings, tmp_path: Path
) -> None:
    clock_file = tmp_path / "clock.json"
    set_clock(clock_file, closed_day() - 13 * ONE_DAY)
    async with running(settings.model_copy(update={"simulated_clock_file": clock_file})) as service:
        days = await play(service, settings.kafka_bootstrap, clock_file, seed=20270401)
        pool = service.pool
        found = await read_events_of(settings.kafka_bootstrap, pool)
        replayed = replay(found)
        current = {row["patient_id"]: row for row in await pool.fetch("select * from current where sequence > 0")}
        async with pool.acquire() as connection:
            histories = await read_histories(connection, list(current))
        rows = await pool.fetch("select distinct merged_into from patient where merged_into is not null")

    assert {type(one.message.body) for one in found} == set(m.EVENTS), "the mix leads to every event"
    assert replayed.keys() == current.keys()
    for patient_id, row in current.items():
        told = replayed[patient_id]
        active = [held for held in told.held if held[2] is None]
        assert [held[:2] for held in active] == ([(row["agb_code"], row["since"])] if row["agb_code"] else [])
        assert (told.sequence, told.blocked) == (row["sequence"], row["blocked_on"] is not None)
        spans = registrations(histories[patient_id])
        assert told.held == [(span.code, span.since, span.until) for span in spans]
    _assert_in_order_within_partitions(found, {row["merged_into"] for row in rows})
    _assert_every_day_was_closed_once(found, days)


def _assert_in_order_within_partitions(found: Iterable[Published], joined: set[UUID]) -> None:
    """Who was temporary, or was joined by somebody who was, has two keys; all others have one partition, in order."""
    places: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    several_keys = set(joined)
    for one in found:
        body, sequence = one.message.body, one.message.envelope.sequence
        if sequence is not None:
            places[body.patient_id].append((one.partition, sequence))  # type: ignore[attr-defined] # every such fact has it
        if isinstance(body, m.RegistrationStarted) and body.temporary:
            several_keys.add(body.patient_id)
    for patient_id, seen in places.items():
        for partition in {partition for partition, _ in seen}:
            sequences = [sequence for at, sequence in seen if at == partition]
            assert sequences == sorted(sequences)
        assert len({partition for partition, _ in seen}) == 1 or patient_id in several_keys


def _assert_every_day_was_closed_once(found: Iterable[Published], days: list[date]) -> None:
    """Nothing that stands behind the mark of a day was known on it."""
    closed: dict[int, list[date]] = defaultdict(list)
    for one in found:
        body = one.message.body
        if isinstance(body, m.DayClosed):
            assert body.partition == one.partition
            closed[one.partition].append(body.day)
        elif closed[one.partition]:
            assert body.recorded_on > closed[one.partition][-1]  # type: ignore[attr-defined] # every fact has it
    first = days[0] - 2 * ONE_DAY
    wanted = [first + number * ONE_DAY for number in range((days[-1] - first).days + 1)]
    assert closed == dict.fromkeys(range(PARTITIONS), wanted)
