"""Who may be told what (rules 42 and 43), and how a question ends that is not answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar
from uuid import UUID

from ion_registry.domain.asker import Asker, Role

T = TypeVar("T")


class Refusal(Enum):
    """Why a question is not answered: HTTP status, title, and what to do."""

    NOT_FOUND = (404, "Not found", "Nobody here may be shown for this question. Check what was asked, and for whom.")
    NOT_OWN_CODE = (
        403,
        "Not an own code",
        "Name only own codes, and among them the one in ion-on-behalf-of.",
    )
    NOT_FOR_THIS_ROLE = (403, "Not for this role", "This question is not answered to a party of this kind.")
    NOT_THE_SUCCESSOR = (
        403,
        "Neither stopped nor succeeded",
        "The list of a code that is out of use is shown to its successor as the care provider register states it.",
    )
    CURSOR_UNKNOWN = (400, "The cursor is not known", "Begin at the first page; the person it stood at is gone.")
    PAGE_TOO_DEEP = (400, "The page is too deep", "Go on with the cursor of the page before.")
    INSURER_NOT_KNOWN = (
        409,
        "The insurer is not known",
        "A proof is made for the insurer of that day; have the coverage checked first.",
    )
    TOO_MANY_PERSONS = (400, "Too many persons in one question", "Ask for less at a time.")

    @property
    def code(self) -> str:
        """The stable name."""
        return self.name.lower().replace("_", "-")


class RefusedError(Exception):
    """A question is not answered. `subjects` are the persons it was about, as far as known."""

    def __init__(self, refusal: Refusal, subjects: Collection[UUID] = ()) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.subjects = subjects


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was found, and the persons it is about, each of whom gets an access record; None: it shows no person."""

    value: T
    subjects: Collection[UUID] | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom an asker may see: everybody, or who is with these codes, or insured with these insurers."""

    everybody: bool
    agb_codes: frozenset[str] = frozenset()
    uzovi_codes: frozenset[str] = frozenset()


def require_own_codes(asker: Asker, agb_codes: Collection[str]) -> None:
    """Refuses a list to who does not act for it: a provider's codes are vouched for by `on_behalf_of`.

    Raises RefusedError.
    """
    if asker.role is Role.OFFICE:
        return
    if asker.role is not Role.PROVIDER:
        raise RefusedError(Refusal.NOT_FOR_THIS_ROLE)
    if asker.on_behalf_of not in agb_codes:
        raise RefusedError(Refusal.NOT_OWN_CODE)


def scope_of(asker: Asker, own_codes: Collection[str]) -> Scope:
    """Returns whom this asker may see; `own_codes` are AGB or UZOVI codes, none: the one in `on_behalf_of`.

    Raises RefusedError when those are not vouched for.
    """
    if asker.role is Role.OFFICE:
        return Scope(everybody=True)
    if asker.role not in (Role.PROVIDER, Role.INSURER):
        raise RefusedError(Refusal.NOT_FOR_THIS_ROLE)
    codes = frozenset(own_codes or ([asker.on_behalf_of] if asker.on_behalf_of else []))
    if asker.on_behalf_of not in codes:
        raise RefusedError(Refusal.NOT_OWN_CODE)
    if asker.role is Role.PROVIDER:
        return Scope(everybody=False, agb_codes=codes)
    return Scope(everybody=False, uzovi_codes=codes)
