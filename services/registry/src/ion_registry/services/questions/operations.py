"""How far an operation on a list is, and what withdrawing a batch would do, before it is done (rule 27)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from ion_platform.database import Connection
from ion_registry.domain.asker import Asker, Role
from ion_registry.domain.command import WithdrawCommand
from ion_registry.domain.entry import Code
from ion_registry.domain.reference import Reference
from ion_registry.domain.rewriting import withdraw
from ion_registry.domain.state import PatientState
from ion_registry.services.deciding.translate import as_waiting
from ion_registry.services.questions.asking import Answer, Refusal, RefusedError, require_own_codes
from ion_registry.storage import registrations
from ion_registry.storage.journal import read_histories
from ion_registry.storage.list_operations import QUERIES
from ion_registry.storage.policies import read_policy

PORTION_ROWS_MAX = 2_000
"""So many patients of a batch are in memory at a time."""
PREVIEW_PATIENTS_MAX = 50_000
"""More than any file or list has."""


@dataclass(slots=True)
class WithdrawalPreview:
    """How many patients a batch did something for, and what withdrawing it today would do for how many of them.

    `waiting` are those for whom it would be forgotten before it is processed; the others by the outcome's name.
    """

    patients: int = 0
    withdrawn: int = 0
    waiting: int = 0
    built_upon: int = 0
    term_over: int = 0
    blocked: int = 0
    nothing: int = 0


async def find_operation(connection: Connection, asker: Asker, operation_id: UUID) -> Answer[Mapping[str, Any]]:
    """Returns an operation by its columns, with the outcomes of its commands so far. Raises RefusedError.

    A provider is told of what the same party started.
    """
    if asker.role not in (Role.PROVIDER, Role.OFFICE):
        raise RefusedError(Refusal.NOT_FOR_THIS_ROLE)
    row = await connection.fetchrow(QUERIES["find_operation"], operation_id)
    if row is None or not _is_of(asker, row):
        raise RefusedError(Refusal.NOT_FOUND)
    return Answer(dict(row.items()), None)


async def preview_withdrawal(
    connection: Connection, asker: Asker, agb_code: str, batch_id: UUID, party: str, today: date
) -> Answer[WithdrawalPreview]:
    """Returns what withdrawing a batch of this party today would do, by the same rule. Raises RefusedError.

    A provider is always the party itself. Nothing is locked, so what is offered meanwhile may make a difference.
    """
    require_own_codes(asker, [agb_code])
    if asker.role is Role.PROVIDER and party != asker.party:
        raise RefusedError(Refusal.NOT_OWN_CODE)
    reference = Reference(await read_policy(connection))
    codes: Counter[Code] = Counter()
    patients = 0
    rows = await connection.fetch(QUERIES["next_commands_of_batch"], batch_id, party, None, PORTION_ROWS_MAX)
    while rows:
        patients += len(rows)
        if patients > PREVIEW_PATIENTS_MAX:
            raise RefusedError(Refusal.TOO_MANY_PERSONS)
        codes += await _judge(connection, rows, party, agb_code, reference, today)
        reached = rows[-1]["patient_id"]
        rows = await connection.fetch(QUERIES["next_commands_of_batch"], batch_id, party, reached, PORTION_ROWS_MAX)
    if not patients:
        raise RefusedError(Refusal.NOT_FOUND)
    return Answer(_preview(codes, patients), None)


def _is_of(asker: Asker, row: Record) -> bool:
    return asker.role is Role.OFFICE or row["party"] == asker.party


async def _judge(
    connection: Connection, rows: Sequence[Record], party: str, agb_code: str, reference: Reference, today: date
) -> Counter[Code]:
    states = await _read_states(connection, [row["patient_id"] for row in rows])
    codes: Counter[Code] = Counter()
    for row in rows:
        command = WithdrawCommand(
            command_id="preview",
            correlation_id="preview",
            offered_on=today,
            party=party,
            agb_code=agb_code,
            withdrawn_id=row["command_id"],
        )
        outcome = withdraw(states[row["patient_id"]], command, reference)
        is_waiting = any(entry.code is Code.WITHDRAWN_BEFORE_PROCESSING for entry in outcome.entries)
        codes[Code.WITHDRAWN_BEFORE_PROCESSING if is_waiting else outcome.first.code] += 1
    return codes


async def _read_states(connection: Connection, patient_ids: Sequence[UUID]) -> dict[UUID, PatientState]:
    """Returns the states as the rule needs them, nothing locked."""
    states = await registrations.read_states(connection, set(patient_ids))
    for patient_id, history in (await read_histories(connection, patient_ids)).items():
        states[patient_id] = replace(states[patient_id], history=history)
    for row in await registrations.read_waiting(connection, patient_ids):
        state = states[row.patient_id]
        states[row.patient_id] = replace(state, waiting=(*state.waiting, as_waiting(row)[1]))
    return states


def _preview(codes: Counter[Code], patients: int) -> WithdrawalPreview:
    known = {
        "withdrawn": codes.pop(Code.WITHDRAWN, 0),
        "waiting": codes.pop(Code.WITHDRAWN_BEFORE_PROCESSING, 0),
        "built_upon": codes.pop(Code.BUILT_UPON, 0),
        "term_over": codes.pop(Code.WITHDRAW_TERM_OVER, 0),
        "blocked": codes.pop(Code.PATIENT_BLOCKED, 0),
    }
    return WithdrawalPreview(patients=patients, nothing=codes.total(), **known)
