"""The notifier's tables: rows in and out, set-based; no rules."""
