"""Writes all that is generated from the models and the catalogue, or checks that it is up to date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ion_contracts.generation.asyncapi import asyncapi_text
from ion_contracts.generation.pages import outcomes_page, topics_page
from ion_contracts.generation.schemas import example, json_text, schema
from ion_contracts.messages import ALL

GENERATED_FOLDERS = ("contracts/schemas", "contracts/examples")
"""What stands here and is not generated any more is a leftover."""


def generated_files() -> Mapping[str, str]:
    """Returns the text of every generated file by its path in the repository. The same code gives the same text."""
    files = {f"contracts/schemas/{model.TYPE}.json": json_text(schema(model)) for model in ALL}
    files |= {f"contracts/examples/{model.TYPE}.json": json_text(example(model)) for model in ALL}
    return files | {
        "contracts/asyncapi.yaml": asyncapi_text(),
        "docs/topics.md": topics_page(),
        "docs/outcomes.md": outcomes_page(),
    }


def drifted_files(repository: Path) -> list[str]:
    """Returns the paths that are missing, differ from what would be generated, or are left over."""
    files = generated_files()
    changed = [path for path, text in files.items() if _read(repository / path) != text]
    return sorted([*changed, *_leftovers(repository, files)])


def write_files(repository: Path) -> list[str]:
    """Brings the repository up to date; returns the paths that were written or removed."""
    files = generated_files()
    drifted = drifted_files(repository)
    for path in drifted:
        target = repository / path
        if path in files:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(files[path], encoding="utf-8", newline="\n")
        else:
            target.unlink()
    return drifted


def main(arguments: Sequence[str] | None = None) -> None:
    """Ends with 1 when `--check` finds a difference, with 2 when it is not started in the repository."""
    parser = argparse.ArgumentParser(prog="ion-contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; name what differs and end with 1")
    parser.add_argument(
        "--repository", type=Path, default=Path(), help="top folder of the repository (default: this folder)"
    )
    options = parser.parse_args(arguments)
    if not (options.repository / "contracts").is_dir():
        parser.error(
            f"{options.repository.resolve()} has no folder contracts; start it in the top folder of the repository"
        )
    if options.check:
        drifted = drifted_files(options.repository)
        for path in drifted:
            sys.stderr.write(f"{path} differs from the models: run `make contracts`\n")
        sys.exit(1 if drifted else 0)
    for path in write_files(options.repository):
        sys.stdout.write(f"{path}\n")


def _read(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8", errors="replace") if path.is_file() else None


def _leftovers(repository: Path, files: Mapping[str, str]) -> list[str]:
    present = [path for folder in GENERATED_FOLDERS for path in sorted((repository / folder).glob("*.json"))]
    return [name for path in present if (name := path.relative_to(repository).as_posix()) not in files]
