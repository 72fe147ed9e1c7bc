from __future__ import annotations

import pytest
from pydantic import ValidationError

from ion_platform.settings import Environment, Settings

MADE_URL = "postgresql://registry:a-made-password@127.0.0.1/registry"


@pytest.fixture(autouse=True)
def _only_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ION_DATABASE_URL", MADE_URL)


def test_only_the_database_has_no_default() -> None:
    settings = Settings()
    assert settings.environment is Environment.LOCAL
    assert settings.instance is None
    assert settings.http_host == "127.0.0.1"


def test_production_refuses_a_simulated_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ION_ENVIRONMENT", "production")
    monkeypatch.setenv("ION_SIMULATED_CLOCK_FILE", "clock.json")
    with pytest.raises(ValidationError, match="production refuses a simulated clock"):
        Settings()


def test_the_password_is_shown_neither_by_the_settings_nor_by_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "a-made-password" not in repr(Settings())
    monkeypatch.setenv("ION_HTTP_PORT", "a-made-password")
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "a-made-password" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BATCH_RECORDS_MAX", "0"),
        ("LEASE_S", "0"),
        ("DATABASE_POOL_MAX", "1"),
        ("HTTP_PORT", "70000"),
        ("INSTANCE", "a b"),
    ],
)
def test_a_limit_out_of_its_range_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ION_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
