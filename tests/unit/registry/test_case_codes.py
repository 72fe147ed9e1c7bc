from __future__ import annotations

import pytest

from ion_contracts.outcome_codes import OUTCOME_CODES, OperationStatus
from ion_registry.domain.case_code import ACCEPTED_CODES, CaseCode


@pytest.mark.parametrize("code", CaseCode)
def test_every_code_of_a_case_stands_in_the_table_with_what_becomes_of_the_step(code: CaseCode) -> None:
    expected = OperationStatus.ACCEPTED if code in ACCEPTED_CODES else OperationStatus.REFUSED
    assert OUTCOME_CODES[code].status is expected
