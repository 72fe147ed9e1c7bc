"""What the register is told rather than does: policy, care providers, exclusions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ion_contracts.messages import ProviderKind
from ion_registry.domain.entry import Code
from ion_registry.domain.exclusion import Exclusion
from ion_registry.domain.policy import Policy
from ion_registry.domain.provider import Provider


@dataclass(frozen=True, slots=True)
class Reference:
    """All that a batch of commands is judged by, beside the patients' own states.

    What parties offer whose intake is paused is refused; the register's own commands never are.
    """

    policy: Policy
    providers: Mapping[str, Provider] = field(default_factory=dict)
    exclusions: Mapping[str, Sequence[Exclusion]] = field(default_factory=dict)
    paused_parties: frozenset[str] = frozenset()

    def refuses(self, agb_code: str, day: date) -> Code | None:
        """Returns why no patient can be registered with this code on a day, or None when one can."""
        provider = self.providers.get(agb_code)
        if provider is None:
            return Code.UNKNOWN_AGB_CODE
        if not provider.active_on(day):
            return Code.AGB_CODE_NOT_ACTIVE
        if provider.kind is ProviderKind.PERSON and self.policy.row_on(day).practice_codes_only:  # rule 28
            return Code.PRACTICE_CODE_REQUIRED
        if any(exclusion.excludes(day) for exclusion in self.exclusions.get(agb_code, ())):  # rule 41
            return Code.AGB_CODE_EXCLUDED
        return None
