"""Steps in cases of the ombudsman, taken on a real database that knows one patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID, uuid4

from ion_contracts.messages import CaseStep
from ion_contracts.messages import cases as steps
from ion_platform.database import Connection
from ion_registry.domain.case import Case
from ion_registry.services.deciding.case_steps import CaseResult, take_case_steps
from ion_registry.storage.cases import find_case
from ion_registry.storage.patients import add
from tests.integration.registry.made_messages import person, routing_key
from tests.unit.registry import made_cases as made

PATIENT = person(7)
DAY = made.OPENED_ON
numbers = count(1)


async def add_patient(connection: Connection) -> None:
    """Makes the patient known that the cases are about."""
    await add(connection, {routing_key(PATIENT.bsn): PATIENT}, datetime.now(UTC))


async def take(connection: Connection, messages: Sequence[CaseStep], today: date = DAY) -> list[CaseResult]:
    """Takes steps as one batch, each under an id of its own; returns what became of each, in order."""
    named = [(f"command-{next(numbers)}", message) for message in messages]
    async with connection.transaction():
        results = await take_case_steps(connection, named, today)
    return [results[command_id] for command_id, _ in named]


def in_case(case_id: UUID, *taken: steps.Step, on: date = DAY) -> list[CaseStep]:
    return [made.message(step, on, case_id=case_id) for step in taken]


def to_a_ruling(case_id: UUID) -> list[CaseStep]:
    """Returns the steps from the opening to a ruling for the requester."""
    both = made.heard(made.REQUESTER), made.heard(made.OTHER)
    return in_case(case_id, made.opened(bsn=PATIENT.bsn), *both, made.wish(), made.ruled())


async def stored(connection: Connection, case_id: UUID) -> Case:
    case = await find_case(connection, case_id)
    assert case is not None
    return case


async def ruled_case(connection: Connection) -> UUID:
    case_id = uuid4()
    results = await take(connection, to_a_ruling(case_id))
    assert all(result.accepted for result in results)
    return case_id
