from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_billing.domain.amounts import PATIENTS_MAX, Amount, amount, invoice_amounts
from ion_billing.domain.rates import Rate, published_rates
from ion_billing.domain.rounding import allocate, whole_cents

PUBLISHED = {row.rate.year: row.rate for row in published_rates()}

rates = st.builds(
    Rate,
    year=st.just(2027),
    reference_date=st.just(date(2027, 4, 1)),
    rate=st.decimals("0.0001", "1", places=4),
    vat_included=st.booleans(),
    vat_rate=st.sampled_from([Decimal(0), Decimal(6), Decimal("8.5"), Decimal(19), Decimal(20), Decimal(21)]),
    minimum=st.decimals("0", "25", places=2),
)
patient_counts = st.integers(1, 200_000)
agb_codes = st.integers(1_000_000, 1_999_999).map(lambda number: f"{number:08d}")


def charged(patients: int, rate: Rate) -> Amount:
    found = amount(patients, rate)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("year", "patients", "excl_cents", "vat_cents", "incl_cents"),
    [
        (2010, 3370, 134_80, 25_61, 160_41),  # 3370 x 0.04 = 134.80; 19 % is 25.612
        (2011, 2613, 104_52, 19_86, 124_38),  # 2613 x 0.04 = 104.52; 19 % is 19.8588
        (2012, 3371, 117_99, 22_42, 140_41),  # 3371 x 0.035 = 117.985, half a cent goes up; 19 % is 22.4181
        (2018, 3370, 92_00, 19_32, 111_32),  # 3370 x 0.0273 = 92.001; 21 % is 19.32
        (2019, 3370, 117_95, 24_77, 142_72),  # 3370 x 0.035 = 117.95; 21 % is 24.7695
        (2023, 3370, 100_26, 21_06, 121_32),  # 3370 x 0.036 = 121.32 with VAT; / 1.21 = 100.2645
    ],
)
def test_a_mean_practice_pays_what_the_source_of_that_year_says(
    year: int, patients: int, excl_cents: int, vat_cents: int, incl_cents: int
) -> None:
    found = charged(patients, PUBLISHED[year])
    assert (found.excl_cents, found.vat_cents, found.incl_cents) == (excl_cents, vat_cents, incl_cents)
    assert found.unit_price == PUBLISHED[year].rate
    assert not found.minimum_applied


@pytest.mark.parametrize(
    ("year", "patients", "excl_cents", "vat_cents", "incl_cents", "supplement_cents"),
    [
        (2010, 24, 1_00, 19, 1_19, 4),  # 0.96
        (2010, 25, 1_00, 19, 1_19, 0),  # 1.00, of itself
        (2019, 28, 1_00, 21, 1_21, 2),  # 0.98
        (2019, 29, 1_02, 21, 1_23, 0),  # 1.015, half a cent goes up
        (2023, 1, 1_00, 21, 1_21, 97),  # 0.04 with VAT, 0.03 without
        (2023, 33, 1_00, 21, 1_21, 2),  # 1.19 with VAT, 0.98 without
        (2023, 34, 1_01, 21, 1_22, 0),  # 1.22 with VAT, 1.01 without
    ],
)
def test_the_minimum_is_one_euro_without_vat(
    year: int, patients: int, excl_cents: int, vat_cents: int, incl_cents: int, supplement_cents: int
) -> None:
    assert charged(patients, PUBLISHED[year]) == Amount(
        patients, PUBLISHED[year].rate, excl_cents, vat_cents, incl_cents, supplement_cents
    )


def test_without_patients_there_is_no_invoice() -> None:
    assert amount(0, PUBLISHED[2023]) is None
    assert invoice_amounts({}, PUBLISHED[2023]) is None
    assert invoice_amounts({"01012345": 0}, PUBLISHED[2023]) is None


@pytest.mark.parametrize("patients", [-1, PATIENTS_MAX + 1])
def test_an_impossible_number_of_patients_is_refused(patients: int) -> None:
    with pytest.raises(ValueError, match="cannot be charged"):
        amount(patients, PUBLISHED[2023])
    with pytest.raises(ValueError, match="cannot be charged"):
        invoice_amounts({"01012345": patients, "01054321": 5}, PUBLISHED[2023])


@pytest.mark.parametrize(("euros", "cents"), [("0.005", 1), ("0.0049", 0), ("1.015", 102), ("2.675", 268), ("0", 0)])
def test_half_a_cent_goes_up(euros: str, cents: int) -> None:
    assert whole_cents(Decimal(euros)) == cents


