"""What all questions and answers have in common."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from ion_contracts.identifiers import AgbCode, Bsn
from ion_contracts.times import Day

PAGE_SIZE_MAX = 200
PAGE_SIZE = 25
CODES_MAX = 100
"""More than one party has."""
EARLIEST, LATEST = date(1880, 1, 1), date(2199, 12, 31)


class Model(BaseModel):
    """camelCase outside; what is not known is refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="forbid", from_attributes=True
    )


def _in_range(day: date) -> date:
    if not EARLIEST <= day <= LATEST:
        raise ValueError("lies between 1880-01-01 and 2199-12-31")
    return day


def _name(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("is a name, or the beginning of one")
    return text.strip()


QuestionDay = Annotated[Day, AfterValidator(_in_range)]
NamePrefix = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_name)]
PageSize = Annotated[int, Field(ge=1, le=PAGE_SIZE_MAX)]
Cursor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$", description="`nextCursor` of the page before")]
Codes = Annotated[list[AgbCode], Field(min_length=1, max_length=CODES_MAX)]
OwnCodes = Annotated[
    list[Annotated[str, Field(pattern=r"^([0-9]{8}|[0-9]{4})$")]],
    Field(
        default_factory=list,
        max_length=CODES_MAX,
        description="All own AGB codes of a provider, or UZOVI codes of an insurer; none: the one in ion-on-behalf-of",
    ),
]


class SubjectQuestion(Model):
    """A person by BSN or by the register's id: exactly one of them."""

    bsn: Bsn | None = None
    patient_id: UUID | None = None
    own_codes: OwnCodes

    @model_validator(mode="after")
    def _names_one(self) -> SubjectQuestion:
        if (self.bsn is None) == (self.patient_id is None):
            raise ValueError("name either bsn or patientId")
        return self


class ShownPerson(Model):
    """Who a patient is; without BSN or birth date when those are not known."""

    patient_id: UUID
    bsn: str | None = None
    initials: str
    prefix: str
    family_name: str
    birth_date: date | None = None


class Period(Model):
    """From a first to a last day; without a last one it goes on."""

    agb_code: str
    since: date
    until: date | None = None


def cursor_of(patient_id: UUID | None) -> str | None:
    """Returns the cursor after this patient; it holds nothing but the register's own id."""
    return None if patient_id is None else urlsafe_b64encode(patient_id.bytes).decode().rstrip("=")


def patient_after(cursor: str | None) -> UUID | None:
    """Returns the patient after whom a page begins."""
    return None if cursor is None else UUID(bytes=urlsafe_b64decode(cursor + "=="))


def waiting_cursor_of(after: tuple[date, str] | None) -> str | None:
    """Returns the cursor after something that waits."""
    return None if after is None else f"{after[0].isoformat()}_{after[1]}"


WAITING_CURSOR = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}_[A-Za-z0-9._:/-]{1,128}$"


def waiting_after(cursor: str | None) -> tuple[date, str] | None:
    """Returns after which day and command a page begins. Raises ValueError."""
    if cursor is None:
        return None
    if not re.match(WAITING_CURSOR, cursor):
        raise ValueError("is not a cursor of this question")
    day, _, command_id = cursor.partition("_")
    return date.fromisoformat(day), command_id


def row_of(value: Any) -> dict[str, Any]:
    """Returns what a person is shown by, of a row with more columns."""
    return {name: value[name] for name in ShownPerson.model_fields}
