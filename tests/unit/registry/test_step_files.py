"""A file that is no step is refused before anything is asked of the database, and every fault in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ion_registry.commands.cases import cases_group

CASE = "00000000-0000-4000-8000-0000000000cb"
ENVIRONMENT = {
    "ION_ENVIRONMENT": "test",
    "ION_DATABASE_URL": "postgresql://127.0.0.1:1/nowhere",
    "ION_KAFKA_BOOTSTRAP": "127.0.0.1:1",
}


def take_step(folder: Path, content: bytes) -> Result:
    file = folder / "step.json"
    file.write_bytes(content)
    return CliRunner().invoke(cases_group, ["take-step", str(file)], env=ENVIRONMENT)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "file: Invalid JSON"),
        ('{"party": "Ombudsman", "step": {"kind": "contacted"}}', "caseId: only a case that is opened gets a new one"),
        ('{"party": "Ombudsman", "step": {"kind": "appealed"}}', "step: Input tag"),
        ('{"party": "Ombudsman"}', "step: Field required"),
        (" " * 70_000, "a step has at most 65536"),
    ],
)
def test_a_file_that_is_no_step_says_what_is_wrong(tmp_path: Path, content: str, told: str) -> None:
    done = take_step(tmp_path, content.encode())
    assert done.exit_code == 1
    assert told in done.output


def test_every_fault_in_a_file_is_named_and_so_is_a_misspelt_field(tmp_path: Path) -> None:
    step = '{"kind": "heard", "agbCode": "1", "on": "today", "declind": true}'
    done = take_step(tmp_path, f'{{"caseId": "{CASE}", "party": "Ombudsman", "step": {step}}}'.encode())
    for field in ("agbCode", "on", "declind"):
        assert f"step.heard.{field}: " in done.output


def test_a_file_that_is_not_text_is_told_plainly(tmp_path: Path) -> None:
    assert "nothing was sent" in take_step(tmp_path, b"\xff\xfe").output
