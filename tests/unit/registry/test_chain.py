"""Links over rows, and what is found when one of them is not as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

import orjson
import pytest
from asyncpg.pgproto import pgproto

from ion_contracts.messages import Mode
from ion_registry.domain.chain import BEFORE_THE_FIRST, Key, Link, RowEncoder, Tail, next_link
from ion_registry.domain.chain_check import ChainCheck, Fault, FaultKind

LINKED_AT = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)
PATIENT = "bec6e700-b8ba-4738-9d18-4e2744609014"


class Row(NamedTuple):
    """A row as the check sees it."""

    link: int | None
    key: Key
    content: bytes


def made_chain(sizes: Sequence[int]) -> tuple[list[Link], list[Row]]:
    """Returns links of so many rows each, and the rows, with keys that go up one by one."""
    links: list[Link] = []
    rows: list[Row] = []
    tail = Tail()
    for size in sizes:
        own = [Row(tail.n + 1, (1, len(rows) + n, 0), b'{"row":%d}' % (len(rows) + n)) for n in range(size)]
        link = next_link("journal/0", tail, (own[0].key, own[-1].key), [row.content for row in own], LINKED_AT)
        links.append(link)
        rows += own
        tail = Tail(link.n, link.hash)
    return links, rows


def check(
    links: Sequence[Link],
    rows: Sequence[Row],
    tail: Tail | None,
    *,
    at_once: int = 2,
    heads: dict[int, bytes] | None = None,
) -> Fault | None:
    """Returns the first fault, taking some links at a time, as the reader of the database does."""
    chain = ChainCheck(Tail(), heads or {})
    position: Key = (-1, -1, -1)
    for start in range(0, len(links), at_once):
        part = links[start : start + at_once]
        through = max(position, *(link.last_key for link in part))
        chain.open(part)
        for row in rows:
            if position < row.key <= through:
                chain.add(*row)
        fault = chain.close()
        if fault:
            return fault
        position = through
    beyond = [row.key for row in rows if row.key > position]
    return chain.finish(tail, min(beyond, default=None))


def tail_of(links: Sequence[Link]) -> Tail:
    return Tail(links[-1].n, links[-1].hash)


def test_a_row_is_its_columns_that_are_not_null_by_name_in_utc() -> None:
    encode = RowEncoder(["since", "code", "reason", "recorded_at", "patient_id", "mode", "key"])
    moment = datetime(2027, 1, 10, 13, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    row = [date(2027, 1, 10), "registered", None, moment, UUID(PATIENT), Mode.MANUAL, b"\x01\xff"]
    assert encode(row) == (
        b'{"code":"registered","key":"01ff","mode":"manual","patient_id":"' + PATIENT.encode()
        + b'","recorded_at":"2027-01-10T12:00:00.000005+00:00","since":"2027-01-10"}'
    )  # fmt: skip


def test_a_row_is_the_same_as_the_database_gives_it_back() -> None:
    encode = RowEncoder(["patient_id", "mode", "details"])
    assert encode([UUID(PATIENT), Mode.MANUAL, {"b": 1, "a": [2]}]) == encode(
        [pgproto.UUID(PATIENT), "manual", {"a": [2], "b": 1}]
    )


def test_a_column_that_was_added_later_and_is_null_changes_nothing() -> None:
    assert RowEncoder(["code", "added", "since"])(["x", None, "y"]) == RowEncoder(["code", "since"])(["x", "y"])


def test_a_value_that_no_column_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="JSON serializable: object"):
        RowEncoder(["code", "reason"])(["x", object()])


def test_a_hash_can_be_recomputed_by_anybody_from_the_description() -> None:
    link = next_link("journal/3", Tail(), ((1, 5, 0), (1, 6, 1)), [b'{"a":1}', b'{"a":2}'], LINKED_AT)
    content = {
        "chain": "journal/3", "first_key": [1, 5, 0], "last_key": [1, 6, 1],
        "linked_at": "2027-01-10T12:00:00+00:00", "n": 1, "previous_hash": "00" * 32, "rows": 2,
        "rows_hash": sha256(b'{"a":1}\n{"a":2}\n').hexdigest(),
    }  # fmt: skip
    assert link.hash == sha256(orjson.dumps(content)).digest()
    assert link.previous_hash == BEFORE_THE_FIRST


@pytest.mark.parametrize("at_once", [1, 2, 3, 10])
def test_an_untouched_chain_is_whole(at_once: int) -> None:
    links, rows = made_chain([3, 1, 4, 2, 1])
    assert check(links, rows, tail_of(links), at_once=at_once) is None


def test_links_of_one_transaction_may_have_their_rows_among_each_other() -> None:
    """A batch gives one link, its unreadable records another."""
    rows = [Row(1 if n != 2 else 2, (1, n, 0), b"%d" % n) for n in range(5)]
    batch = [row for row in rows if row.link == 1]
    first = next_link("journal/0", Tail(), (batch[0].key, batch[-1].key), [r.content for r in batch], LINKED_AT)
    second = next_link("journal/0", tail_of([first]), (rows[2].key, rows[2].key), [rows[2].content], LINKED_AT)
    for at_once in (1, 2):
        assert check([first, second], rows, tail_of([first, second]), at_once=at_once) is None


def changed_row(links: list[Link], rows: list[Row]) -> None:
    rows[4] = rows[4]._replace(content=b"other")


def missing_row(links: list[Link], rows: list[Row]) -> None:
    del rows[4]


def added_row_with_link(links: list[Link], rows: list[Row]) -> None:
    rows.insert(5, Row(3, (1, 4, 1), b"new"))


def added_row_without_link(links: list[Link], rows: list[Row]) -> None:
    rows.insert(5, Row(None, (1, 4, 1), b"new"))


def added_row_of_a_link_long_gone(links: list[Link], rows: list[Row]) -> None:
    rows.append(Row(1, (1, 100, 0), b"new"))


def added_row_of_a_link_that_never_was(links: list[Link], rows: list[Row]) -> None:
    rows.insert(5, Row(6, (1, 4, 1), b"new"))


def added_row_at_the_end(links: list[Link], rows: list[Row]) -> None:
    rows.append(Row(None, (1, 100, 0), b"new"))


def missing_link(links: list[Link], rows: list[Row]) -> None:
    del links[2]


def missing_last_link(links: list[Link], rows: list[Row]) -> None:
    del links[-1]


def missing_first_link(links: list[Link], rows: list[Row]) -> None:
    del links[0]


def changed_count(links: list[Link], rows: list[Row]) -> None:
    links[2] = links[2]._replace(rows=3)


def rewritten_link(links: list[Link], rows: list[Row]) -> None:
    """As one would who knows the form, and stops there."""
    changed = links[2]._replace(linked_at=LINKED_AT + timedelta(days=1))
    links[2] = changed._replace(hash=changed.computed_hash())


@pytest.mark.parametrize(
    ("harm", "link", "kind"),
    [
        (changed_row, 3, FaultKind.ROW_CHANGED),
        (missing_row, 3, FaultKind.ROW_MISSING),
        (added_row_with_link, 3, FaultKind.ROW_ADDED),
        (added_row_without_link, 3, FaultKind.ROW_ADDED),
        (added_row_of_a_link_long_gone, 5, FaultKind.ROW_ADDED),
        (added_row_of_a_link_that_never_was, 5, FaultKind.ROW_ADDED),
        (added_row_at_the_end, 5, FaultKind.ROW_ADDED),
        (missing_link, 3, FaultKind.LINK_MISSING),
        (missing_last_link, 5, FaultKind.LINK_MISSING),
        (missing_first_link, 1, FaultKind.LINK_MISSING),
        (changed_count, 3, FaultKind.LINK_CHANGED),
        (rewritten_link, 4, FaultKind.LINK_CHANGED),
    ],
)
@pytest.mark.parametrize("at_once", [1, 2, 10])
def test_the_first_broken_link_is_named_with_what_is_wrong(
    harm: Callable[[list[Link], list[Row]], None], link: int, kind: FaultKind, at_once: int
) -> None:
    links, rows = made_chain([3, 1, 2, 2, 1])
    tail = tail_of(links)
    harm(links, rows)
    fault = check(links, rows, tail, at_once=at_once)
    assert fault is not None
    assert (fault.link, fault.kind) == (link, kind)


@pytest.mark.parametrize(("at_once", "kind"), [(1, FaultKind.ROW_MISSING), (10, FaultKind.ROW_ADDED)])
def test_a_row_that_names_another_link_than_its_own_is_seen(at_once: int, kind: FaultKind) -> None:
    links, rows = made_chain([3, 1, 2])
    rows[4] = rows[4]._replace(link=1)
    fault = check(links, rows, tail_of(links), at_once=at_once)
    assert fault is not None
    assert fault.kind == kind


def test_a_tail_that_names_another_last_link_or_is_gone_is_seen() -> None:
    links, rows = made_chain([2, 2])
    other = check(links, rows, Tail(2, b"x" * 32))
    gone = check(links, rows, None)
    assert (other and other.kind, gone and gone.kind) == (FaultKind.LINK_CHANGED, FaultKind.LINK_MISSING)


def test_a_chain_that_was_rewritten_whole_is_seen_by_a_head_that_was_kept_outside() -> None:
    links, rows = made_chain([2, 2, 2])
    kept = {2: links[1].hash}
    rewritten, others = made_chain([2, 1, 3])
    assert check(rewritten, others, tail_of(rewritten)) is None
    assert check(links, rows, tail_of(links), heads=kept) is None
    changed = check(rewritten, others, tail_of(rewritten), heads=kept)
    cut = check(links[:1], rows[:2], tail_of(links[:1]), heads=kept)
    assert (changed and changed.link, changed and changed.kind) == (2, FaultKind.LINK_CHANGED)
    assert (cut and cut.link, cut and cut.kind) == (2, FaultKind.LINK_MISSING)
