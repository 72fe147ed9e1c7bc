"""The command groups of the registry: they ask services, and print for people."""
