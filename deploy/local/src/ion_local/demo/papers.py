"""What a reader finds on paper: the invoices, worked out by hand, and the texts of PDFs and mails."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from ion_local.demo.world import World, until

RATE, VAT_RATE, MINIMUM_EXCL_CENTS = Decimal("0.036"), Decimal("1.21"), 100


def invoice_amounts(patients: int) -> list[Any]:
    """Works out by hand what the invoice has to say: the rate includes VAT, the minimum does not."""
    incl = int((patients * RATE * 100).quantize(Decimal(1), ROUND_HALF_UP))
    excl = int((incl / VAT_RATE).quantize(Decimal(1), ROUND_HALF_UP))
    if excl >= MINIMUM_EXCL_CENTS:
        return [patients, excl, incl - excl, incl, False]
    vat = int((MINIMUM_EXCL_CENTS * (VAT_RATE - 1)).quantize(Decimal(1), ROUND_HALF_UP))
    return [patients, MINIMUM_EXCL_CENTS, vat, MINIMUM_EXCL_CENTS + vat, True]


def reference_fits(reference: str) -> bool:
    weights = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)
    total = sum(int(digit) * weights[i % 10] for i, digit in enumerate(reversed(reference[1:])))
    return len(reference) == 16 and int(reference[0]) == {10: 1, 11: 0}.get(11 - total % 11, 11 - total % 11)


async def pdf_text(world: World, number: str) -> str:
    content = b""

    async def rendered() -> bool:
        nonlocal content
        content = await world.invoice_pdf(number)
        return content.startswith(b"%PDF")

    await until(rendered, f"invoice {number} was rendered")
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def shows_invoice(text: str, invoice: dict[str, Any]) -> bool:
    total = f"{invoice['totalCents'] / 100:.2f}".replace(".", ",")
    reference = invoice["paymentReference"]
    return invoice["number"] in text and total in text and reference in text.replace(" ", "").replace("\u00a0", "")


def mail_text(mail: Any) -> str:
    """Returns all that can be read of a mail: its headers and its parts."""
    parts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *parts])
