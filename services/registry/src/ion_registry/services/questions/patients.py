"""Questions about one person: who was the GP on a day, everything that was done, and whose claim is right."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ion_platform.database import Connection
from ion_registry.domain.asker import Asker
from ion_registry.domain.spans import Span
from ion_registry.services.questions.asking import Answer, Refusal, RefusedError, Scope, scope_of
from ion_registry.services.questions.histories import NOTHING, QUERIES, read_known

JOURNAL_ROWS_MAX = 1_000
"""Of one person: a patient changes GP a few times in a life."""
REGISTERED_WITH_ANOTHER = "366"
"""Insurers' code for a claim of a GP who does not have the patient (rule 46)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A person by BSN or by the register's id: one of them."""

    bsn: str | None = None
    patient_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who was the GP on a day (None: nobody), since when, and when the register knew it."""

    patient_id: UUID
    agb_code: str | None
    since: date | None
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class PatientHistory:
    """All that was done or refused, the newest first, and the registrations now and as known at a moment."""

    patient_id: UUID
    merged_into: UUID | None
    rows: Sequence[Mapping[str, Any]]
    truncated: bool
    registrations: Sequence[Span]
    registrations_then: Sequence[Span] | None


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """Whether this GP had the patient on the reference date; else `code` says what a claim is refused by."""

    patient_id: UUID
    registered: bool
    code: str | None
    agb_code: str | None


async def holder_on(
    connection: Connection,
    asker: Asker,
    subject: Subject,
    own_codes: Collection[str],
    on_date: date,
    known_at: datetime | None,
) -> Answer[Holder]:
    """Returns who was the GP of a person on a day as known at a moment (None: now). Raises RefusedError.

    A provider is told of who is on an own code now or was on that day; an insurer of who was insured there that day.
    """
    scope = scope_of(asker, own_codes)
    row = await connection.fetchrow(QUERIES["holder_on_day"], subject.bsn, subject.patient_id, on_date, known_at)
    if row is None:
        raise RefusedError(Refusal.NOT_FOUND)
    patient_id = row["patient_id"]
    if not _may_see(scope, {row["now_with"], row["holder"]}, row["uzovi"]):
        raise RefusedError(Refusal.NOT_FOUND, [patient_id])
    since = row["since"] if row["holder"] is not None else None
    return Answer(Holder(patient_id, row["holder"], since, row["recorded_at"]), [patient_id])


async def check_claim(
    connection: Connection,
    asker: Asker,
    bsn: str,
    own_codes: Collection[str],
    agb_code: str,
    reference_date: date,
    known_at: datetime | None,
) -> Answer[ClaimAnswer]:
    """Returns whether a GP is paid for a quarter: the register on its first day tells (rules 46 to 48).

    Raises RefusedError, not found also for who was not insured with this insurer on that day (rule 43).
    """
    subject = Subject(bsn=bsn)
    found = await holder_on(connection, asker, subject, own_codes, reference_date, known_at)
    holder = found.value
    registered = holder.agb_code == agb_code
    code = REGISTERED_WITH_ANOTHER if holder.agb_code is not None and not registered else None
    return Answer(ClaimAnswer(holder.patient_id, registered, code, holder.agb_code), found.subjects)


async def history_of(
    connection: Connection, asker: Asker, subject: Subject, own_codes: Collection[str], known_at: datetime | None
) -> Answer[PatientHistory]:
    """Returns who did what for a person, and what it comes to. Raises RefusedError.

    A provider is told of who is on an own code now; an insurer is told nothing.
    """
    scope = scope_of(asker, own_codes)
    if scope.uzovi_codes:
        raise RefusedError(Refusal.NOT_FOR_THIS_ROLE)
    found = await connection.fetchrow(QUERIES["find_patient"], subject.bsn, subject.patient_id)
    if found is None:
        raise RefusedError(Refusal.NOT_FOUND)
    patient_id = found["patient_id"]
    if not _may_see(scope, {found["agb_code"]}, None):
        raise RefusedError(Refusal.NOT_FOUND, [patient_id])
    rows = await connection.fetch(QUERIES["journal_of_patient"], patient_id, JOURNAL_ROWS_MAX + 1)
    now = await read_known(connection, [patient_id])
    then = None if known_at is None else await read_known(connection, [patient_id], known_at)
    history = PatientHistory(
        patient_id,
        found["merged_into"],
        [dict(row.items()) for row in rows[:JOURNAL_ROWS_MAX]],
        len(rows) > JOURNAL_ROWS_MAX,
        now.get(patient_id, NOTHING).spans,
        None if then is None else then.get(patient_id, NOTHING).spans,
    )
    return Answer(history, [patient_id])


def _may_see(scope: Scope, agb_codes: Collection[str | None], uzovi: str | None) -> bool:
    return scope.everybody or bool(scope.agb_codes.intersection(agb_codes)) or uzovi in scope.uzovi_codes
