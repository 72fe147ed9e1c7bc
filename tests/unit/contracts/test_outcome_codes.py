"""The table of outcome codes is complete and consistent."""

from __future__ import annotations

import pytest

from ion_contracts.messages import CommandOutcome, Status
from ion_contracts.outcome_codes import GATEWAY_CODES, OUTCOME_CODES, REGISTRY_CODES, OperationStatus, OutcomeCode

EVERY_CODE = (*REGISTRY_CODES, *GATEWAY_CODES)
each_code = pytest.mark.parametrize("row", EVERY_CODE, ids=lambda row: row.code)


def test_every_code_stands_in_the_table_once() -> None:
    assert len(OUTCOME_CODES) == len(EVERY_CODE)
    assert all(OUTCOME_CODES[row.code] is row for row in EVERY_CODE)


@each_code
def test_a_code_has_a_title_and_says_what_to_do(row: OutcomeCode) -> None:
    assert all((row.title_en, row.detail_en, row.title_nl, row.advice_nl))
    assert row.detail_en.endswith(".")
    assert row.advice_nl.endswith(".")


@each_code
def test_the_rules_of_a_code_are_rules_of_the_domain_notes(row: OutcomeCode) -> None:
    assert all(1 <= rule <= 57 for rule in row.rules)


@pytest.mark.parametrize("row", REGISTRY_CODES, ids=lambda row: row.code)
def test_an_outcome_message_can_carry_each_code_of_the_register(row: OutcomeCode) -> None:
    outcome = CommandOutcome.model_validate(
        {"commandId": "1", "status": row.status.value, "code": row.code, "recordedAt": "2027-04-01T08:00:00Z"}
    )
    assert outcome.code == row.code


def test_a_command_can_have_every_status_of_an_operation_but_processing() -> None:
    assert {status.value for status in Status} == {status.value for status in OperationStatus} - {"processing"}


def test_102_is_the_only_code_that_the_sources_name() -> None:
    assert [row.code for row in EVERY_CODE if not row.ours] == ["102"]


@pytest.mark.parametrize(
    ("code", "status", "rule"),
    [
        ("transferred", "accepted", 2),
        ("second-registration-same-day", "refused", 3),
        ("start-in-past", "refused", 4),
        ("overlaps-earlier-registration", "refused", 4),
        ("start-in-future", "refused", 5),
        ("deferred-closed-day", "deferred", 6),
        ("103", "refused", 18),
        ("102", "refused", 19),
        ("bsn-invalid", "refused", 20),
    ],
)
def test_a_code_follows_from_its_rule(code: str, status: str, rule: int) -> None:
    assert OUTCOME_CODES[code].status.value == status
    assert rule in OUTCOME_CODES[code].rules
