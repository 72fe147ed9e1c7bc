"""The one way in which money is rounded (rule 52)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENTS_PER_EURO = 100


def whole_cents(euros: Decimal) -> int:
    """Returns an amount in euros as whole cents; half a cent goes up (rule 52)."""
    return int((euros * CENTS_PER_EURO).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def allocate(total: int, weights: tuple[int, ...]) -> tuple[int, ...]:
    """Divides `total` by `weights` into whole parts whose sum is exactly `total`.

    Every part is its exact share, rounded down or up; those with the largest fractions go up, and of equal fractions
    the first. Raises ValueError when `total` or a weight is negative, or all weights are zero.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError(f"cannot divide {total} by {weights}: give a total of at least 0 and weights that add up")
    parts = [total * weight // whole for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda index: -(total * weights[index] % whole))
    for index in by_fraction[: total - sum(parts)]:
        parts[index] += 1
    return tuple(parts)
