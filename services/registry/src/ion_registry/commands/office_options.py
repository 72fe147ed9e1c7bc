"""The options that the commands of the office have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class Matching(click.ParamType[str]):
    """A text of one form, refused with what it should be."""

    def __init__(self, name: str, pattern: str, what: str) -> None:
        self.name = name
        self._pattern = re.compile(pattern)
        self._what = what

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if self._pattern.fullmatch(str(value)) is None:
            self.fail(self._what, param, ctx)  # Never the value: it may be a BSN in the wrong place.
        return value


AGB_CODE = Matching("agb code", r"01[0-9]{6}", "an AGB code of a GP has 8 digits and begins with 01")
UZOVI = Matching("uzovi", r"[0-9]{4}", "an insurer's code has 4 digits")
REFERENCE = Matching(
    "reference",
    r"(?![0-9]{8,9}$)[A-Za-z0-9][A-Za-z0-9./-]{0,39}",
    "a reference has at most 40 letters, digits, dots, slashes and dashes, and is no BSN",
)
COMMAND_ID = Matching("command id", r"(?![0-9]{8,9}$)[A-Za-z0-9._:/-]{1,128}", "this is no id of a command")
DAY = click.DateTime(["%Y-%m-%d"])


def dry_run_option(command: FunctionT) -> FunctionT:
    """Adds --dry-run."""
    return click.option("--dry-run", is_flag=True, help="Only say what would become of it.")(command)


def about_a_patient(command: FunctionT) -> FunctionT:
    """Adds --user, --patient-id and --dry-run."""
    command = dry_run_option(command)
    command = click.option(
        "--patient-id", type=click.UUID, help="The register's own number, instead of a BSN on stdin."
    )(command)
    return click.option("--user", required=True, help="Who does this: a personal code, for the access log.")(command)
