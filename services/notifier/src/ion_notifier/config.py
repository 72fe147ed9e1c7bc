"""The settings of the notifier."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from ion_notifier.domain.address import is_mailable
from ion_notifier.domain.retry import RetryPolicy
from ion_platform.settings import Settings


def _mailable(address: str) -> str:
    if not is_mailable(address):
        raise ValueError("must be a plain address in ASCII, such as name@host.example")
    return address


class NotifierSettings(Settings):
    """From the environment, prefix ION_."""

    smtp_host: str = Field(
        title="Mail server", description="The organisation's own relay, which signs the mails (DKIM)"
    )
    smtp_port: int = Field(25, title="Port of the mail server", description="STARTTLS is used when it is offered")
    smtp_connections: int = Field(
        8, ge=1, le=100, title="Connections to the mail server", description="More gain little with one local server"
    )
    smtp_timeout_s: float = Field(
        10.0, gt=0, title="Longest mail", description="A mail takes milliseconds; longer means that the server is stuck"
    )
    mails_per_connection: int = Field(
        500, ge=1, title="Mails a connection", description="Mail servers distrust connections that never end"
    )
    mails_per_set: int = Field(
        400, ge=1, le=5000, title="Mails a set", description="Claimed and recorded together; larger sets gain little"
    )
    claim_s: float = Field(
        60.0, gt=0, title="Claim on a set", description="A killed sender's mails are taken over after this"
    )
    mail_from: Annotated[str, AfterValidator(_mailable)] = Field(
        "mutatieberichten@ion.example", title="Sender", description="Also the envelope's sender, so bounces go there"
    )
    message_id_domain: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")] = Field(
        "ion.example", title="Domain of Message-IDs", description="Changing it leaves earlier deliveries theirs"
    )
    portal_url: Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$")] = Field(
        "https://portaal.ion.example/", title="Portal", description="Where the details stand, after logging in"
    )
    mail_retry_shortest_s: float = Field(
        5.0, gt=0, title="First retry", description="A mail server that restarts is back by then"
    )
    mail_retry_longest_s: float = Field(
        3600.0, gt=0, title="Longest delay between retries", description="So much later at most than necessary"
    )
    mail_retry_for_s: float = Field(
        86400.0, gt=0, title="How long to retry", description="A day: long enough for an outage of the mail server"
    )

    @property
    def retry_policy(self) -> RetryPolicy:
        """When to try again, and when to give up."""
        return RetryPolicy(self.mail_retry_shortest_s, self.mail_retry_longest_s, self.mail_retry_for_s)

    @model_validator(mode="after")
    def _claim_outlives_a_mail(self) -> Self:
        if self.claim_s < 3 * self.smtp_timeout_s:
            raise ValueError("ION_CLAIM_S must be at least three times ION_SMTP_TIMEOUT_S, or mails are sent twice")
        return self
