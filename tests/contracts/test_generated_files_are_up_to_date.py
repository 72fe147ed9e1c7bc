"""What is generated from the models and the catalogue is committed, and may not drift from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ion_contracts.generate import drifted_files, generated_files, main, write_files

REPOSITORY = Path(__file__).resolve().parents[2]
A_SCHEMA = "contracts/schemas/nl.huisartsinschrijvingen.inschrijving-aangevraagd.v1.json"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "contracts").mkdir()
    write_files(tmp_path)
    return tmp_path


def test_the_committed_files_are_those_that_would_be_generated() -> None:
    assert drifted_files(REPOSITORY) == [], "run `make contracts`"


def test_generating_twice_gives_the_same_text() -> None:
    assert generated_files() == generated_files()


def test_a_fresh_repository_gets_every_file(repository: Path) -> None:
    assert drifted_files(repository) == []
    assert all((repository / path).is_file() for path in generated_files())


def test_a_second_run_writes_nothing(repository: Path) -> None:
    assert write_files(repository) == []


def test_a_check_names_what_was_changed_by_hand(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / A_SCHEMA).write_text("{}")
    with pytest.raises(SystemExit) as ended:
        main(["--check", "--repository", str(repository)])
    assert ended.value.code == 1
    assert capsys.readouterr().err.splitlines() == [f"{A_SCHEMA} differs from the models: run `make contracts`"]


def test_a_check_of_what_is_up_to_date_ends_with_zero(repository: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--check", "--repository", str(repository)])
    assert ended.value.code == 0


def test_a_check_writes_nothing(repository: Path) -> None:
    (repository / A_SCHEMA).unlink()
    with pytest.raises(SystemExit):
        main(["--check", "--repository", str(repository)])
    assert not (repository / A_SCHEMA).exists()


def test_the_schema_of_a_type_that_is_gone_is_a_leftover_and_removed(repository: Path) -> None:
    leftover = "contracts/schemas/nl.huisartsinschrijvingen.bestaat-niet-meer.v1.json"
    (repository / leftover).write_text("{}")
    assert drifted_files(repository) == [leftover]
    main(["--repository", str(repository)])
    assert not (repository / leftover).exists()


def test_a_run_outside_the_repository_says_where_to_start_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--repository", str(tmp_path)])
    assert ended.value.code == 2
    assert "start it in the top folder of the repository" in capsys.readouterr().err
