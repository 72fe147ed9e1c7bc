"""Links of a chain: each holds a hash over its rows and over the link before, so that nothing can change unnoticed.

The form of what is hashed is described in docs/evidence.md, and may never change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from operator import itemgetter
from typing import NamedTuple, Protocol
from uuid import UUID

import orjson

BEFORE_THE_FIRST = bytes(32)
"""What the first link of a chain follows."""

LINK_COLUMN = "link"
"""Says which link covers a row. It is outside the hash: the rows of a link are counted."""

Key = tuple[int, ...]
"""What orders the rows of a chain; compared as tuples are."""


class Row(Protocol):
    """Values by their position, as tuples and records of the database have them."""

    def __getitem__(self, index: int, /) -> object: ...


class Link(NamedTuple):
    """One link, in the order of its columns."""

    chain: str
    n: int
    first_key: Key
    last_key: Key
    rows: int
    rows_hash: bytes
    previous_hash: bytes
    hash: bytes
    linked_at: datetime

    def computed_hash(self) -> bytes:
        """Returns what `hash` has to be."""
        content = {
            "chain": self.chain,
            "first_key": self.first_key,
            "last_key": self.last_key,
            "linked_at": self.linked_at.astimezone(UTC),
            "n": self.n,
            "previous_hash": self.previous_hash.hex(),
            "rows": self.rows,
            "rows_hash": self.rows_hash.hex(),
        }
        return sha256(orjson.dumps(content)).digest()


@dataclass(frozen=True, slots=True)
class Tail:
    """The newest link of a chain, as far as the next one needs it."""

    n: int = 0
    hash: bytes = BEFORE_THE_FIRST


def next_link(
    chain: str, tail: Tail, keys: tuple[Key, Key], encoded_rows: Sequence[bytes], linked_at: datetime
) -> Link:
    """Returns the link that follows the tail and covers these rows, in the order of their keys (first and last)."""
    link = Link(
        chain=chain,
        n=tail.n + 1,
        first_key=keys[0],
        last_key=keys[1],
        rows=len(encoded_rows),
        rows_hash=hash_rows(encoded_rows),
        previous_hash=tail.hash,
        hash=b"",
        linked_at=linked_at,
    )
    return link._replace(hash=link.computed_hash())


def hash_rows(encoded_rows: Sequence[bytes]) -> bytes:
    """Returns the hash of rows, each followed by a line feed."""
    return sha256(b"".join([row + b"\n" for row in encoded_rows])).digest()


class RowEncoder:
    """Writes a row as one line of JSON: its columns that are not null, by name, without that of its link.

    So a column that is added later, and is null in the rows that were there, changes no hash.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        hashed = [index for index, column in enumerate(columns) if column != LINK_COLUMN]
        order = sorted(hashed, key=columns.__getitem__)
        self._names = [columns[index] for index in order]
        self._values = itemgetter(*order)

    def __call__(self, row: Row) -> bytes:
        """Returns the line without its end. Raises TypeError when a value is of no kind that a column holds."""
        # Moments are brought to UTC: the database gives them back so, whatever zone they were written in.
        values = {
            name: value.astimezone(UTC) if type(value) is datetime else value
            for name, value in zip(self._names, self._values(row), strict=True)
            if value is not None
        }
        return orjson.dumps(values, _plain, orjson.OPT_SORT_KEYS)


def _plain(value: object) -> str:
    if isinstance(value, UUID):  # The driver's own class, which orjson does not know.
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no place in a chained row")
