"""What one payer owes for one year (rules 50 to 54). All amounts are whole cents; rounding is half up, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ion_billing.domain.rates import PERCENT, Rate
from ion_billing.domain.rounding import CENTS_PER_EURO, allocate, whole_cents

PATIENTS_MAX = 20_000_000
"""More than the inhabitants of the country."""


@dataclass(frozen=True, slots=True)
class Amount:
    """The amount of an invoice, in cents. `excl_cents + vat_cents == incl_cents`, always.

    `unit_price` is the rate in EUR per patient, with or without VAT as the rate says. `minimum_supplement_cents` is the
    part of `excl_cents` that only the minimum adds (rule 53).
    """

    patients: int
    unit_price: Decimal
    excl_cents: int
    vat_cents: int
    incl_cents: int
    minimum_supplement_cents: int

    @property
    def minimum_applied(self) -> bool:
        """Whether the patients alone give less than the minimum (rule 53)."""
        return self.minimum_supplement_cents > 0


@dataclass(frozen=True, slots=True)
class LineAmount:
    """What the patients of one AGB code give, in cents excluding VAT and before the minimum."""

    agb_code: str
    patients: int
    excl_cents: int


@dataclass(frozen=True, slots=True)
class InvoiceAmounts:
    """The amount of an invoice and its lines, by AGB code.

    The lines and the supplement of the minimum are together `total.excl_cents`.
    """

    rate: Rate
    total: Amount
    lines: tuple[LineAmount, ...]


def amount(patients: int, rate: Rate) -> Amount | None:
    """Returns what `patients` give at `rate`; None without patients, because then there is no invoice.

    A rate that includes VAT fixes the amount to pay, and VAT is what that contains; a rate that excludes VAT fixes the
    amount without, and VAT comes on top (rule 51). The minimum is judged excluding VAT (rule 53).
    Raises ValueError on a negative or impossible number of patients.
    """
    if not 0 <= patients <= PATIENTS_MAX:
        raise ValueError(f"{patients} patients cannot be charged: give 0 to {PATIENTS_MAX}")
    if patients == 0:
        return None
    minimum_cents = whole_cents(rate.minimum)
    if rate.vat_included:
        incl_cents = whole_cents(patients * rate.rate)
        excl_cents = whole_cents(Decimal(incl_cents) / CENTS_PER_EURO / rate.vat_factor)
        vat_cents = incl_cents - excl_cents
    else:
        excl_cents = whole_cents(patients * rate.rate)
        vat_cents = _vat_cents(excl_cents, rate)
    supplement_cents = max(0, minimum_cents - excl_cents)
    if supplement_cents:
        excl_cents, vat_cents = minimum_cents, _vat_cents(minimum_cents, rate)
    return Amount(patients, rate.rate, excl_cents, vat_cents, excl_cents + vat_cents, supplement_cents)


def invoice_amounts(patients_by_agb_code: Mapping[str, int], rate: Rate) -> InvoiceAmounts | None:
    """Returns the one invoice for all AGB codes of a payer (rule 54); None when none of them has patients.

    Rounding and minimum are those of the total: what the codes are charged together does not depend on how the patients
    are spread. The lines share it out in proportion; a code without patients gets no line.
    Raises ValueError on a negative or impossible number of patients.
    """
    if any(patients < 0 for patients in patients_by_agb_code.values()):
        raise ValueError("a negative number of patients cannot be charged: count again")
    counted = sorted((code, patients) for code, patients in patients_by_agb_code.items() if patients)
    total = amount(sum(patients for _, patients in counted), rate)
    if total is None:
        return None
    shares = allocate(total.excl_cents - total.minimum_supplement_cents, tuple(patients for _, patients in counted))
    lines = tuple(LineAmount(code, patients, cents) for (code, patients), cents in zip(counted, shares, strict=True))
    return InvoiceAmounts(rate, total, lines)


def _vat_cents(excl_cents: int, rate: Rate) -> int:
    return whole_cents(Decimal(excl_cents) / CENTS_PER_EURO * rate.vat_rate / PERCENT)
