"""Who looked at whom: every question about persons leaves its records in the transaction that answers it (NEN 7513)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from ion_platform.database import Connection
from ion_registry.domain.asker import Action, Asker, Result
from ion_registry.storage import access_log

SUBJECTS_MAX = 50_000
"""The largest question compares 15,000 patients with a list that may have as many others."""


class TooManySubjectsError(ValueError):
    """One question is about more persons than may be logged in one transaction: answer it in parts."""


async def log_access(
    connection: Connection,
    asker: Asker,
    question: str,
    action: Action,
    patient_ids: Iterable[UUID],
    result: Result,
    request_id: str,
    code: str | None = None,
) -> None:
    """Records one look: a row per person, or one row without a person when it was about nobody.

    Call it once in the transaction that reads, which is `read committed`, and let that commit also when the question
    is refused: then `code` says why. `question` is a name such as `own-list`, never what was asked for.
    Raises TooManySubjectsError.
    """
    subjects = list(dict.fromkeys(patient_ids))
    if len(subjects) > SUBJECTS_MAX:
        raise TooManySubjectsError(f"{len(subjects)} persons in one question, at most {SUBJECTS_MAX}")
    look = access_log.Look(
        request_id=request_id,
        party=asker.party,
        role=asker.role,
        on_behalf_of=asker.on_behalf_of,
        user_id=asker.user,
        action=action,
        question=question,
        result=result,
        code=code,
    )
    await access_log.append(connection, look, subjects or [None])
