"""Cases of the ombudsman: each step of one is a command, keyed by the 16 bytes of the case's id (rules 40 and 41)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field

from ion_contracts.identifiers import AgbCode, Bsn
from ion_contracts.messages.base import Day, Message
from ion_contracts.messages.commands import Offered
from ion_contracts.messages.office import Reference
from ion_contracts.messages.providers import MailAddress

# No control characters: PostgreSQL takes no NUL, and a text that is printed must not steer a terminal.
_NOT_BLANK_LINE = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
_NOT_BLANK_TEXT = (
    r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
)


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must not hold control characters")
    return value


Line = Annotated[str, Field(pattern=_NOT_BLANK_LINE, max_length=200)]
Text = Annotated[str, Field(pattern=_NOT_BLANK_TEXT, max_length=4000)]
COPIES_MAX = 10


class Requester(Message):
    """The practice holder who asks for a ruling (rule 40)."""

    TYPE: ClassVar[str] = ""

    name: Line
    email: Annotated[MailAddress, AfterValidator(_printable)]
    mobile: Annotated[str, Field(pattern=r"^\+?[0-9]([ -]?[0-9]){7,14}$", max_length=32)]
    agb_code: AgbCode


class Preconditions(Message):
    """What comes before a case (rule 40). What is missing is refused by the rules, with its own code."""

    TYPE: ClassVar[str] = ""

    consulted_orally: bool
    consulted_in_writing: bool
    copies: Annotated[tuple[Reference, ...], Field(max_length=COPIES_MAX)] = Field(
        (), description="Copies of the written consultation"
    )
    bsn_mix_up_excluded: bool = Field(description="It was checked that the BSN is not that of somebody else")
    identity_checked: bool
    patient_statement: Reference | None = Field(None, description="The patient's written statement")


class Opened(Message):
    """A provider asks who was the GP of this patient on the reference date."""

    TYPE: ClassVar[str] = ""

    kind: Literal["opened"]
    requester: Requester
    other_agb_code: AgbCode
    bsn: Bsn
    on_date: Day = Field(description="The reference date at issue")
    description: Text
    question: Annotated[str, Field(pattern=_NOT_BLANK_TEXT, max_length=1000)]
    preconditions: Preconditions


class Contacted(Message):
    """The office has been in touch with the requester (within five working days)."""

    TYPE: ClassVar[str] = ""

    kind: Literal["contacted"]


class Statement(Message):
    """What a party wrote."""

    TYPE: ClassVar[str] = ""

    kind: Literal["statement"]
    agb_code: AgbCode
    text: Text
    reference: Reference | None = None


class Heard(Message):
    """A party was heard, or was invited and declined."""

    TYPE: ClassVar[str] = ""

    kind: Literal["heard"]
    agb_code: AgbCode
    on: Day
    declined: bool = False


class PatientWish(Message):
    """Which of the two GPs the patient wants; the last word counts, and it decides (rule 41)."""

    TYPE: ClassVar[str] = ""

    kind: Literal["patient-wish"]
    agb_code: AgbCode


class TermExtended(Message):
    """Two more weeks for the ruling, once, with notice to both parties."""

    TYPE: ClassVar[str] = ""

    kind: Literal["term-extended"]
    reason: Text
    parties_told_on: Day


class Ruled(Message):
    """Who was the GP on the reference date. Binding; there is no appeal."""

    TYPE: ClassVar[str] = ""

    kind: Literal["ruled"]
    agb_code: AgbCode
    text: Text


class Published(Message):
    """The ruling as everybody may read it: it never says who the patient is."""

    TYPE: ClassVar[str] = ""

    kind: Literal["published"]
    text: Text


class Withdrawn(Message):
    """The requester asks no longer."""

    TYPE: ClassVar[str] = ""

    kind: Literal["withdrawn"]


class Excluded(Message):
    """A GP who does not comply with the ruling registers nobody for a time; both days belong to it."""

    TYPE: ClassVar[str] = ""

    kind: Literal["excluded"]
    agb_code: AgbCode
    since: Day
    until: Day
    reason: Text


class ExclusionLifted(Message):
    """From the day on which this is taken, the GP is excluded no more."""

    TYPE: ClassVar[str] = ""

    kind: Literal["exclusion-lifted"]
    agb_code: AgbCode


AfterOpening: TypeAlias = (
    Contacted
    | Statement
    | Heard
    | PatientWish
    | TermExtended
    | Ruled
    | Published
    | Withdrawn
    | Excluded
    | ExclusionLifted
)
Step = Annotated[Opened | AfterOpening, Field(discriminator="kind")]


class CaseStep(Offered):
    """One step in a case of the ombudsman. Opening is asked by a provider; the office takes every other step."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.geschil-stap.v1"

    case_id: UUID
    step: Step


class CarryOutRuling(Offered):
    """A ruling that the register carries out for the patient. The register tells itself, once for each."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.uitspraak-uitvoeren.v1"

    case_id: UUID
    patient_id: UUID
    on_date: Day = Field(description="The reference date that the ruling is about")
    agb_code: AgbCode = Field(description="Who was the GP on that day")
    parties: tuple[AgbCode, AgbCode] = Field(description="The requester and the other party")
