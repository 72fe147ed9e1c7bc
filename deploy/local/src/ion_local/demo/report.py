"""What the demo shows: a line per step for people, the same as JSON for programs."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what had to be seen, and what was. Both have the same keys."""

    number: int
    name: str
    expected: Mapping[str, Any]
    observed: Mapping[str, Any]
    took_s: float

    @property
    def ok(self) -> bool:
        return self.expected == self.observed

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "name": self.name,
            "expected": dict(self.expected),
            "observed": dict(self.observed),
            "ok": self.ok,
            "seconds": round(self.took_s, 1),
        }


class Report:
    """Collects the steps and prints each as it is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began_s = time.monotonic()
        self.steps: list[Step] = []

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)

    def add(self, step: Step, figures: str) -> None:
        """Takes a step; a failed one shows what differs."""
        self.steps.append(step)
        mark = "[green]✓[/]" if step.ok else "[red]✗[/]"
        self._console.print(f"{mark} [bold]{step.number}. {step.name}[/]  [dim]{step.took_s:.1f} s[/]")
        self._console.print(f"     {figures}")
        if not step.ok:
            for key in step.expected:
                if step.expected[key] != step.observed.get(key):
                    self._console.print(
                        f"     [red]{key}: expected {step.expected[key]}, saw {step.observed.get(key)}[/]"
                    )

    def finish(self, path: Path, steps_planned: int) -> bool:
        """Writes the report, prints the verdict, and returns whether every planned step is as expected."""
        ok = self.ok and len(self.steps) == steps_planned
        path.parent.mkdir(parents=True, exist_ok=True)
        took_s = round(time.monotonic() - self._began_s, 1)
        content = {"ok": ok, "seconds": took_s, "steps": [step.as_json() for step in self.steps]}
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n")
        verdict = "[bold green]All steps as expected[/]" if ok else "[bold red]Not as expected[/]"
        self._console.print(
            f"\n{verdict}: {sum(s.ok for s in self.steps)} of {steps_planned} steps, {took_s:.0f} s. Report: {path}"
        )
        return ok
