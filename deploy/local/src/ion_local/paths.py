"""Where things lie. Everything that is made lies under `.local/` of the repository, or under ION_LOCAL_DIR."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]


def default_directory() -> Path:
    """Returns the folder of the stack that `make up` starts."""
    return Path(os.environ.get("ION_LOCAL_DIR", REPOSITORY / ".local")).resolve()


def cache_directory() -> Path:
    """Returns the folder of what was downloaded; all stacks share it."""
    return Path(os.environ.get("ION_LOCAL_CACHE", REPOSITORY / ".local" / "cache")).resolve()
