"""Counts, snapshots on the reference date and invoices."""
