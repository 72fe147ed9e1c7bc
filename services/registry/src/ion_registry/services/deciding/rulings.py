"""A ruling of the ombudsman becomes a command to its patient, in the transaction that recorded it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid5

from ion_contracts.catalogue import COMMANDS
from ion_contracts.envelope import Envelope
from ion_contracts.messages import CarryOutRuling
from ion_platform.clock import Clock
from ion_platform.database import Connection
from ion_platform.outbox import Outgoing, enqueue
from ion_registry.domain.case import Ruling
from ion_registry.services.deciding.case_steps import CaseResult
from ion_registry.services.deciding.translate import SELF
from ion_registry.services.publishing.render import SOURCE
from ion_registry.storage.patients import find_by_id

RULING_NAMESPACE = UUID("1f0a1b4e-3c0d-5f6e-8a58-1d2f4c6b7e21")
"""Ours; never changes, or a ruling would be carried out again under another id."""


async def send_rulings(connection: Connection, results: Mapping[str, CaseResult], clock: Clock) -> None:
    """Puts a command for each ruling of the batch in the outbox, keyed by its patient."""
    rulings = {command_id: result.ruling for command_id, result in results.items() if result.ruling is not None}
    patients = await find_by_id(connection, {ruling.patient_id for ruling in rulings.values()})
    await enqueue(
        connection,
        [
            _carry_out(command_id, ruling, patients[ruling.patient_id].keys[0], clock)
            for command_id, ruling in rulings.items()
            if ruling.patient_id in patients
        ],
    )


def _carry_out(command_id: str, ruling: Ruling, key: bytes, clock: Clock) -> Outgoing:
    now = clock.now()
    body = CarryOutRuling(
        case_id=ruling.case_id,
        patient_id=ruling.patient_id,
        on_date=ruling.on_date,
        agb_code=ruling.agb_code,
        parties=ruling.parties,
        offered_on=clock.today(),
        offered_at=now,
        party=SELF,
        office=True,
    )
    envelope = Envelope(
        id=str(uuid5(RULING_NAMESPACE, str(ruling.case_id))),
        source=SOURCE,
        type=body.TYPE,
        time=now,
        correlation_id=command_id,
        causation_id=command_id,
    )
    return Outgoing(COMMANDS.name, key, envelope, body)
