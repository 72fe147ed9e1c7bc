"""Mails the previous GP."""
