"""Facts about registrations on `registration.events.v1`, kept for ever and free of BSNs and names.

They carry the period before and after, so that a count is a sum (billing), and a `sequence` per patient without gaps:
whoever reads them from the start knows every registration.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from ion_contracts.identifiers import AgbCode
from ion_contracts.messages.base import Day, Message, Moment
from ion_contracts.messages.office import UnblockGround


class EndedPeriod(Message):
    """A period of registration that has ended; both days belong to it."""

    TYPE: ClassVar[str] = ""

    agb_code: AgbCode
    since: Day
    until: Day


class HeldPeriod(Message):
    """A period of registration, perhaps one that goes on."""

    TYPE: ClassVar[str] = ""

    agb_code: AgbCode
    since: Day
    until: Day | None = None


class TransferReason(StrEnum):
    """Why a registration moved."""

    REGISTERED_ELSEWHERE = "registered-elsewhere"
    OWN_CODE = "own-code"
    LIST_MOVED = "list-moved"
    STATEMENT = "statement"


class EndReason(StrEnum):
    """Why a registration ended without another one: the GP's reasons, and `merged` into a patient who was known."""

    MOVED = "moved"
    DECEASED = "deceased"
    EMIGRATED = "emigrated"
    OTHER_SCHEME = "other-scheme"
    OWN_REQUEST = "own-request"
    MERGED = "merged"


class CorrectionReason(StrEnum):
    """Why the register came to believe otherwise; `merged`: a temporary patient of today turned out to be known."""

    CORRECTION = "correction"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Fact(Message):
    """What every fact about a patient says. `recordedOn` never goes back within a partition."""

    TYPE: ClassVar[str] = ""

    patient_id: UUID
    recorded_on: Day = Field(description="The day on which the register knew it; never goes back within a partition")
    recorded_at: Moment


class RegistrationStarted(Fact):
    """A patient without an active registration got one."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.inschrijving-begonnen.v1"

    agb_code: AgbCode
    since: Day
    temporary: bool = False


class RegistrationTransferred(Fact):
    """A patient moved to another GP: the old registration ended the day before the new one started (rule 2)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.inschrijving-overgedragen.v1"

    agb_code: AgbCode
    since: Day
    previous: EndedPeriod
    reason: TransferReason = TransferReason.REGISTERED_ELSEWHERE
    temporary: bool = False


class RegistrationEnded(Fact):
    """A registration ended and no other began: the GP deregistered the patient, or it was merged (rule 33)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.inschrijving-beeindigd.v1"

    ended: EndedPeriod
    reason: EndReason
    merged_into: UUID | None = Field(None, description="The patient under whom the person goes on")


class TemporaryDue(Fact):
    """Two months have passed: the GP is asked to complete or extend the temporary registration (rule 34)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.aanvulling-gevraagd.v1"

    agb_code: AgbCode
    since: Day
    ends_on: Day = Field(description="The first day without registration, if nothing is done")


class TemporaryExpired(Fact):
    """Three months have passed without an answer: the temporary registration ended (rules 34 and 37)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.tijdelijke-inschrijving-vervallen.v1"

    ended: EndedPeriod


class TemporaryCompleted(Fact):
    """BSN and insurance are known: the registration is a definite one from now on, with the same start."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.tijdelijke-inschrijving-definitief.v1"

    agb_code: AgbCode
    since: Day


class PatientBlocked(Fact):
    """Two GPs registered a patient back and forth: every further registration is refused (rule 38)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.patient-geblokkeerd.v1"

    agb_codes: Annotated[list[AgbCode], Field(min_length=2, max_length=2)]
    blocked_on: Day


class PatientUnblocked(Fact):
    """A block was lifted by a ruling or the patient's statement (rule 39)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.patient-gedeblokkeerd.v1"

    ground: UnblockGround


class Rewritten(Fact):
    """The register came to believe otherwise about some days: `replaced` are the periods that it had there."""

    TYPE: ClassVar[str] = ""

    agb_code: AgbCode | None = Field(None, description="Who has the patient on these days; absent: nobody")
    valid_from: Day
    valid_until: Day | None = Field(None, description="The last day; absent: until further notice")
    replaced: list[HeldPeriod]


class RegistrationCorrected(Rewritten):
    """Authorised staff corrected some days, a party withdrew what it had done, or two patients became one."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.inschrijving-gecorrigeerd.v1"

    reason: CorrectionReason


class RulingCarriedOut(Rewritten):
    """A ruling of the ombudsman was carried out: who was the GP from the disputed day (rules 40 and 41)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.uitspraak-uitgevoerd.v1"

    case_id: UUID


class DayClosed(Message):
    """All that this partition of the register knew by the end of this day stands before this record."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.dag-afgesloten.v1"

    day: Day
    partition: int
