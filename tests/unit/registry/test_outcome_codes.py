from __future__ import annotations

import pytest

from ion_contracts.outcome_codes import OUTCOME_CODES
from ion_registry.domain.entry import Code


@pytest.mark.parametrize("code", Code)
def test_every_code_of_the_register_is_explained_in_the_table_of_outcome_codes(code: Code) -> None:
    assert OUTCOME_CODES[code].title_nl
