from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ion_notifier.config import NotifierSettings
from ion_platform.database import Pool, open_pool
from ion_platform.migrations import migrate
from tests.integration.notifier.mail_server import MailServer
from tests.integration.notifier.running import make_topics_anew
from tests.support.stack import free_port


@pytest.fixture
async def notifier_database(empty_database: str) -> str:
    """An empty database of this version; its URL."""
    await migrate(empty_database, "ion_notifier")
    return empty_database


@pytest.fixture
async def pool(notifier_database: str) -> AsyncIterator[Pool]:
    """Connections to it, as the service opens them."""
    pool = await open_pool(made_settings(notifier_database, "none:1", 1))
    yield pool
    await pool.close()


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    """A mail server that is up."""
    server = MailServer(free_port())
    await server.up()
    yield server
    server.answers.set()
    await server.down()


@pytest.fixture
async def settings(notifier_database: str, kafka_bootstrap: str, mail_server: MailServer) -> NotifierSettings:
    """A notifier's settings, with topics in which nothing stands yet."""
    await make_topics_anew(kafka_bootstrap)
    return made_settings(notifier_database, kafka_bootstrap, mail_server.port)


def made_settings(database_url: str, kafka_bootstrap: str, smtp_port: int) -> NotifierSettings:
    return NotifierSettings(
        environment="test",
        database_url=database_url,
        kafka_bootstrap=kafka_bootstrap,
        smtp_host="127.0.0.1",
        smtp_port=smtp_port,
        smtp_timeout_s=1.0,
        claim_s=4.0,
        mail_retry_shortest_s=0.1,
        mail_retry_longest_s=0.2,
    )
