"""What a patient costs in a year, as the board set it: a row per year (rule 51)."""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files

RATE_MAX = Decimal(1)
"""EUR per patient. The highest rate ever was 0.04: what is above this was meant in cents."""

RATE_DECIMALS_MAX = 6
"""The finest rate that was ever set has four decimals."""

UNIT_PRICE_STEP = Decimal("0.000001")
"""The precision of a price without VAT that is derived from one with VAT; amounts are never computed from it."""

PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Rate:
    """The rate of one year.

    `rate` is EUR per patient on `reference_date`, with or without VAT (`vat_included`); `vat_rate` is a percentage;
    `minimum` is the lowest amount of an invoice in EUR, excluding VAT (rule 53). Raises ValueError on a value that
    cannot be meant.
    """

    year: int
    reference_date: date
    rate: Decimal
    vat_included: bool
    vat_rate: Decimal
    minimum: Decimal

    def __post_init__(self) -> None:
        if self.reference_date.year != self.year:
            raise ValueError(f"the reference date {self.reference_date} is not in {self.year}: correct one of them")
        _require_decimals("rate", self.rate, RATE_DECIMALS_MAX)
        _require_decimals("VAT rate", self.vat_rate, 2)
        _require_decimals("minimum", self.minimum, 2)
        if not 0 < self.rate <= RATE_MAX:
            raise ValueError(f"the rate is {self.rate}: give EUR per patient, above 0 and at most {RATE_MAX}")
        if not 0 <= self.vat_rate < PERCENT:
            raise ValueError(f"the VAT rate is {self.vat_rate}: give a percentage from 0 to 100, such as 21")
        if self.minimum < 0:
            raise ValueError(f"the minimum is {self.minimum}: give EUR per invoice without VAT, 0 for no minimum")

    @property
    def vat_factor(self) -> Decimal:
        """An amount with VAT divided by the same amount without."""
        return 1 + self.vat_rate / PERCENT

    @property
    def unit_price_excl(self) -> Decimal:
        """EUR per patient excluding VAT, to be shown: an invoice states it also where the rate includes VAT."""
        if not self.vat_included:
            return self.rate
        return (self.rate / self.vat_factor).quantize(UNIT_PRICE_STEP, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """A rate of a past year, where it was found, and what was assumed because that source is silent ("" if nothing)."""

    rate: Rate
    source: str
    assumption: str


def read_published_rates(text: str) -> tuple[PublishedRate, ...]:
    """Reads rows in the form of `published_rates.toml`, the earliest year first.

    Raises ValueError on a row that cannot be meant or a year that is there twice, KeyError on a missing value.
    """
    rows = tomllib.loads(text, parse_float=Decimal)["rates"]
    published = sorted((_published(row) for row in rows), key=lambda row: row.rate.year)
    for earlier, later in itertools.pairwise(published):
        if earlier.rate.year == later.rate.year:
            raise ValueError(f"the year {later.rate.year} is there twice: keep one row")
    return tuple(published)


@cache
def published_rates() -> tuple[PublishedRate, ...]:
    """Returns the rates of past years that were found in public, the earliest first; other years are for the board."""
    return read_published_rates(files(__package__).joinpath("published_rates.toml").read_text(encoding="utf-8"))


def _published(row: dict[str, object]) -> PublishedRate:
    year, reference_date = row["year"], row["reference_date"]
    if not isinstance(year, int) or not isinstance(reference_date, date):
        raise ValueError(f"the row of {year!r} needs a year and a reference date such as 2027-04-01")
    rate = Rate(
        year=year,
        reference_date=reference_date,
        rate=Decimal(str(row["rate"])),
        vat_included=row["vat_included"] is True,
        vat_rate=Decimal(str(row["vat_rate"])),
        minimum=Decimal(str(row["minimum"])),
    )
    return PublishedRate(rate, source=str(row["source"]), assumption=str(row["assumption"]))


def _require_decimals(name: str, value: Decimal, decimals_max: int) -> None:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"the {name} is {value}: give a number")
    if -exponent > decimals_max:
        raise ValueError(f"the {name} is {value}: give at most {decimals_max} decimals")
