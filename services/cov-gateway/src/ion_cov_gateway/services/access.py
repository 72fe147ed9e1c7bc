"""Who calls, and for which AGB codes. Rights stand beside the certificate (rule 45)."""

from __future__ import annotations

from dataclasses import dataclass

from ion_cov_gateway.domain.certificate import certificate_hash
from ion_cov_gateway.services.registrations import QUERIES
from ion_platform.database import Pool
from ion_platform.problems import Problem


@dataclass(frozen=True, slots=True)
class Caller:
    """A party with its AGB codes."""

    party: str
    agb_codes: frozenset[str]

    def require_agb_code(self, agb_code: str) -> str:
        """Returns the code when it is one of the caller's own. Raises Problem (403)."""
        if agb_code not in self.agb_codes:
            raise Problem(
                403,
                "not-your-agb-code",
                "This is not one of your AGB codes",
                "Use an AGB code that was enrolled with your certificate, or have it enrolled.",
            )
        return agb_code


class Access:
    """Looks up what a certificate may do."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def caller(self, header: str) -> Caller:
        """Returns who holds the certificate. Raises Problem: 401 without one, 403 when nobody enrolled it."""
        found = certificate_hash(header)
        if found is None:
            raise Problem(
                401,
                "no-certificate",
                "A client certificate is needed",
                "Connect with the certificate that you enrolled.",
            )
        row = await self._pool.fetchrow(QUERIES["find_access"], found)
        if row is None:
            raise Problem(
                403, "certificate-not-enrolled", "Nobody enrolled this certificate", "Ask the office to enrol it."
            )
        return Caller(row["party"], frozenset(row["agb_codes"]))
