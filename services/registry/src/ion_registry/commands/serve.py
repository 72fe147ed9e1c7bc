"""`ion-registry serve`: all parts in one process, or apart."""

from __future__ import annotations

import sys

import click

from ion_platform.cli import load_settings
from ion_platform.logging import configure_logging
from ion_registry.config import RegistrySettings
from ion_registry.factory import ALL_PARTS, NAME, Part, create_service


@click.command("serve")
@click.option(
    "--part",
    "parts",
    multiple=True,
    type=click.Choice([part.value for part in Part]),
    help="Only this part; more than once for several. Without: all.",
)
def serve_command(parts: tuple[str, ...]) -> None:
    """Run the register. SIGTERM finishes what runs.

    \b
    consumer   takes commands, and publishes what came of them: a partition's journal is published by who reads it
    timers     sends what becomes due, closes days, works through operations on lists
    questions  answers over HTTP
    Every process publishes its outbox when it holds the lease, and answers /health and /metrics.

    \b
    Example: questions apart from the write path, so that neither takes the other's processor.
      ION_INSTANCE=registry-0 ion-registry serve --part consumer --part timers
      ION_INSTANCE=registry-questions-0 ion-registry serve --part questions
    """
    settings = load_settings(RegistrySettings)
    if parts and settings.instance is None:
        raise click.ClickException("processes that run apart need a name each: set ION_INSTANCE, such as registry-0")
    configure_logging(NAME, settings.log_level, settings.instance)
    sys.exit(create_service(settings, frozenset(map(Part, parts)) or ALL_PARTS).run())
