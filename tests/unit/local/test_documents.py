"""What the documents say exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from ion_billing.main import cli as billing
from ion_cov_gateway.main import cli as gateway
from ion_local.demo.steps import STEPS
from ion_local.main import cli as local
from ion_local.paths import REPOSITORY
from ion_notifier.main import cli as notifier
from ion_registry.main import cli as registry

COMMANDS = {
    "ion-local": local,
    "ion-registry": registry,
    "ion-gateway": gateway,
    "ion-notifier": notifier,
    "ion-billing": billing,
}
DOCUMENTS = sorted(
    path for path in REPOSITORY.rglob("*.md") if ".venv" not in path.parts and ".local" not in path.parts
)


def test_the_readme_shows_the_steps_of_the_demo() -> None:
    shown = re.findall(r"^✓ \d+\. (.*?)  [\d.]+ s$", (REPOSITORY / "README.md").read_text(), re.MULTILINE)
    assert shown == [name for name, _ in STEPS]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text()):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_commands_that_are_shown_exist(document: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", document.read_text(), re.DOTALL)
    for line in "\n".join(blocks).splitlines():
        words = shlex.split(line.split("#")[0]) if re.match(r"^(\.venv/bin/)?ion-\w+ ", line) else []
        if words:
            command = [word for word in words[1:] if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")][:2]
            result = CliRunner().invoke(COMMANDS[words[0].split("/")[-1]], [*command, "--help"])
            assert result.exit_code == 0, line


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(COMMANDS[name], ["--help"])
    assert result.exit_code == 0
    assert all(command.help for command in COMMANDS[name].commands.values())
