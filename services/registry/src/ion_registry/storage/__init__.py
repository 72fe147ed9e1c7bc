"""The register's tables: rows in and out, set-based; no rules."""
