"""What GP systems send. JSON in camelCase; the answers are built in `presentation.py`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from ion_contracts.identifiers import AgbCode, BirthDate, Bsn, Name, Uzovi
from ion_contracts.messages import Mode, Person, Sex
from ion_contracts.times import Day

PAGE_MAX = 1_000_000
"""Far beyond any list, and within the numbers that a database counts with."""


def _printable(value: str) -> str:
    """No name holds a control character or half a surrogate, and PostgreSQL stores neither NUL nor the latter."""
    if not value.isprintable():
        raise ValueError("holds a character that cannot be printed, such as a tab or a line end")
    return value


Printable = AfterValidator(_printable)


class Input(BaseModel):
    """Unknown fields are refused: a misspelt `startDate` must not pass unseen."""

    model_config = ConfigDict(
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
    )


class PatientInput(Input):
    """The person data of a patient, as the GP system holds it."""

    bsn: Bsn
    initials: Annotated[str, Printable, Field(max_length=20)] = ""
    prefix: Annotated[str, Printable, Field(max_length=20)] = ""
    family_name: Annotated[Name, Printable]
    birth_date: BirthDate
    sex: Sex = Sex.UNKNOWN

    def to_person(self) -> Person:
        """Returns it as messages carry it."""
        return Person(**dict(self))


class RegistrationInput(Input):
    """Register this person with this GP."""

    agb_code: AgbCode
    patient: PatientInput
    mode: Mode
    insurer_hint: Uzovi | None = None
    start_date: Day | None = None

    @field_validator("start_date")
    @classmethod
    def _not_before_birth(cls, value: date | None, others: ValidationInfo) -> date | None:
        patient = others.data.get("patient")
        if value is not None and patient is not None and value < patient.birth_date:
            raise ValueError("lies before the birth date")
        return value


class CoverageCheckInput(Input):
    """Is this person insured, and with whom?"""

    bsn: Bsn
    insurer_hint: Uzovi | None = None
    mode: Mode = Mode.MANUAL


class SearchInput(Input):
    """The own list of one AGB code, on a day, perhaps for one person. A BSN stands in the body, never in a URI."""

    agb_code: AgbCode
    on_date: date | None = None
    bsn: Bsn | None = None
    page: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 1
    page_size: Annotated[int, Field(ge=1, le=200)] = 25
