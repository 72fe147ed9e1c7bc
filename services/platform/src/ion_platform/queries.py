"""SQL lives in .sql files, each statement under a name with a line that says what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files

_NAME = re.compile(r"^-- name:[ \t]*(\S*)[ \t]*$", re.MULTILINE)
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


class QueryFileError(Exception):
    """A file of queries breaks its own form; the message names the file and the query."""


class Queries(Mapping[str, str]):
    """SQL texts by name, as items or as attributes."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)

    def __getitem__(self, name: str) -> str:
        return self._texts[name]

    def __getattr__(self, name: str) -> str:
        texts: dict[str, str] = self.__dict__.get("_texts", {})
        if name in texts:
            return texts[name]
        raise AttributeError(f"there is no query named {name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def load_queries(package: str, name: str = "queries.sql") -> Queries:
    """Returns the queries in a package's file, such as `load_queries("ion_registry.storage")`.

    A block is `-- name: find_patients`, at least one comment line that says what it is for, and the statement.
    Raises QueryFileError when a block is not like that, or a name comes twice.
    """
    return parse_queries(files(package).joinpath(name).read_text(encoding="utf-8"), f"{package}/{name}")


def parse_queries(text: str, origin: str) -> Queries:
    """The same for a text; `origin` is what its errors call it."""
    before, *parts = _NAME.split(text)
    if _without_comments(before):
        raise QueryFileError(f"{origin}: there is SQL before the first `-- name:`")
    texts: dict[str, str] = {}
    for query_name, block in zip(parts[::2], parts[1::2], strict=True):
        if not _IDENTIFIER.fullmatch(query_name):
            raise QueryFileError(f"{origin}: `{query_name}` is not a name in snake_case")
        if query_name in texts:
            raise QueryFileError(f"{origin}: `{query_name}` comes twice")
        if not re.match(r"\n--[ \t]*\w", block):
            raise QueryFileError(f"{origin}: under `{query_name}` a comment line must say what it is for")
        if not _without_comments(block):
            raise QueryFileError(f"{origin}: `{query_name}` has no statement")
        texts[query_name] = block.strip()
    return Queries(texts)


def _without_comments(text: str) -> str:
    return re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE).strip()
