"""The demo is a test: the whole system, on real parts, in processes of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from ion_local.demo.steps import STEPS

DEMO_TIMEOUT_S = 400


def test_the_demo_sees_what_it_expects_and_leaves_nothing_running(parts_folder: Path) -> None:
    directory, report = parts_folder / "demo", parts_folder / "demo-report.json"
    demo = [Path(sys.executable).parent / "ion-local", "demo", "--directory", directory, "--report", report]
    done = subprocess.run(demo, capture_output=True, text=True, timeout=DEMO_TIMEOUT_S, check=False)
    assert report.exists(), done.stdout + done.stderr
    steps = json.loads(report.read_text())["steps"]
    assert [step["name"] for step in steps if not step["ok"]] == [], done.stdout
    assert len(steps) == len(STEPS), done.stdout + done.stderr
    assert done.returncode == 0
    assert list((directory / "run").glob("*.json")) == [], "a part was left running"
