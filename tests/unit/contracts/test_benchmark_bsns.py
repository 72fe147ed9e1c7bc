"""Numbers that nobody has are taken by processes of a benchmark, and by no others."""

from __future__ import annotations

import pytest

from ion_contracts import identifiers
from ion_contracts.identifiers import InvalidIdentifierError, normalise_bsn

MADE = "100000004"
"""Fails the elfproef with remainder 5."""


def test_a_process_without_the_setting_refuses_them() -> None:
    with pytest.raises(InvalidIdentifierError):
        normalise_bsn(MADE)


def test_a_process_with_the_setting_takes_them_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifiers, "_TAKES_BENCHMARK_BSNS", True)
    assert normalise_bsn(MADE) == MADE
    with pytest.raises(InvalidIdentifierError):
        normalise_bsn("100000005")
    with pytest.raises(InvalidIdentifierError):
        normalise_bsn(identifiers.NO_BSN)


@pytest.mark.parametrize("environment", ["local", "test"])
def test_the_setting_works_where_nobody_is_registered_for_real(
    environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ION_BENCHMARK_BSNS", "1")
    monkeypatch.setenv("ION_ENVIRONMENT", environment)
    assert identifiers._takes_benchmark_bsns()


@pytest.mark.parametrize("environment", ["production", "acceptance", None])
def test_a_process_with_the_setting_does_not_start_anywhere_else(
    environment: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ION_BENCHMARK_BSNS", "1")
    if environment is None:
        monkeypatch.delenv("ION_ENVIRONMENT", raising=False)
    else:
        monkeypatch.setenv("ION_ENVIRONMENT", environment)
    with pytest.raises(RuntimeError, match="ION_ENVIRONMENT=local or test"):
        identifiers._takes_benchmark_bsns()
