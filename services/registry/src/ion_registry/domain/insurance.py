"""Where a patient is insured, and which insurers hear of what (rule 43)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ion_registry.domain.calendar import ONE_DAY
from ion_registry.domain.spans import code_on, joined, overlay, within
from ion_registry.domain.state import PatientState


def insured(state: PatientState, uzovi: str | None, day: date) -> PatientState:
    """Returns the state after a coverage check that found an insurer on a day; a later known period stays."""
    if uzovi is None or code_on(state.insurance, day) == uzovi:
        return state
    following = min((span.since for span in state.insurance if span.since > day), default=None)
    until = None if following is None else following - ONE_DAY
    return replace(state, insurance=joined(overlay(state.insurance, uzovi, day, until)))


def told_of_insurance(before: PatientState, after: PatientState, day: date) -> dict[str, Any]:
    """Returns, as fields of an entry, who hears that from a day on the registration has another insurer.

    That day is the first on which it takes effect; without a registration, or without a difference, nobody hears.
    When it has a last day, who insures the patient after it hears of that too.
    """
    if after.agb_code is None or after.since is None:
        return {}
    effective = max(day, after.since)
    previous, uzovi = code_on(before.insurance, effective), code_on(after.insurance, effective)
    if previous == uzovi:
        return {}
    later = [
        [span.code, span.since, span.until]
        for span in after.insurance
        if span.since > effective and span not in before.insurance
    ]
    return {
        "agb_code": after.agb_code,
        "since": after.since,
        "uzovi": uzovi,
        "previous_uzovi": previous,
        "details": {"insuredFrom": effective, **({"laterInsurers": later} if later else {})},
    }


def insurers_within(state: PatientState, since: date, until: date | None) -> dict[str, object]:
    """Returns, as details of an entry, which insurers hear of a rewriting of these days, each with its own days."""
    spans = within(state.insurance, since, until)
    return {"insurers": [[span.code, span.since, span.until] for span in spans]} if spans else {}


def insurers_after(state: PatientState, day: date) -> dict[str, object]:
    """Returns, as details of an entry, who is known to insure the patient later, and hears of a change on a day too."""
    later = [[span.code, span.since, span.until] for span in state.insurance if span.since > day]
    return {"laterInsurers": later} if later else {}
