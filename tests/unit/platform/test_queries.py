from __future__ import annotations

import pytest

from ion_platform.queries import QueryFileError, load_queries, parse_queries

MADE = """-- The queries of a test.

-- name: find_one
-- The one with this id.
select 1

-- name: find_all
-- All of them,
-- in order.
select 2 -- trailing
"""


def test_a_query_is_found_by_item_and_by_attribute() -> None:
    queries = parse_queries(MADE, "made")
    assert list(queries) == ["find_one", "find_all"]
    assert queries["find_one"].endswith("select 1")
    assert queries.find_all == queries["find_all"]


def test_an_unknown_name_is_an_error() -> None:
    queries = parse_queries(MADE, "made")
    with pytest.raises(KeyError):
        _ = queries["missing"]
    with pytest.raises(AttributeError, match="missing"):
        _ = queries.missing


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("select 1", "before the first"),
        ("-- name: Find\n-- What for.\nselect 1", "snake_case"),
        ("-- name:\n-- What for.\nselect 1", "snake_case"),
        ("-- name: find\nselect 1", "what it is for"),
        ("-- name: find\n-- What for.\n", "no statement"),
        ("-- name: find\n-- What for.\nselect 1\n-- name: find\n-- Again.\nselect 2", "twice"),
    ],
)
def test_a_file_that_breaks_the_form_is_refused_with_its_name(text: str, complaint: str) -> None:
    with pytest.raises(QueryFileError, match=complaint) as caught:
        parse_queries(text, "made/queries.sql")
    assert "made/queries.sql" in str(caught.value)


def test_the_queries_of_the_platform_itself_keep_the_form() -> None:
    assert "move_positions" in load_queries("ion_platform")
