"""Prometheus metrics. Labels are topics, results and other short lists; never an id, and never anything of a person."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

MESSAGES = Counter("ion_messages", "Records that were read, by how they ended", ["topic", "result"])
PUBLISHED = Counter("ion_published", "Records that Kafka acknowledged", ["relay"])
OUTBOX_PENDING = Gauge("ion_outbox_pending", "Messages in the outbox that wait to be published")

TASK_FAILURES = Counter("ion_task_failures", "How often a background task failed and was started again", ["task"])
READY = Gauge("ion_ready", "Whether the process was ready when it was last asked (1) or not (0)")
