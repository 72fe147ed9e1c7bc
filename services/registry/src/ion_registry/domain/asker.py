"""Who asks the register something, as far as the access log has to know (NEN 7513)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ion_platform.log_fields import without_bsn

PARTY_LENGTH_MAX = 100
"""As in the commands: the gateway's name for the party."""
_CODE = re.compile(r"[A-Za-z0-9._:@+-]{1,100}")


class Role(StrEnum):
    """What the party is to the register (rule 42)."""

    PROVIDER = "provider"
    INSURER = "insurer"
    OFFICE = "office"
    SYSTEM = "system"


class Action(StrEnum):
    """What was done with the data."""

    READ = "read"
    SEARCH = "search"
    LIST = "list"
    COMPARE = "compare"
    EXPORT = "export"


class Result(StrEnum):
    """How a question ended; what is refused names its code."""

    FOUND = "found"
    NOT_FOUND = "not-found"
    REFUSED = "refused"


class InvalidAskerError(ValueError):
    """Who asks was not said as it must be. `fields` names what is wrong, and never repeats it."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(f"not valid: {', '.join(fields)}")
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Asker:
    """A party, for whom it acts (an AGB code, an UZOVI code), and the person there when the party said who."""

    party: str
    role: Role
    on_behalf_of: str | None = None
    user: str | None = None


def parse_asker(party: str, role: str, on_behalf_of: str | None, user: str | None) -> Asker:
    """Returns who asks. Raises InvalidAskerError; also when one of the texts holds a BSN."""
    wrong = [name for name, text in (("on-behalf-of", on_behalf_of), ("user", user)) if not _is_code(text)]
    if not (0 < len(party) <= PARTY_LENGTH_MAX and party.strip() and party.isprintable()) or _holds_bsn(party):
        wrong.append("party")
    if role not in set(Role):
        wrong.append("role")
    if wrong:
        raise InvalidAskerError(sorted(wrong))
    return Asker(party, Role(role), on_behalf_of, user)


def _is_code(text: str | None) -> bool:
    return text is None or (_CODE.fullmatch(text) is not None and not _holds_bsn(text))


def _holds_bsn(text: str) -> bool:
    return without_bsn(text) != text
