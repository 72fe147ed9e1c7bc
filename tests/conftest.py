"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["tests.support.stack"]

# A shared machine is slow at times; an example that took long is no failure.
settings.register_profile("ion", deadline=None)
settings.load_profile("ion")
