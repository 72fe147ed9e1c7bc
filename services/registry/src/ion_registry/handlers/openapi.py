"""The description of the internal questions, as the committed file has it."""

from __future__ import annotations

from typing import Any

import yaml
from fastapi import FastAPI

from ion_platform.clock import Clock
from ion_platform.database import Pool
from ion_registry.handlers.http import create_router

VERSION = "0.1.0"


def page() -> str:
    """Returns the OpenAPI of the questions as YAML."""
    app = FastAPI(title="ION registry, internal questions", version=VERSION)
    app.include_router(create_router(_no_pool, Clock(), None))
    return yaml.safe_dump(_as_answered(app.openapi()), sort_keys=False, allow_unicode=True, width=110)


def _as_answered(description: dict[str, Any]) -> dict[str, Any]:
    """FastAPI says 422 of its own accord; what is invalid is answered by 400 here."""
    for path in description["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        description["components"]["schemas"].pop(name, None)
    return description


def _no_pool() -> Pool:
    raise AssertionError("describing asks nothing")
