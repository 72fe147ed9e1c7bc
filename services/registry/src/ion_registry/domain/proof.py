"""A proof of registration: what the register vouches for to the insurer of one patient (rules 46 to 48)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

ISSUER = "urn:nld:ion:registry"
INSURER_PREFIX = "urn:nld:uzovi:"


@dataclass(frozen=True, slots=True)
class Proof:
    """On a day this GP had this patient, as the register knew it when the proof was made.

    It is for one insurer, who knows the patient by BSN and may process it; initials and birth date let a reader see
    that no number was mixed up. The family name is not needed for either, and is not in it.
    """

    proof_id: UUID
    issued_at: datetime
    patient_id: UUID
    bsn: str
    initials: str
    birth_date: date | None
    agb_code: str
    gp_name: str | None
    on_date: date
    since: date
    uzovi: str

    def claims(self) -> dict[str, Any]:
        """Returns the signed claims (RFC 7519). There is no end of validity: what was known then stays so."""
        patient = {"bsn": self.bsn, "initials": self.initials}
        if self.birth_date is not None:
            patient["birthDate"] = self.birth_date.isoformat()
        claims = {
            "iss": ISSUER,
            "aud": INSURER_PREFIX + self.uzovi,
            "jti": str(self.proof_id),
            "iat": int(self.issued_at.timestamp()),
            "sub": f"urn:uuid:{self.patient_id}",
            "agbCode": self.agb_code,
            "onDate": self.on_date.isoformat(),
            "since": self.since.isoformat(),
            "patient": patient,
        }
        return claims if self.gp_name is None else {**claims, "gpName": self.gp_name}
