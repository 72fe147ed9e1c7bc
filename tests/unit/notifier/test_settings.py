"""Settings that would send mails twice, or break them, are refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ion_notifier.config import NotifierSettings


def made_settings(**changes: object) -> NotifierSettings:
    required = {"database_url": "postgresql://x", "kafka_bootstrap": "x:1", "smtp_host": "127.0.0.1"}
    return NotifierSettings(**{**required, **changes})  # type: ignore[arg-type] # as the environment would


def test_the_mail_server_is_all_that_has_to_be_told() -> None:
    assert made_settings().retry_policy.give_up_after_s == 86400


def test_a_claim_that_ends_before_its_mails_do_is_refused() -> None:
    with pytest.raises(ValidationError, match="three times"):
        made_settings(claim_s=20, smtp_timeout_s=10)


@pytest.mark.parametrize("address", ["post", "a@x.example\nBcc: b@x.example", "é@x.example"])
def test_a_sender_that_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="plain address"):
        made_settings(mail_from=address)


@pytest.mark.parametrize("url", ["ftp://x", "https://x y", 'https://x">', "javascript:alert(1)"])
def test_a_portal_that_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        made_settings(portal_url=url)
