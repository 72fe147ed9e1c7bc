"""Internal questions to billing: invoices, and their PDFs."""

from __future__ import annotations

from typing import Any

import asyncpg
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from ion_billing.services.counting import QUERIES
from ion_contracts.identifiers import AgbCode
from ion_platform.problems import Problem
from ion_platform.runtime import Service


class InvoiceQuestion(BaseModel):
    """Of a year, of an AGB code, or both."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="forbid")
    year: int | None = None
    agb_code: AgbCode | None = None


def create_router(service: Service) -> APIRouter:
    """Returns the internal routes."""
    router = APIRouter(prefix="/internal/v1")

    @router.post("/invoices/_search")
    async def search(question: InvoiceQuestion) -> dict[str, Any]:
        rows = await service.pool.fetch(QUERIES["search_invoices"], question.year, question.agb_code)
        return {"invoices": [show_invoice(row) for row in rows]}

    @router.get("/invoices/{number}/pdf")
    async def get_pdf(number: str) -> Response:
        pdf = await service.pool.fetchval(QUERIES["find_document"], number)
        if pdf is None:
            raise Problem(404, "not-found", "There is no such document", "It does not exist, or is not typeset yet.")
        return Response(pdf, media_type="application/pdf")

    return router


def show_invoice(row: asyncpg.Record) -> dict[str, Any]:
    """Returns an invoice as JSON shows it; amounts in euro cents."""
    return {
        "number": row["number"],
        "year": row["year"],
        "agbCode": row["agb_code"],
        "patients": row["patients"],
        "exclCents": row["excl_cents"],
        "vatCents": row["vat_cents"],
        "totalCents": row["total_cents"],
        "minimumApplied": row["minimum_supplement_cents"] > 0,
        "paymentReference": row["payment_reference"],
        "issuedOn": row["issued_on"].isoformat(),
        "dueOn": row["due_on"].isoformat(),
    }
