"""The ombudsman's cases of a party (rules 40 and 41), without their texts."""

from __future__ import annotations

from collections.abc import Collection

from ion_platform.database import Connection
from ion_platform.queries import load_queries
from ion_registry.domain.asker import Asker
from ion_registry.domain.case import Case
from ion_registry.services.questions.asking import Answer, require_own_codes
from ion_registry.storage.cases import case_of

QUERIES = load_queries("ion_registry.storage", "questions_cases.sql")
CASES_MAX = 200
"""More than one party ever has."""


async def cases_of(
    connection: Connection, asker: Asker, agb_codes: Collection[str], *, only_open: bool
) -> Answer[list[Case]]:
    """Returns the cases of these codes as requester or other party, the newest first. Raises RefusedError."""
    require_own_codes(asker, agb_codes)
    rows = await connection.fetch(QUERIES["cases_of_codes"], list(agb_codes), only_open, CASES_MAX)
    cases = [case_of(row) for row in rows]
    return Answer(cases, [case.patient_id for case in cases if case.patient_id is not None])
