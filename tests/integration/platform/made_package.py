"""A service package made for a test, with the migrations that the test wants."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path

import pytest

PRE = "0001_pre_things.sql"
MADE: Mapping[str, str] = {PRE: "create table thing (id integer primary key);"}


class MadePackage:
    """A package on the import path whose migrations can be changed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.name = f"made_{uuid.uuid4().hex}"
        self.root = folder
        self._migrations = folder / self.name / "migrations"
        self._migrations.mkdir(parents=True)
        (folder / self.name / "__init__.py").touch()
        monkeypatch.syspath_prepend(str(folder))
        for file, sql in MADE.items():
            self.write(file, sql)

    def write(self, file: str, sql: str) -> None:
        """Adds or replaces a migration."""
        (self._migrations / file).write_text(sql)

    def remove(self, file: str) -> None:
        """Takes a migration away, as an older version of the code would not have it."""
        (self._migrations / file).unlink()
