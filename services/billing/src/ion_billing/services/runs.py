"""The yearly run (rules 50 to 57): a row per year, the same result whenever it runs, nothing issued twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

import asyncpg

from ion_billing.domain.amounts import Amount, invoice_amounts
from ion_billing.domain.payment_reference import payment_reference
from ion_billing.domain.rates import Rate
from ion_billing.rendering.document import Customer, InvoiceDocument, Supplier
from ion_billing.rendering.invoice import render_invoice
from ion_billing.services.counting import QUERIES
from ion_contracts.catalogue import BILLING_EVENTS
from ion_contracts.envelope import Envelope
from ion_contracts.messages import InvoiceIssued
from ion_platform.clock import Clock
from ion_platform.database import Connection, Pool
from ion_platform.outbox import Outgoing, enqueue

SOURCE = "urn:nld:ion:billing"
NUMBERS_A_YEAR = 1_000_000
DOCUMENTS_AT_ONCE = 50
RunStatus = Literal["no-rate", "too-early", "waiting", "stopped", "issued"]
AskRegister = Callable[[date], Awaitable[dict[str, int]]]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of a year, in words an operator can act on."""

    status: RunStatus
    words: str


@dataclass(frozen=True, slots=True)
class _Invoice:
    """One invoice before it is written."""

    number: str
    agb_code: str
    amount: Amount
    reference: str


