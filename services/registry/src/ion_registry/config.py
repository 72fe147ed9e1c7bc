"""The settings of the registry beside those of every service."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from ion_platform.settings import Settings


class RegistrySettings(Settings):
    """What the registry is told by its environment."""

    timer_interval_s: float = Field(
        1.0, title="Interval of timers", description="So much later than its moment a day is closed, and no more", gt=0
    )
    proof_key_file: Path | None = Field(
        None,
        title="Key that signs proofs of registration",
        description="PEM file with a private key on curve P-256; without it no proofs are made",
    )
    proof_key_id: str = Field(
        "1",
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        title="Id of that key",
        description="The `kid` in each proof: a new one for each new key, and old proofs stay verified by theirs",
    )
    proof_former_keys_file: Path | None = Field(
        None,
        title="Keys that signed before",
        description="JWKS file with their public keys; served beside the present one",
    )
