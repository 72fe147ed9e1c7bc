"""Secrets of a local stack, made once and kept in its folder for nobody else to read."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from joserfc.jwk import ECKey


def patient_reference_secret(directory: Path) -> str:
    """Returns the secret by which the gateway keys commands."""
    return _kept(directory / "patient-reference-secret", lambda: secrets.token_hex(32).encode()).read_text()


def proof_key_file(directory: Path) -> Path:
    """Returns the file with the key by which the registry signs proofs of registration."""
    return _kept(directory / "proof-key.pem", lambda: ECKey.generate_key("P-256").as_pem(private=True))


def _kept(path: Path, make: Callable[[], bytes]) -> Path:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(make())
    return path
