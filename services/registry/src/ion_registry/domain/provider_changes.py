"""What an import does to one care provider: old and new beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ion_contracts.messages import CareProvider

_COMPARED = tuple(
    (name, field.alias or name) for name, field in CareProvider.model_fields.items() if name != "recorded_at"
)


class ChangeKind(StrEnum):
    """What happened to an AGB code; a code that stays as it is has no change."""

    NEW = "new"
    CHANGED = "changed"
    ENDED = "ended"
    DISAPPEARED = "disappeared"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field by its name in the file, with its old and new value as text; empty where there was none."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ProviderChange:
    """One AGB code that is new or becomes different; `before` is None when it is new."""

    kind: ChangeKind
    before: CareProvider | None
    provider: CareProvider

    @property
    def moves(self) -> bool:
        """Returns whether the associations become others."""
        return self.provider.associations != (self.before.associations if self.before else ())

    def differences(self) -> list[Difference]:
        """Returns the fields that change; none when the provider is new."""
        if self.before is None:
            return []
        old, new = self.before, self.provider
        return [
            Difference(alias, _text(getattr(old, name)), _text(getattr(new, name)))
            for name, alias in _COMPARED
            if getattr(old, name) != getattr(new, name)
        ]


def compare(before: CareProvider | None, provider: CareProvider) -> ProviderChange | None:
    """Returns what the provider of a file changes, or None when everything is known already."""
    if before is None:
        return ProviderChange(ChangeKind.NEW, None, provider)
    if all(getattr(before, name) == getattr(provider, name) for name, _ in _COMPARED):
        return None
    ended = before.active_until is None and provider.active_until is not None
    return ProviderChange(ChangeKind.ENDED if ended else ChangeKind.CHANGED, before, provider)


def disappearance(before: CareProvider, last_day: date) -> ProviderChange:
    """Returns the end of a provider that is no longer in the register, on this day or its own first one."""
    until = last_day if before.active_from is None else max(last_day, before.active_from)
    return ProviderChange(ChangeKind.DISAPPEARED, before, before.model_copy(update={"active_until": until}))


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return " | ".join(f"{a.agb_code} {a.since}{f' {a.until}' if a.until else ''}" for a in value)
    return "" if value is None else str(value)
