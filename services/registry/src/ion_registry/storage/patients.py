"""Who the patients are. The only module that writes personal data, beside what waits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID, uuid4

from asyncpg import Record

from ion_contracts.messages import PartialPerson, Person
from ion_platform.database import Connection
from ion_registry.storage.journal import QUERIES

AnyPerson: TypeAlias = Person | PartialPerson


class PersonData(NamedTuple):
    """What commands may change about a person, in the order of the columns."""

    initials: str
    prefix: str
    family_name: str
    birth_date: date | None
    sex: str


class Patient(NamedTuple):
    """Who a routing key or an id stands for; `keys` are all under which commands may come."""

    patient_id: UUID
    bsn: str | None
    keys: tuple[bytes, ...]
    person: PersonData
    list_name: str


class Identified(NamedTuple):
    """A temporary patient whose BSN is known now, with the key of that BSN."""

    patient_id: UUID
    routing_key: bytes
    bsn: str


class Merged(NamedTuple):
    """A temporary patient who turned out to be somebody the register knew."""

    patient_id: UUID
    into: UUID


async def find(connection: Connection, keys: Collection[bytes]) -> dict[bytes, Patient]:
    """Returns the patient of each routing key that is known, former keys too."""
    if not keys:
        return {}
    rows = await connection.fetch(QUERIES["find_patients"], list(keys))
    unknown = set(keys) - {row["routing_key"] for row in rows}
    if unknown:
        rows += await connection.fetch(QUERIES["find_aliases"], list(unknown))
    return {row["routing_key"]: _patient(row, (row["routing_key"],)) for row in rows}


async def add(connection: Connection, people: Mapping[bytes, AnyPerson], now: datetime) -> dict[bytes, Patient]:
    """Adds people whose keys are not known. A key is missing from the result when its BSN stands under another one."""
    if not people:
        return {}
    persons = list(people.values())
    rows = await connection.fetch(
        QUERIES["add_patients"],
        [uuid4() for _ in people],
        list(people),
        [person.bsn for person in persons],
        *_transposed([person_data(person) for person in persons]),
        now,
    )
    return {row["routing_key"]: _patient(row, (row["routing_key"],)) for row in rows}


async def find_by_id(connection: Connection, patient_ids: Collection[UUID]) -> dict[UUID, Patient]:
    """Returns the patients with these ids; a merged one is the patient under whom the person goes on.

    Who was removed is not known.
    """
    if not patient_ids:
        return {}
    rows = await connection.fetch(QUERIES["find_patients_by_id"], list(patient_ids))
    return {row["asked_id"]: _patient(row, row["keys"]) for row in rows}


async def find_patient_id(connection: Connection, bsn: str) -> UUID | None:
    """Returns the patient with this BSN, or None."""
    patient_id: UUID | None = await connection.fetchval(QUERIES["find_patient_of_bsn"], bsn)
    return patient_id


async def find_all_ids(connection: Connection, patient_id: UUID) -> list[UUID]:
    """Returns the number of a patient, and those of the temporary patients that the person was."""
    rows = await connection.fetch(QUERIES["find_all_ids"], patient_id)
    return [patient_id, *(row["patient_id"] for row in rows)]


async def find_likely_doubles(
    connection: Connection, people: Mapping[str, tuple[PartialPerson, str]]
) -> frozenset[str]:
    """Returns for which command ids another practice has somebody else of that birth date, sex and name (rule 33).

    `people` are the persons with the AGB code that offers them. Who has no birth date is like nobody.
    """
    known = {key: value for key, value in people.items() if value[0].birth_date is not None}
    if not known:
        return frozenset()
    rows = await connection.fetch(
        QUERIES["find_likely_doubles"],
        list(known),
        [person.family_name for person, _ in known.values()],
        [person.birth_date for person, _ in known.values()],
        [person.sex for person, _ in known.values()],
        [person.bsn for person, _ in known.values()],
        [agb_code for _, agb_code in known.values()],
    )
    return frozenset(row["command_id"] for row in rows)


async def update_persons(connection: Connection, persons: Mapping[UUID, PersonData], now: datetime) -> None:
    """Takes over person data that changed, in lists too; who a patient is (the BSN) never changes here."""
    if persons:
        await connection.execute(QUERIES["update_persons"], list(persons), *_transposed(list(persons.values())), now)


async def identify(connection: Connection, people: Sequence[Identified]) -> None:
    """Gives temporary patients their BSN and its key; the old key stays known."""
    if people:
        await connection.execute(QUERIES["identify_patients"], *_transposed(people))


async def merge(connection: Connection, merged: Sequence[Merged]) -> None:
    """Lets later commands for temporary patients follow to those who they turned out to be."""
    if merged:
        await connection.execute(QUERIES["merge_patients"], *_transposed(merged))


async def remove(connection: Connection, patient_ids: Collection[UUID], now: datetime) -> None:
    """Removes the persons: what stays of each is a number that leads to nobody, under a key that nobody has."""
    if patient_ids:
        await connection.execute(QUERIES["remove_persons"], list(patient_ids), now)


def person_data(person: AnyPerson) -> PersonData:
    """Returns what a command says about a person."""
    return PersonData(person.initials, person.prefix, person.family_name, person.birth_date, person.sex)


def _patient(row: Record, keys: Sequence[bytes]) -> Patient:
    person = PersonData(row["initials"], row["prefix"], row["family_name"], row["birth_date"], row["sex"])
    return Patient(row["patient_id"], row["bsn"], tuple(keys), person, row["list_name"])


def _transposed(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
