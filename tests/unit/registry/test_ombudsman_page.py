"""docs/ombudsman.md shows a file for each kind of step; these are those files."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from uuid import UUID

from ion_contracts.messages.cases import AfterOpening
from ion_registry.domain.case import Case, CaseState
from ion_registry.domain.exclusion import Exclusion
from ion_registry.domain.take_step import Known, take_step
from ion_registry.services.office.case_steps import StepFile
from tests.unit.registry.made_cases import PATIENT

PAGE = Path(__file__).resolve().parents[3] / "docs" / "ombudsman.md"
NOW = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)


def files() -> list[StepFile]:
    """Returns the steps on the page, in its order."""
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return [StepFile.model_validate_json(block, extra="forbid") for block in blocks]


def test_the_page_shows_every_kind_of_step() -> None:
    known = {model.model_fields["kind"].annotation for model in get_args(AfterOpening)}
    kinds = {kind for annotation in known for kind in get_args(annotation)}
    assert {file.step.kind for file in files()} == {"opened", *kinds}


def test_the_steps_on_the_page_are_taken_in_their_order() -> None:
    opening, *rest = files()
    cases: dict[UUID | None, Case | None] = {}
    exclusions: list[Exclusion] = []
    # The case that is withdrawn was opened like the other.
    for file in (opening, opening.model_copy(update={"case_id": rest[-1].case_id}), *rest):
        known = Known(PATIENT, tuple(exclusions))
        decision = take_step(cases.get(file.case_id), file.as_message(NOW), known)
        assert decision.accepted, (file.step.kind, decision.code)
        cases[file.case_id] = decision.case
        exclusions += [decision.excluded] if decision.excluded else []
    assert [case.state for case in cases.values() if case] == [CaseState.PUBLISHED, CaseState.WITHDRAWN]
