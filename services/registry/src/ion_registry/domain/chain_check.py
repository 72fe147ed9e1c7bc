"""Holds the rows and links of one chain against each other, in one pass, and finds the first that is not whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from ion_registry.domain.chain import Key, Link, Tail

LINKS_AHEAD_MAX = 8
"""One transaction may write some links whose rows lie among each other: a batch and its unreadable records do."""


class FaultKind(StrEnum):
    """What is wrong with a link."""

    ROW_MISSING = "row missing"
    ROW_ADDED = "row added"
    ROW_CHANGED = "row changed"
    LINK_MISSING = "link missing"
    LINK_CHANGED = "link changed"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first link of a chain that is not whole, and why."""

    link: int
    kind: FaultKind
    detail: str


@dataclass(slots=True)
class _Tally:
    """What was seen of the rows of a link."""

    rows: int = 0
    digest: Any = field(default_factory=sha256)


class ChainCheck:
    """Takes links in their order, some at a time, with the rows up to the last key of those links.

    `after` is the link that is taken as it is (the beginning of the chain, or the one before the first to check).
    `heads` are hashes of links that were kept outside the database, by number.
    """

    def __init__(self, after: Tail, heads: Mapping[int, bytes]) -> None:
        self._begin = after.n + 1
        self._previous = after
        self._heads = heads
        self._links: Sequence[Link] = ()
        self._tallies: dict[int, _Tally] = {}
        self._newest = after.n
        self._stray: tuple[Key, int | None] | None = None
        self.rows = 0

    @property
    def links(self) -> int:
        """How many links were found whole."""
        return self._previous.n - self._begin + 1

    def open(self, links: Sequence[Link]) -> None:
        """Begins with the next links; their rows follow."""
        self._links = links
        self._newest = links[-1].n
        for link in links:
            self._tallies.setdefault(link.n, _Tally())

    def add(self, link: int | None, key: Key, encoded_row: bytes) -> None:
        """Takes the next row of the table, in the order of keys, with the link that it names."""
        if link is not None and self._newest < link <= self._newest + LINKS_AHEAD_MAX:
            self._tallies.setdefault(link, _Tally())
        tally = self._tallies.get(link) if link is not None else None
        if tally is not None:
            tally.rows += 1
            tally.digest.update(encoded_row + b"\n")
        elif self._stray is None and (link is None or link >= self._begin or self._begin == 1):
            self._stray = (key, link)

    def close(self) -> Fault | None:
        """Returns what is wrong with the links that were opened; None when each covers its rows."""
        for link in self._links:
            fault = self._fault_of(link, self._tallies.pop(link.n))
            if fault is not None:
                return fault
            self.rows += link.rows
            self._previous = Tail(link.n, link.hash)
        self._links = ()
        return None

    def finish(self, tail: Tail | None, beyond: Key | None) -> Fault | None:
        """Returns what is wrong with the end: the tail names the last link, and no row lies beyond its last key."""
        last = self._previous
        missing = max([n for n in self._heads if n > last.n], default=0)
        if tail is None:
            return Fault(last.n, FaultKind.LINK_MISSING, "the row of this chain in chain_tail is gone")
        if max(tail.n, missing) > last.n:
            return Fault(last.n + 1, FaultKind.LINK_MISSING, f"there have been links up to {max(tail.n, missing)}")
        if tail != last:
            return Fault(last.n, FaultKind.LINK_CHANGED, "it is not the link that chain_tail names as the newest")
        if self._tallies:
            named = min(self._tallies)
            return Fault(last.n, FaultKind.ROW_ADDED, f"a row names link {named}, which does not exist")
        if self._stray is not None:
            return Fault(last.n, FaultKind.ROW_ADDED, _describe(self._stray))
        if beyond is not None:
            return Fault(last.n, FaultKind.ROW_ADDED, f"the row at {show_key(beyond)} comes after the last link")
        return None

    def _fault_of(self, link: Link, tally: _Tally) -> Fault | None:
        n, previous = link.n, self._previous
        if n != previous.n + 1:
            return Fault(previous.n + 1, FaultKind.LINK_MISSING, f"after link {previous.n} comes link {n}")
        if link.hash != link.computed_hash():
            return Fault(n, FaultKind.LINK_CHANGED, "its hash is not that of its content")
        if link.previous_hash != previous.hash:
            return Fault(n, FaultKind.LINK_CHANGED, f"it does not follow link {previous.n} as that is now")
        if self._heads.get(n, link.hash) != link.hash:
            return Fault(n, FaultKind.LINK_CHANGED, "its hash is not the one that was kept outside")
        keys = f"{show_key(link.first_key)} to {show_key(link.last_key)}"
        if tally.rows < link.rows:
            return Fault(n, FaultKind.ROW_MISSING, f"{tally.rows} of its {link.rows} rows from {keys} are there")
        if tally.rows > link.rows:
            return Fault(n, FaultKind.ROW_ADDED, f"{tally.rows} rows from {keys} where there were {link.rows}")
        if tally.digest.digest() != link.rows_hash:
            return Fault(n, FaultKind.ROW_CHANGED, f"one or more of its {link.rows} rows from {keys}")
        if self._stray is not None and self._stray[0] <= link.last_key:
            return Fault(n, FaultKind.ROW_ADDED, _describe(self._stray))
        return None


def show_key(key: Key) -> str:
    """Returns a key as it is printed."""
    return "/".join(str(part) for part in key)


def _describe(stray: tuple[Key, int | None]) -> str:
    key, link = stray
    return f"the row at {show_key(key)} " + ("names no link" if link is None else f"names link {link}, wrongly")
