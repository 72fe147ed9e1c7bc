"""Where a patient is insured, and which insurers hear of what (rule 43)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from ion_registry.domain.calendar import ONE_DAY
from ion_registry.domain.spans import Span, code_on, joined, overlay, within
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
    Who insures the patient again after its last day hears of that too, and so does who was to insure them and will not.
    """
    if after.agb_code is None or after.since is None:
        return {}
    effective = max(day, after.since)
    previous, uzovi = code_on(before.insurance, effective), code_on(after.insurance, effective)
    later = [span for span in after.insurance if span.since > effective and span not in before.insurance]
    former = [
        span
        for span in before.insurance
        if span.since > effective and code_on(after.insurance, span.since) != span.code
    ]
    if previous == uzovi and not later and not former:
        return {}
    return {
        "agb_code": after.agb_code,
        "since": after.since,
        "uzovi": uzovi,
        "previous_uzovi": previous,
        "details": {"insuredFrom": effective, **_listed("formerInsurers", former), **_listed("laterInsurers", later)},
    }


def insurers_within(state: PatientState, since: date, until: date | None) -> dict[str, object]:
    """Returns, as details of an entry, which insurers hear of a rewriting of these days, each with its own days."""
    return _listed("insurers", within(state.insurance, since, until))


def insurers_after(state: PatientState, day: date) -> dict[str, object]:
    """Returns, as details of an entry, who is known to insure the patient later, and hears of a change on a day too."""
    return _listed("laterInsurers", [span for span in state.insurance if span.since > day])


def _listed(name: str, spans: Sequence[Span]) -> dict[str, object]:
    return {name: [[span.code, span.since, span.until] for span in spans]} if spans else {}
