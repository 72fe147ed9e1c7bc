"""A command that cannot reach its database or Kafka says so, and what to check."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from ion_billing.main import cli as billing
from ion_cov_gateway.main import cli as gateway
from ion_notifier.main import cli as notifier

NOWHERE = {"ION_DATABASE_URL": "postgresql://127.0.0.1:1/none", "ION_KAFKA_BOOTSTRAP": "127.0.0.1:1"}


@pytest.mark.parametrize(
    ("cli", "command"),
    [
        (notifier, "deliveries list"),
        (notifier, "dead-letters list"),
        (billing, "rates list"),
        (billing, "migrate"),
        (gateway, f"enrol --certificate-hash {'0' * 64} --party made --agb-code 01010001"),
    ],
)
def test_what_cannot_be_reached_is_told_without_a_traceback(
    cli: object, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(cli, command.split())  # type: ignore[arg-type]
    assert result.exit_code == 1
    assert "check ION_DATABASE_URL" in result.output
    assert "127.0.0.1" not in result.output
