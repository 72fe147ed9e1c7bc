"""The settings of the registry beside those of every service."""

from __future__ import annotations

from pydantic import Field

from ion_platform.settings import Settings


class RegistrySettings(Settings):
    """What the registry is told by its environment."""

    timer_interval_s: float = Field(
        1.0, title="Interval of timers", description="So much later than its moment a day is closed, and no more", gt=0
    )
