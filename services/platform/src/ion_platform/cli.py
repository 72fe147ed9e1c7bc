"""The commands that every service has: serve, migrate, dead-letters."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from ion_platform.database import is_infrastructure_error
from ion_platform.dead_letters import dead_letters_group
from ion_platform.logging import configure_logging
from ion_platform.migrations import Phase, migrate
from ion_platform.runtime import Service
from ion_platform.settings import Settings

SettingsT = TypeVar("SettingsT", bound=Settings)


class _Commands(click.Group):
    """Tells an operator what cannot be reached, without a traceback. `serve` waits for it instead."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except Exception as error:
            if not is_infrastructure_error(error):
                raise
            raise click.ClickException(
                f"the database or Kafka cannot be used now ({type(error).__name__}); "
                "check ION_DATABASE_URL and ION_KAFKA_BOOTSTRAP, and that `migrate` has run, and try again"
            ) from error


def load_settings(settings_type: type[SettingsT]) -> SettingsT:
    """Reads the environment, or ends with what is missing or wrong in it."""
    try:
        return settings_type()
    except ValidationError as error:
        lines = [f"  ION_{'_'.join(str(part) for part in e['loc']).upper()}: {e['msg']}" for e in error.errors()]
        raise click.ClickException("the environment is not complete:\n" + "\n".join(lines)) from None


def service_cli(
    name: str, package: str, settings_type: type[SettingsT], create_service: Callable[[SettingsT], Service]
) -> click.Group:
    """Returns the command group of a service; it adds its own commands."""

    @click.group(
        cls=_Commands, help=f"The {name} service of the ION register. Settings come from the environment, prefix ION_."
    )
    def group() -> None:
        # What a command prints is for people and pipes; its log goes beside it.
        configure_logging(name, "warning", None, sys.stderr.buffer)

    @group.command(help="Run the service: consumers, relay, timers and HTTP. SIGTERM finishes what runs.")
    def serve() -> None:
        settings = load_settings(settings_type)
        configure_logging(name, settings.log_level, settings.instance)
        sys.exit(create_service(settings).run())

    @group.command(
        "migrate", help="Bring the database to the version of this code. Safe to run at the same time elsewhere."
    )
    @click.option(
        "--phase",
        type=click.Choice(["pre", "post", "all"]),
        default="all",
        help="pre: before new code starts; post: after the old code has stopped.",
    )
    def migrate_database(phase: str) -> None:
        settings = load_settings(Settings)
        phases: tuple[Phase, ...] = ("pre", "post") if phase == "all" else ("pre",) if phase == "pre" else ("post",)
        applied = asyncio.run(migrate(settings.database_url.get_secret_value(), package, phases))
        for migration in applied:
            click.echo(f"applied {migration.package} {migration.version:04} {migration.phase} {migration.name}")
        click.echo(f"{name}: {len(applied)} migrations applied" if applied else f"{name}: the database is up to date")

    group.add_command(dead_letters_group(name, lambda: load_settings(Settings)))
    return group
