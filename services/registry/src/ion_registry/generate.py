"""Writes the pages of documentation that come from tables in the registry's code; run by `make contracts`."""

from __future__ import annotations

import sys
from pathlib import Path

from ion_registry.domain import personal_data
from ion_registry.handlers import openapi

PAGES = {"docs/personal-data.md": personal_data.page, "contracts/openapi-registry.yaml": openapi.page}
"""By their path in the repository."""


def main() -> None:
    """Brings the pages up to date, in the top folder of the repository, and names those that were written."""
    if not Path("services/registry").is_dir():
        sys.exit("start it in the top folder of the repository")
    for path, page in PAGES.items():
        file, text = Path(path), page()
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8", newline="\n")
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
