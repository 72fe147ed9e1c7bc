"""What was measured: one JSON file per benchmark, and one table of them all in docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median

import psutil

from ion_local.paths import REPOSITORY
from tests.benchmarks import server

PAGE = REPOSITORY / "docs" / "benchmarks.md"
BEGIN, END = "<!-- table: written by the benchmarks -->", "<!-- end of table -->"


@dataclass(frozen=True, slots=True)
class Result:
    """One figure. `ratio` is the median of the ratios of each round; `target` is a ratio too, with its direction."""

    what: str
    value: float
    unit: str
    yardstick: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


def measured(
    what: str, values: Sequence[float], unit: str, yardstick: str, yards: Sequence[float], target: str = ""
) -> Result:
    """Returns the medians; values and yardsticks of one round stand at the same place. `target` is like `>= 3.5`."""
    ratio = median(value / yard for value, yard in zip(values, yards, strict=True))
    sign, _, limit = target.partition(" ")
    met = None if not target else (ratio >= float(limit) if sign == ">=" else ratio <= float(limit))
    return Result(what, median(values), unit, f"{yardstick} {_short(median(yards))}", ratio, target, met)


def save(name: str, results: Iterable[Result]) -> None:
    """Writes the file of one benchmark, prints it, and writes the table again."""
    folder = server.DIRECTORY
    folder.mkdir(parents=True, exist_ok=True)
    rows = [asdict(result) for result in results]
    (folder / f"{name}.json").write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    for row in rows:
        print(_line(row), flush=True)  # noqa: T201
    if "ION_BENCH_DIR" not in os.environ:
        write_page()


def write_page() -> None:
    """Puts every result that there is in the table of the page; the words around it stay."""
    lines = [
        BEGIN,
        f"Measured on {date.today().isoformat()}: {_machine()}.",  # noqa: DTZ011
        "",
        "| what | value | yardstick | ratio | target | met |",
        "|---|---|---|---|---|---|",
    ]
    for file in sorted(server.DIRECTORY.glob("*.json")):
        if file.name != "ports.json":
            lines += [_line(row) for row in json.loads(file.read_text())]
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(before + "\n".join([*lines, END]) + rest.partition(END)[2])


def _line(row: dict[str, object]) -> str:
    ratio, met = row["ratio"], {True: "yes", False: "**no**", None: ""}[row["met"]]
    cells = [
        row["what"],
        f"{_short(row['value'])} {row['unit']}",
        row["yardstick"],
        "" if ratio is None else f"{_short(ratio)} ×",
        f"{row['target']} ×" if row["target"] else "",
        met,
    ]
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _short(value: object) -> str:
    assert isinstance(value, float | int)
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 100 else f"{value:.3g}"


def _machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = psutil.virtual_memory().total / 2**30
    cores, python = psutil.cpu_count(), platform.python_version()
    return f"{cores} cores ({model}), {memory:.0f} GB, shared with other work, Python {python}"
