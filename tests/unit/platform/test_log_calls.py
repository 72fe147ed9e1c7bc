"""What the code of all services hands to its loggers, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from ion_platform.log_fields import ALLOWED_FIELDS

SERVICES = Path(__file__).resolve().parents[3] / "services"
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}
NOT_WRITTEN = {"exc_info"}


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    """Returns (place, call) of every `log.info(...)` and the like."""
    for file in sorted(SERVICES.glob("*/src/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
                target = node.func.value
                if isinstance(target, ast.Name) and target.id in {"log", "logger"}:
                    yield f"{file.relative_to(SERVICES)}:{node.lineno}", node


def test_every_text_is_a_constant() -> None:
    assert [
        place
        for place, call in log_calls()
        if len(call.args) != 1 or not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))
    ] == []


def test_every_field_is_allowed() -> None:
    allowed = ALLOWED_FIELDS | NOT_WRITTEN
    assert [
        f"{place} {keyword.arg or '**'}"
        for place, call in log_calls()
        for keyword in call.keywords
        if keyword.arg not in allowed
    ] == []
