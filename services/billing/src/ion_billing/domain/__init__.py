"""The rules of the yearly contribution, pure: no clock, no network, no database."""
