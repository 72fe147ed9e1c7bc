"""The settings that every service has. They come from the environment, prefix `ION_`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Where the process runs. Only production refuses what makes tests possible."""

    LOCAL = "local"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Every limit has its unit in its name. A service adds its own in a subclass (`config.py`)."""

    model_config = SettingsConfigDict(
        env_prefix="ION_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    environment: Environment = Field(Environment.LOCAL, description="local, test or production")
    instance: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,100}$",
        description="Name of this process among its equals, such as registry-0: the same after a restart, so that "
        "Kafka gives it its partitions back without a rebalance and its leases are its own at once",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Lowest level that is logged")
    simulated_clock_file: Path | None = Field(
        None, description='JSON file {"offset_s": float} that shifts business time forward; never in production'
    )

    database_url: SecretStr = Field(description="URL of the service's own database, as asyncpg takes it")
    database_pool_max: int = Field(
        10, ge=2, le=100, description="Connections at most: batches, relays, HTTP and health share them"
    )
    database_connect_timeout_s: float = Field(5.0, gt=0, description="A server that is up answers in milliseconds")
    database_statement_timeout_s: float = Field(30.0, gt=0, description="No statement of a batch comes near it")
    database_lock_timeout_s: float = Field(10.0, gt=0, description="Longer means two batches in each other's way")
    database_idle_timeout_s: float = Field(
        60.0, gt=0, description="A transaction that does nothing for this long belongs to a process that hangs"
    )

    kafka_bootstrap: str = Field("127.0.0.1:9092", description="host:port of a broker; more with commas")
    session_timeout_s: float = Field(
        10.0, ge=6, le=60, description="A silent member loses its partitions after this; the broker's minimum is 6"
    )
    batch_records_max: int = Field(1000, ge=1, le=10_000, description="Records of one transaction at most")
    batch_wait_ms: int = Field(10, ge=1, le=1000, description="How long a batch waits for more; bounds the latency")
    lease_s: float = Field(10.0, ge=1, le=60, description="A relay that died is taken over after this")
    retry_delay_max_s: float = Field(5.0, gt=0, le=60, description="The longest pause between two attempts")

    http_host: str = Field("127.0.0.1", description="Address to listen on")
    http_port: int = Field(8080, ge=1, le=65535, description="Port to listen on")

    @model_validator(mode="after")
    def _production_has_real_time(self) -> Self:
        if self.environment is Environment.PRODUCTION and self.simulated_clock_file is not None:
            raise ValueError("production refuses a simulated clock: unset ION_SIMULATED_CLOCK_FILE")
        return self
