"""Operations on many patients: what may be started, stopped and resumed, and by whom (rules 27 and 29 to 31)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from ion_contracts.messages import Steering
from ion_registry.domain.entry import Code
from ion_registry.domain.reference import Reference


class ListCode(StrEnum):
    """What became of a command about an operation on a list; or a code of an AGB code that is refused."""

    STARTED = "list-operation-started"
    STOPPED = "list-operation-stopped"
    RESUMED = "list-operation-resumed"
    UNKNOWN = "list-operation-unknown"
    ENDED = "list-operation-ended"
    EXISTS = "list-operation-exists"
    SAME_AGB_CODE = "same-agb-code"


class ListStatus(StrEnum):
    """How far an operation is."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ListOperation:
    """Move the list of `from_agb_code` to `agb_code`, or withdraw what `batch_id` did for `agb_code`."""

    operation_id: UUID
    party: str
    office: bool
    agb_code: str
    from_agb_code: str | None
    batch_id: UUID | None
    status: ListStatus = ListStatus.RUNNING


def why_not_started(
    operation: ListOperation, known: ListOperation | None, on: date, reference: Reference
) -> str | None:
    """Returns the code with which an operation is refused, or None when it may begin, or has begun (`known`)."""
    if known is not None:
        return None if replace(known, status=operation.status) == operation else ListCode.EXISTS
    if operation.party in reference.paused_parties:
        return Code.INTAKE_PAUSED
    if operation.from_agb_code is None:
        return None
    if operation.from_agb_code == operation.agb_code:
        return ListCode.SAME_AGB_CODE
    return reference.refuses(operation.agb_code, on)


def steer(
    operation: ListOperation | None, steering: Steering, party: str, office: bool
) -> tuple[ListOperation | None, ListCode]:
    """Returns the operation as it becomes and what to answer. Only its own party, or the office, may steer it."""
    if operation is None or (operation.party != party and not office):
        return operation, ListCode.UNKNOWN
    if operation.status is ListStatus.DONE:
        return operation, ListCode.ENDED
    if steering is Steering.STOP:
        return replace(operation, status=ListStatus.STOPPED), ListCode.STOPPED
    return replace(operation, status=ListStatus.RUNNING), ListCode.RESUMED
