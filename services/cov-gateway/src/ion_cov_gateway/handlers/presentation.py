"""Operations and batches as GP systems see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ion_contracts.outcome_codes import OUTCOME_CODES

LINE_TITLE = "The line has to be corrected"
"""For Vektis codes, and for ours beside them (`duplicate-in-file`); the detail says what is wrong."""


def show_operation(operation: dict[str, Any]) -> dict[str, Any]:
    """Returns an operation with its code explained."""
    code = OUTCOME_CODES.get(operation["code"])
    shown: dict[str, Any] = {
        "id": str(operation["operation_id"]),
        "status": operation["status"],
        "code": operation["code"],
        "title": code.title_en if code else operation["code"],
        "detail": code.detail_en if code else "",
    }
    for field, name in (("registration", "registration"), ("coverage", "coverage"), ("process_on", "processOn")):
        if operation[field] is not None:
            value = operation[field]
            shown[name] = value.isoformat() if name == "processOn" else value
    return shown


def show_batch(batch: dict[str, Any]) -> dict[str, Any]:
    """Returns a batch with its progress and counts."""
    registered = batch["operations"]
    return {
        "id": str(batch["batch_id"]),
        "agbCode": batch["agb_code"],
        "status": "checking" if batch["to_check"] else "checked",
        "lines": batch["lines"],
        "checked": batch["lines"] - batch["to_check"],
        "accepted": batch["accepted"],
        "rejected": batch["rejected"],
        "registrations": {
            status: registered.get(status, 0) for status in ("processing", "deferred", "accepted", "refused")
        },
        "createdAt": batch["created_at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def show_lines(batch_id: UUID, total: int, page: int, page_size: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns one page of the accepted or rejected lines of a file."""
    return {
        "batchId": str(batch_id),
        "total": total,
        "page": page,
        "pageSize": page_size,
        "lines": [_show_line(row) for row in rows],
    }


def _show_line(row: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"line": row["line"], "number": row["number"]}
    if row["code"] is not None:
        code = OUTCOME_CODES.get(row["code"])
        shown |= {"code": row["code"], "title": code.title_en if code else LINE_TITLE}
        shown["detail"] = row["detail"] or (code.detail_en if code else "")
    if row["field"] is not None:
        shown |= {"field": row["field"], "position": row["position"]}
    if row["person"] is not None:
        shown["patient"] = row["person"]
    if row["coverage"] is not None:
        shown["coverage"] = row["coverage"]
    if row["operation_id"] is not None:
        shown["operationId"] = str(row["operation_id"])
    return shown
