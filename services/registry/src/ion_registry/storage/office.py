"""What the office asks of the register before it gives a command."""

from __future__ import annotations

from ion_platform.queries import load_queries

QUERIES = load_queries("ion_registry.storage", "office.sql")
