"""Which addresses a mail can go to. Narrower than the contract on purpose: what passes here cannot break a header."""

from __future__ import annotations

import re

ADDRESS_LENGTH_MAX = 254
"""RFC 5321's limit for a path, without its brackets."""
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@)({_ATOM}(?:\.{_ATOM})*)@{_LABEL}(?:\.{_LABEL})+", re.ASCII)


def is_mailable(address: str) -> bool:
    """Tells whether this is an address of RFC 5321 in ASCII, unquoted; others (SMTPUTF8, quoted) are not supported."""
    return len(address) <= ADDRESS_LENGTH_MAX and _ADDRESS.fullmatch(address) is not None
