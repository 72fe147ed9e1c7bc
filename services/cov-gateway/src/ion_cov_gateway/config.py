"""The settings of the gateway."""

from __future__ import annotations

from pydantic import Field, SecretStr

from ion_platform.settings import Settings


class GatewaySettings(Settings):
    """From the environment, prefix ION_."""

    patient_reference_secret: SecretStr = Field(
        title="Secret of the patient reference",
        description="Commands are routed by an HMAC of the BSN with this secret; every gateway has the same one",
        min_length=32,
    )
    insurers: dict[str, str] = Field(
        title="Insurers", description="URL of each insurer's coverage check, by UZOVI code"
    )
    registry_url: str = Field(title="Registry", description="Where questions about registrations are asked")
    billing_url: str = Field("", title="Billing", description="Where invoices are asked for")
    check_claim_s: float = Field(
        30.0,
        title="Claim on a check",
        description="A killed worker's checks are taken over after this; longer than any check",
    )
    concurrent_checks_max: int = Field(
        64,
        title="Checks at once",
        description="Each asks every insurer, so insurers times this is the number of open calls",
    )
    body_bytes_max: int = Field(64 * 1024, title="Size of a JSON body", description="A registration is under 1 KB")
    batch_bytes_max: int = Field(32 * 1024 * 1024, title="Size of a file", description="A hundred thousand lines")
    batch_lines_max: int = Field(100_000, title="Lines of a file", description="Thirty large practices")
    wait_max_s: int = Field(30, title="Longest wait", description="`Prefer: wait` above this is cut to it")
