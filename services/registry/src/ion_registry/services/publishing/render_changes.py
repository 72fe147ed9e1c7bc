"""What insurers hear of a journal row: each of its own insured only (rule 43).

Who hears is decided when the row is written, by the insurance on the day from which the change holds.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias

from ion_contracts import messages as m
from ion_contracts.catalogue import insurer_changes_topic
from ion_registry.domain.calendar import ONE_DAY
from ion_registry.domain.entry import Event
from ion_registry.domain.spans import Span, within
from ion_registry.services.publishing.render_events import as_day, ended_period, replaced_periods
from ion_registry.storage.journal import JournalRow

Change: TypeAlias = m.InsuredRegistered | m.InsuredLeft | m.InsuredCorrected
Rendered: TypeAlias = tuple[str, str, Change]
"""The topic, what tells this message from the others of its row, and the message."""
_INSURERS = ("insurers", "formerInsurers", "laterInsurers")
"""Names of the details that hold insurers with their days."""


def insurer_changes(row: JournalRow, bsn: str) -> list[Rendered]:
    """Returns the messages of a row to insurers."""
    if "insuredFrom" in _details(row):
        never = _never_insured(row, bsn, "formerInsurers", row.agb_code)
        return [*_insured_elsewhere(row, bsn), *never, *_registered_later(row, bsn)]
    match row.event:
        case Event.STARTED | Event.TRANSFERRED:
            return [*_registered(row, bsn), *_registered_later(row, bsn)]
        case Event.ENDED | Event.TEMPORARY_EXPIRED:
            return [*_left(row, bsn, m.LeftReason.DEREGISTERED), *_ended_later(row, bsn)]
        case Event.CORRECTED | Event.RULED:
            return _corrected(row, bsn)
    return []


def insurers_of_row(row: JournalRow) -> set[str]:
    """Returns the insurers that hear of a row."""
    if row.event is None and "insuredFrom" not in _details(row):
        return set()
    codes = {uzovi for uzovi in (row.uzovi, row.previous_uzovi) if uzovi is not None}
    return codes | {uzovi for name in _INSURERS for uzovi, _, _ in _insurers(row, name)}


def _registered(row: JournalRow, bsn: str) -> list[Rendered]:
    """The old insurer hears that the person left, not to whom; the new one from whom only if it insured that too."""
    previous = None if row.previous_agb_code is None else ended_period(row)
    same_insurer = row.uzovi == row.previous_uzovi
    left = [] if same_insurer else _left(row, bsn, m.LeftReason.INSURED_ELSEWHERE)
    if row.uzovi is None:
        return left
    assert row.agb_code is not None
    assert row.since is not None
    body = m.InsuredRegistered(
        agb_code=row.agb_code or "",
        since=row.since,
        previous=previous if same_insurer else None,
        **_who(row, bsn, row.uzovi),
    )
    return [*left, (_topic(row.uzovi), "insured-registered", body)]


def _registered_later(row: JournalRow, bsn: str) -> list[Rendered]:
    """Who is known to insure the person from a later day on, hears with whom they will find the person registered."""
    assert row.agb_code is not None
    assert row.since is not None
    return [
        (
            _topic(uzovi),
            f"insured-registered/{n}",
            m.InsuredRegistered(agb_code=row.agb_code, since=row.since, insured_from=since, **_who(row, bsn, uzovi)),
        )
        for n, (uzovi, since, _) in enumerate(_insurers(row, "laterInsurers"))
    ]


def _ended_later(row: JournalRow, bsn: str) -> list[Rendered]:
    """Who heard of a registration that was to go on under its insurance, hears that it will not."""
    return _never_insured(row, bsn, "laterInsurers", ended_period(row).agb_code)


def _never_insured(row: JournalRow, bsn: str, name: str, agb_code: str | None) -> list[Rendered]:
    """Takes back that a person was to be registered with this GP under these insurances."""
    assert agb_code is not None
    return [
        (
            _topic(uzovi),
            f"insured-corrected/{n}",
            m.InsuredCorrected(
                valid_from=since,
                valid_until=until,
                replaced=[m.HeldPeriod(agb_code=agb_code, since=since, until=until)],
                **_who(row, bsn, uzovi),
            ),
        )
        for n, (uzovi, since, until) in enumerate(_insurers(row, name))
    ]


def _left(row: JournalRow, bsn: str, reason: m.LeftReason) -> list[Rendered]:
    if row.previous_uzovi is None or row.previous_agb_code is None:
        return []
    body = m.InsuredLeft(previous=ended_period(row), reason=reason, **_who(row, bsn, row.previous_uzovi))
    return [(_topic(row.previous_uzovi), "insured-left", body)]


def _corrected(row: JournalRow, bsn: str) -> list[Rendered]:
    """Each insurer hears of the days on which the person was insured with it."""
    assert row.valid_from is not None
    periods = [Span(p.agb_code, p.since, p.until) for p in replaced_periods(row)]
    return [
        (
            _topic(uzovi),
            f"insured-corrected/{n}",
            m.InsuredCorrected(
                agb_code=row.holder,
                valid_from=since,
                valid_until=until,
                replaced=[
                    m.HeldPeriod(agb_code=span.code, since=span.since, until=span.until)
                    for span in within(periods, since, until)
                ],
                **_who(row, bsn, uzovi),
            ),
        )
        for n, (uzovi, since, until) in enumerate(_insurers(row, "insurers"))
    ]


def _insured_elsewhere(row: JournalRow, bsn: str) -> list[Rendered]:
    """The registration stays and its insurer changes: one hears that the person left, the other that they came."""
    assert row.agb_code is not None
    assert row.since is not None
    if row.previous_uzovi == row.uzovi:
        return []
    effective = as_day(_details(row)["insuredFrom"])
    changes: list[Rendered] = []
    if row.previous_uzovi is not None and effective > row.since:
        period = m.EndedPeriod(agb_code=row.agb_code, since=row.since, until=effective - ONE_DAY)
        left = m.InsuredLeft(previous=period, **_who(row, bsn, row.previous_uzovi))
        changes.append((_topic(row.previous_uzovi), "insured-left", left))
    elif row.previous_uzovi is not None:
        held = m.HeldPeriod(agb_code=row.agb_code, since=row.since)
        never = m.InsuredCorrected(valid_from=row.since, replaced=[held], **_who(row, bsn, row.previous_uzovi))
        changes.append((_topic(row.previous_uzovi), "insured-corrected", never))
    if row.uzovi is not None:
        registered = m.InsuredRegistered(
            agb_code=row.agb_code,
            since=row.since,
            insured_from=effective if effective > row.since else None,
            **_who(row, bsn, row.uzovi),
        )
        changes.append((_topic(row.uzovi), "insured-registered", registered))
    return changes


def _insurers(row: JournalRow, name: str) -> list[tuple[str, date, date | None]]:
    found = _details(row).get(name, ())
    return [(uzovi, as_day(since), until and as_day(until)) for uzovi, since, until in found]


def _details(row: JournalRow) -> dict[str, Any]:
    return row.details if isinstance(row.details, dict) else {}


def _who(row: JournalRow, bsn: str, uzovi: str) -> dict[str, Any]:
    return {"patient_id": row.patient_id, "bsn": bsn, "uzovi": uzovi, "recorded_at": row.recorded_at}


def _topic(uzovi: str) -> str:
    return insurer_changes_topic(uzovi).name
