"""Who is insured where, as the insurers say it. It never changes a registration (rules 43, 49 and 57)."""

from __future__ import annotations

from dataclasses import replace

from ion_registry.domain.command import CoverageCommand
from ion_registry.domain.entry import Code
from ion_registry.domain.insurance import told_of_insurance
from ion_registry.domain.outcome import Outcome, accepted, refused
from ion_registry.domain.reference import Reference
from ion_registry.domain.spans import joined, overlay
from ion_registry.domain.state import PatientState


def cover(state: PatientState, command: CoverageCommand, reference: Reference) -> Outcome:
    """Records an insurance. The insurers that it touches hear of the registration on the day that it takes effect."""
    version = reference.policy.row_on(command.offered_on).version
    if command.valid_until is not None and command.valid_until < command.valid_from:
        return refused(state, command, Code.WRONG_PERIOD, version)
    insurance = joined(overlay(state.insurance, command.uzovi, command.valid_from, command.valid_until))
    if insurance == state.insurance:
        return accepted(state, command, Code.INSURANCE_UNCHANGED, version)
    after = replace(state, insurance=insurance)
    told = told_of_insurance(state, after, command.valid_from)
    return accepted(after, command, Code.INSURANCE_RECORDED, version, **told)