class Runs:
    """Runs years and typesets their invoices."""

    def __init__(
        self, pool: Pool, clock: Clock, ask_register: AskRegister, partitions: int, term_days: int, supplier: Supplier
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._ask_register = ask_register
        self._partitions = partitions
        self._term = timedelta(days=term_days)
        self._supplier = supplier

    async def run_due_years(self) -> bool:
        """Runs the years that are due; returns whether one was issued."""
        due = await self._pool.fetch(QUERIES["due_years"], self._clock.today())
        results = [await self.run_year(row["year"]) for row in due]
        return any(result.status == "issued" for result in results)

    async def run_year(self, year: int, dry_run: bool = False) -> RunResult:
        """Counts, reconciles and issues in one transaction. A year that was issued stays as it is."""
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(QUERIES["lock_rate"], year)
            if row is None:
                return RunResult("no-rate", f"there is no rate for {year}: add it with `ion-billing rates add`")
            known = await connection.fetchrow(QUERIES["find_run"], year)
            if known is not None and known["status"] == "issued":
                return RunResult(
                    "issued", f"{year} was issued before: {known['report']['invoices']} invoices; nothing was doubled"
                )
            rate = _rate(row)
            waits = await self._why_it_waits(connection, rate)
            if waits is not None:
                return waits
            return await self._issue(connection, rate, dry_run)

    async def typeset(self) -> bool:
        """Makes the PDFs that are missing; returns whether there were any. The result is the same whenever it runs."""
        rows = await self._pool.fetch(QUERIES["invoices_without_document"], DOCUMENTS_AT_ONCE)
        if not rows:
            return False
        pdfs = await asyncio.to_thread(lambda: [render_invoice(self._document(row)) for row in rows])
        await self._pool.execute(QUERIES["save_documents"], [row["number"] for row in rows], pdfs)
        return True

    async def _why_it_waits(self, connection: Connection, rate: Rate) -> RunResult | None:
        if self._clock.today() <= rate.reference_date:
            return RunResult("too-early", f"the reference date {rate.reference_date} has not passed yet")
        closed = await connection.fetchval(QUERIES["closed_through"], self._partitions)
        if closed is None or closed < rate.reference_date:
            until = f"closed through {closed}" if closed else "not closed in every partition yet"
            return RunResult(
                "waiting", f"the register is {until}; the run waits for {rate.reference_date} and then goes on"
            )
        return None

    async def _issue(self, connection: Connection, rate: Rate, dry_run: bool) -> RunResult:
        rows = await connection.fetch(QUERIES["count_patients"], rate.reference_date)
        counted = {row["agb_code"]: row["patients"] for row in rows}
        differences = _differences(counted, await self._ask_register(rate.reference_date))
        now = self._clock.now()
        if differences:
            words = f"{len(differences)} AGB codes differ from the register's own count; nothing was issued"
            if not dry_run:
                await connection.execute(QUERIES["save_run"], rate.year, "stopped", {"differences": differences}, now)
            return RunResult("stopped", f"{words}: {', '.join(sorted(differences)[:10])}")
        invoices = _invoices(counted, rate)
        total = sum(invoice.amount.incl_cents for invoice in invoices)
        words = f"{len(invoices)} invoices, {sum(counted.values())} patients, EUR {total / 100:.2f} including VAT"
        if dry_run:
            return RunResult("waiting", f"{rate.year} would give {words}; dry run: nothing was issued")
        report = {"invoices": len(invoices), "patients": sum(counted.values()), "totalCents": total}
        await connection.execute(QUERIES["save_run"], rate.year, "issued", report, now)
        await self._write(connection, rate, invoices)
        await enqueue(connection, [self._announce(invoice, rate, now) for invoice in invoices])
        return RunResult("issued", f"{rate.year}: {words}")

    async def _write(self, connection: Connection, rate: Rate, invoices: list[_Invoice]) -> None:
        today = self._clock.today()
        await connection.execute(
            QUERIES["add_invoices"],
            [i.number for i in invoices],
            [i.agb_code for i in invoices],
            [i.amount.patients for i in invoices],
            [i.amount.excl_cents for i in invoices],
            [i.amount.vat_cents for i in invoices],
            [i.amount.incl_cents for i in invoices],
            [i.amount.minimum_supplement_cents for i in invoices],
            [i.reference for i in invoices],
            rate.year,
            today,
            today + self._term,
        )

    def _announce(self, invoice: _Invoice, rate: Rate, now: datetime) -> Outgoing:
        identifier = str(uuid5(NAMESPACE_URL, f"invoice-issued:{invoice.number}"))
        body = InvoiceIssued(
            number=invoice.number,
            agb_code=invoice.agb_code,
            year=rate.year,
            reference_date=rate.reference_date,
            patients=invoice.amount.patients,
            total_cents=invoice.amount.incl_cents,
            payment_reference=invoice.reference,
            issued_on=self._clock.today(),
        )
        envelope = Envelope(identifier, SOURCE, InvoiceIssued.TYPE, now, correlation_id=identifier)
        return Outgoing(BILLING_EVENTS.name, invoice.agb_code.encode(), envelope, body)

    def _document(self, row: asyncpg.Record) -> InvoiceDocument:
        amounts = invoice_amounts({row["agb_code"]: row["patients"]}, _rate(row))
        assert amounts is not None, "an invoice has patients"
        known = row["name"] is not None
        customer = Customer(
            name=row["name"] if known else f"AGB-code {row['agb_code']}",
            street=f"{row['street']} {row['house_number']}" if known else "Adres onbekend",
            postcode=row["postcode"] if known else "-",
            city=row["city"] if known else "-",
        )
        return InvoiceDocument(
            row["number"], row["issued_on"], row["due_on"], row["payment_reference"], self._supplier, customer, amounts
        )


def _rate(row: asyncpg.Record) -> Rate:
    return Rate(row["year"], row["reference_date"], row["rate"], row["vat_included"], row["vat_rate"], row["minimum"])


def _differences(counted: Mapping[str, int], register: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Returns what billing and the register have, for each AGB code on which they differ."""
    ours = {agb_code: n for agb_code, n in counted.items() if n}
    theirs = {agb_code: n for agb_code, n in register.items() if n}
    return {
        agb_code: {"billing": ours.get(agb_code, 0), "register": theirs.get(agb_code, 0)}
        for agb_code in sorted(ours.keys() | theirs.keys())
        if ours.get(agb_code, 0) != theirs.get(agb_code, 0)
    }


def _invoices(counted: Mapping[str, int], rate: Rate) -> list[_Invoice]:
    """Numbers are sequential per year, in the order of the AGB codes."""
    invoices: list[_Invoice] = []
    for agb_code, patients in sorted(counted.items()):
        amounts = invoice_amounts({agb_code: patients}, rate)
        if amounts is not None:
            n = len(invoices) + 1
            number, reference = f"{rate.year}-{n:06}", payment_reference(rate.year * NUMBERS_A_YEAR + n)
            invoices.append(_Invoice(number, agb_code, amounts.total, reference))
    return invoices
