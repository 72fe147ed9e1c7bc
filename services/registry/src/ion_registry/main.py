"""The command line of the registry."""

from __future__ import annotations

from ion_platform.cli import service_cli
from ion_registry.commands.cases import cases_group
from ion_registry.commands.evidence import (
    chain_heads_command,
    export_person_command,
    rebuild_projections_command,
    verify_chain_command,
)
from ion_registry.commands.import_providers import import_providers_command
from ion_registry.commands.intake import intake_group
from ion_registry.commands.lists import lists_group
from ion_registry.commands.office import office_group
from ion_registry.commands.outcome import outcome_command
from ion_registry.commands.policy import policy_group
from ion_registry.commands.serve import serve_command
from ion_registry.config import RegistrySettings
from ion_registry.factory import NAME, PACKAGE, create_service

cli = service_cli(NAME, PACKAGE, RegistrySettings, create_service)
for command in (
    serve_command,
    import_providers_command,
    intake_group,
    cases_group,
    policy_group,
    office_group,
    lists_group,
    outcome_command,
    verify_chain_command,
    chain_heads_command,
    export_person_command,
    rebuild_projections_command,
):
    cli.add_command(command)
