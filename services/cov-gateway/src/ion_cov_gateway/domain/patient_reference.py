"""The routing key of a command: it says nothing about the person, and is the same for the same BSN."""

from __future__ import annotations

import hashlib
import hmac

REFERENCE_BYTES = 16


def patient_reference(bsn: str, secret: bytes) -> bytes:
    """Returns the first 16 bytes of HMAC-SHA-256(secret, BSN)."""
    return hmac.digest(secret, bsn.encode("ascii"), hashlib.sha256)[:REFERENCE_BYTES]
