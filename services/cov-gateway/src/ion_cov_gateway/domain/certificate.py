"""The certificate header that Envoy sets (`x-forwarded-client-cert`) and nobody else can."""

from __future__ import annotations

import re

HEADER = "x-forwarded-client-cert"
_HASH = re.compile(r"(?:^|;)Hash=([0-9a-fA-F]{64})(?:;|$)")


def certificate_hash(header: str) -> str | None:
    """Returns the SHA-256 of the caller's certificate in lower case, or None when the header holds none.

    With several proxies in between, elements are separated by commas and the last one is the nearest.
    """
    found = _HASH.search(header.rsplit(",", 1)[-1].strip())
    return found.group(1).lower() if found else None
