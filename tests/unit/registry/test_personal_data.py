"""The page about personal data is that of the table in code."""

from __future__ import annotations

from pathlib import Path

from ion_registry.domain.personal_data import PERSONAL_DATA, sources_of
from ion_registry.generate import PAGES
from ion_registry.services.evidence.person_tables import PERSON_TABLES

REPOSITORY = Path(__file__).resolve().parents[3]


def test_the_committed_pages_are_those_that_would_be_generated() -> None:
    drifted = [path for path, page in PAGES.items() if (REPOSITORY / path).read_text(encoding="utf-8") != page()]
    assert drifted == [], "run `make contracts`"


def test_a_column_stands_in_the_table_once() -> None:
    columns = [(data.table, column) for data in PERSONAL_DATA for column in data.columns]
    assert len(columns) == len(set(columns))


def test_every_table_about_persons_says_where_its_data_come_from() -> None:
    assert [table.name for table in PERSON_TABLES if not sources_of(table.name)] == []