@given(patient_counts, rates)
def test_what_is_paid_is_always_the_amount_and_its_vat(patients: int, rate: Rate) -> None:
    found = charged(patients, rate)
    assert found.excl_cents + found.vat_cents == found.incl_cents
    assert found.vat_cents >= 0
    assert found.minimum_supplement_cents >= 0


@given(patient_counts, rates)
def test_no_invoice_is_below_the_minimum_and_none_above_it_is_raised(patients: int, rate: Rate) -> None:
    found = charged(patients, rate)
    minimum_cents = whole_cents(rate.minimum)
    assert found.excl_cents >= minimum_cents
    assert not found.minimum_applied or found.excl_cents == minimum_cents


@given(patient_counts, rates)
def test_every_figure_is_within_half_a_cent_of_the_exact_one(patients: int, rate: Rate) -> None:
    found = charged(patients, rate)
    vat = Fraction(rate.vat_rate) / 100
    half = Fraction(1, 2)
    exact_cents = patients * Fraction(rate.rate) * 100
    if not found.minimum_applied:
        charged_cents = found.incl_cents if rate.vat_included else found.excl_cents
        assert -half < charged_cents - exact_cents <= half
    if rate.vat_included and not found.minimum_applied:
        assert abs(found.excl_cents - found.incl_cents / (1 + vat)) <= half
    else:
        assert abs(found.vat_cents - found.excl_cents * vat) <= half


@given(st.integers(1, 200_000), st.integers(0, 1000), rates)
def test_more_patients_never_cost_less(patients: int, more: int, rate: Rate) -> None:
    assert charged(patients + more, rate).excl_cents >= charged(patients, rate).excl_cents


@given(st.dictionaries(agb_codes, st.integers(0, 20_000), max_size=12), rates)
def test_the_lines_and_the_supplement_are_together_the_total(counts: dict[str, int], rate: Rate) -> None:
    found = invoice_amounts(counts, rate)
    assert (found is None) == (sum(counts.values()) == 0)
    if found is None:
        return
    assert found.total == amount(sum(counts.values()), rate)
    assert {line.agb_code: line.patients for line in found.lines} == {code: n for code, n in counts.items() if n}
    assert [line.agb_code for line in found.lines] == sorted(line.agb_code for line in found.lines)
    lines_cents = sum(line.excl_cents for line in found.lines)
    assert lines_cents + found.total.minimum_supplement_cents == found.total.excl_cents


@given(st.dictionaries(agb_codes, st.integers(1, 20_000), min_size=1, max_size=12), rates)
def test_no_line_is_a_cent_or_more_from_its_share(counts: dict[str, int], rate: Rate) -> None:
    found = invoice_amounts(counts, rate)
    assert found is not None
    base_cents = found.total.excl_cents - found.total.minimum_supplement_cents
    for line in found.lines:
        assert abs(line.excl_cents - Fraction(base_cents * line.patients, found.total.patients)) < 1


def test_equal_lines_share_a_cent_in_order_of_agb_code() -> None:
    rate = Rate(2027, date(2027, 4, 1), Decimal("0.0333"), False, Decimal(21), Decimal(0))
    found = invoice_amounts({"01000003": 100, "01000001": 100, "01000002": 100}, rate)
    assert found is not None
    assert [(line.agb_code, line.excl_cents) for line in found.lines] == [
        ("01000001", 333),
        ("01000002", 333),
        ("01000003", 333),
    ]
    found = invoice_amounts({"01000003": 10, "01000001": 10, "01000002": 10}, rate)
    assert found is not None  # 30 x 0.0333 = 0.999, so 1.00
    assert [line.excl_cents for line in found.lines] == [34, 33, 33]


def test_two_codes_on_one_invoice_owe_the_minimum_once() -> None:
    found = invoice_amounts({"01012345": 10, "01054321": 2}, PUBLISHED[2023])
    assert found is not None
    assert found.total.excl_cents == 1_00
    assert found.total.minimum_supplement_cents == 64  # 12 x 0.036 = 0.43 with VAT, 0.36 without
    assert [line.excl_cents for line in found.lines] == [30, 6]


@pytest.mark.parametrize(("total", "weights"), [(-1, (1,)), (1, ()), (1, (0, 0)), (1, (2, -1))])
def test_what_cannot_be_divided_is_refused(total: int, weights: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="cannot divide"):
        allocate(total, weights)
