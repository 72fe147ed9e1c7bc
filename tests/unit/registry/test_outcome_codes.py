"""Every outcome code is explained to those who get it, and tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from ion_contracts.outcome_codes import OUTCOME_CODES
from ion_registry.domain.entry import Code

NOT_FROM_THE_RULES = {Code.MALFORMED, Code.PATIENT_UNKNOWN, Code.REGISTERED_TEMPORARY_LIKELY_DOUBLE}
"""Known only to those who read the message or the person data, before or after the rules."""

RULE_TESTS = "\n".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__))


@pytest.mark.parametrize("code", Code)
def test_every_code_of_the_register_is_explained_in_the_table_of_outcome_codes(code: Code) -> None:
    assert OUTCOME_CODES[code].title_nl


@pytest.mark.parametrize("code", sorted(set(Code) - NOT_FROM_THE_RULES))
def test_every_code_that_the_rules_give_is_expected_by_a_test(code: Code) -> None:
    assert f"Code.{code.name}" in RULE_TESTS
