"""Signs proofs of registration (JWS, ES256), and says by which keys they are verified."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from ion_registry.domain.proof import Proof

ALGORITHM = "ES256"
TYPE = "ion-proof+jwt"
"""In the header, so that no other token that this key may ever sign is taken for a proof (RFC 8725)."""


class ProofKeyError(Exception):
    """The key to sign with cannot be used; the message names the file and what is wrong, never its contents."""


class ProofSigner:
    """A private key with its id, and the public keys that were used before."""

    def __init__(self, key: ECKey, former: KeySet | None = None) -> None:
        self._key = key
        self._former = former

    def sign(self, proof: Proof) -> str:
        """Returns the proof as a compact JWS."""
        header = {"alg": ALGORITHM, "kid": self._key.kid, "typ": TYPE}
        return jwt.encode(header, proof.claims(), self._key, algorithms=[ALGORITHM])

    def key_set(self) -> Mapping[str, Any]:
        """Returns the public keys (JWKS, RFC 7517), the present one first."""
        former = [] if self._former is None else [key.as_dict(private=False) for key in self._former.keys]
        return {"keys": [self._key.as_dict(private=False), *former]}


def load_signer(key_file: Path | None, key_id: str, former_keys_file: Path | None) -> ProofSigner | None:
    """Returns the signer of these files: a P-256 private key as PEM, and a JWKS of former public keys.

    None without a key. Raises ProofKeyError.
    """
    if key_file is None:
        return None
    try:
        key = ECKey.import_key(key_file.read_text(), {"kid": key_id, "use": "sig", "alg": ALGORITHM})
    except (OSError, ValueError, JoseError):
        raise ProofKeyError(f"{key_file}: cannot be read as a private key in PEM") from None
    if not key.is_private or key.curve_name != "P-256":
        raise ProofKeyError(f"{key_file}: a private key on curve P-256 is needed")
    if former_keys_file is None:
        return ProofSigner(key)
    try:
        former = KeySet.import_key_set(json.loads(former_keys_file.read_text()))
    except (OSError, ValueError, JoseError, KeyError):
        raise ProofKeyError(f"{former_keys_file}: cannot be read as a JWKS") from None
    if any(one.kid in (None, key_id) for one in former.keys):
        raise ProofKeyError(f"{former_keys_file}: each former key needs an id of its own")
    return ProofSigner(key, former)
