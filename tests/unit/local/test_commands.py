"""The commands of a stack that is not there, or not whole, say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ion_local.kafka import new_cluster_id
from ion_local.main import cli
from ion_local.parts import Part
from ion_local.postgres import PostgresStartError, start_postgres
from ion_local.stack import Stack, StackError


@pytest.mark.parametrize(
    "command",
    ["endpoints", "insurer 7119 --down", "kill kafka", "restart registry", "logs"],
)
def test_without_a_stack_every_command_says_so(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ION_LOCAL_DIR", str(tmp_path / "none"))
    result = CliRunner().invoke(cli, command.split())
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")


def test_insurers_that_are_down_are_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "endpoints.json").write_text('{"insurersControl": "http://127.0.0.1:1"}')
    monkeypatch.setenv("ION_LOCAL_DIR", str(tmp_path))
    assert "the insurers do not answer" in CliRunner().invoke(cli, ["insurer", "7119"]).output


def test_the_clock_can_be_set_before_the_first_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ION_LOCAL_DIR", str(tmp_path / "none"))
    assert CliRunner().invoke(cli, ["clock", "set", "2099-04-01"]).exit_code == 0
    assert "2099-04-01" in CliRunner().invoke(cli, ["clock"]).output


def test_a_folder_that_was_never_a_stack_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(StackError):
        Stack(tmp_path).remove()
    assert (tmp_path / "thesis.txt").exists()


def test_no_cluster_id_looks_like_an_option() -> None:
    assert not any(new_cluster_id().startswith("-") for _ in range(2000))


def test_a_folder_in_which_postgresql_cannot_run_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PostgresStartError, match="ION_LOCAL_DIR"):
        start_postgres(Part("postgres", tmp_path), tmp_path / "with space")


def test_a_port_that_is_no_number_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ION_LOCAL_DIR", str(tmp_path))
    monkeypatch.setenv("ION_LOCAL_GATEWAY_PORT", "http")
    result = CliRunner().invoke(cli, ["up"])
    assert (result.exit_code, result.output) == (1, "Error: the port of gateway is not a number: http\n")
