"""Which insurers have a topic in this installation."""

from __future__ import annotations

from collections.abc import Collection

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from ion_contracts.catalogue import insurer_changes_topic
from ion_platform.logging import get_logger
from ion_platform.publisher import PublishError

log = get_logger(__name__)


class InsurerTopics:
    """Asks the broker, once and again whenever an insurer is met that had no topic then."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._topics: frozenset[str] = frozenset()

    async def without_topic(self, uzovi_codes: Collection[str]) -> frozenset[str]:
        """Returns the topics that some of these insurers should have and have not.

        Nothing can be published there, and waiting for it would hold up everybody else's changes.
        Raises PublishError when the broker cannot be asked.
        """
        needed = frozenset(insurer_changes_topic(uzovi).name for uzovi in uzovi_codes)
        if not needed <= self._topics:
            self._topics = await self._ask()
        missing = needed - self._topics
        for topic in sorted(missing):
            log.error("insurer has no topic, its change stays in the journal only", topic=topic)
        return missing

    async def _ask(self) -> frozenset[str]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        try:
            await admin.start()
            return frozenset(await admin.list_topics())
        except (KafkaError, OSError) as error:
            raise PublishError(f"Kafka did not tell its topics: {type(error).__name__}") from error
        finally:
            await admin.close()
