"""Who the patients are. The only module that writes personal data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from asyncpg import Record

from ion_contracts.messages import Person
from ion_platform.database import Connection
from ion_registry.storage.journal import QUERIES


class Patient(NamedTuple):
    """Who a routing key stands for."""

    patient_id: UUID
    bsn: str


async def find_or_add(connection: Connection, people: Mapping[bytes, Person], now: datetime) -> dict[bytes, Patient]:
    """Returns the patient of each routing key, and adds who is not known.

    A new key is missing from the result when its BSN stands under another key already.
    """
    if not people:
        return {}
    rows = await connection.fetch(QUERIES["find_patients"], list(people))
    unknown = people.keys() - {row["routing_key"] for row in rows}
    if unknown:
        rows += await _add(connection, {key: people[key] for key in people if key in unknown}, now)
    return {row["routing_key"]: Patient(row["patient_id"], row["bsn"]) for row in rows}


async def update_persons(connection: Connection, persons: Mapping[UUID, Person], now: datetime) -> None:
    """Takes over the person data of accepted commands; who a patient is (the BSN) never changes."""
    if not persons:
        return
    people = persons.values()
    await connection.execute(
        QUERIES["update_persons"],
        list(persons),
        [person.initials for person in people],
        [person.prefix for person in people],
        [person.family_name for person in people],
        [person.birth_date for person in people],
        [person.sex for person in people],
        now,
    )


async def _add(connection: Connection, people: Mapping[bytes, Person], now: datetime) -> list[Record]:
    persons = people.values()
    return await connection.fetch(
        QUERIES["add_patients"],
        [uuid4() for _ in people],
        list(people),
        [person.bsn for person in persons],
        [person.initials for person in persons],
        [person.prefix for person in persons],
        [person.family_name for person in persons],
        [person.birth_date for person in persons],
        [person.sex for person in persons],
        now,
    )
