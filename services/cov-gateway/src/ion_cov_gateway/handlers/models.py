"""What GP systems send. JSON in camelCase; the answers are built in `presentation.py`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from ion_contracts.identifiers import AgbCode, Bsn, Uzovi
from ion_contracts.messages import Mode, Person


class Input(BaseModel):
    """Unknown fields are refused: a misspelt `startDate` must not pass unseen."""

    model_config = ConfigDict(
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
    )


class RegistrationInput(Input):
    """Register this person with this GP."""

    agb_code: AgbCode
    patient: Person
    mode: Mode
    insurer_hint: Uzovi | None = None
    start_date: date | None = None


class CoverageCheckInput(Input):
    """Is this person insured, and with whom?"""

    bsn: Bsn
    birth_date: date | None = None
    insurer_hint: Uzovi | None = None
    mode: Mode = Mode.MANUAL


class SearchInput(Input):
    """The own list of one AGB code, on a day, perhaps for one person. A BSN stands in the body, never in a URI."""

    agb_code: AgbCode
    on_date: date | None = None
    bsn: Bsn | None = None
    page: Annotated[int, Field(ge=1)] = 1
    page_size: Annotated[int, Field(ge=1, le=200)] = 25
