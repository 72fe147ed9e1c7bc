"""Steps that the office takes by hand: judged beforehand, and sent the one way that every command goes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from ion_contracts.catalogue import COMMANDS
from ion_contracts.envelope import Envelope
from ion_contracts.messages import CaseStep, Message
from ion_contracts.messages.cases import Step
from ion_contracts.messages.commands import Party
from ion_platform.clock import amsterdam_day
from ion_platform.database import Connection
from ion_platform.outbox import Outgoing, enqueue
from ion_registry.services.deciding.case_steps import CaseResult, take_case_steps
from ion_registry.services.publishing.render import SOURCE


class StepFile(Message):
    """A step as the office writes it down; who opens a case may leave its id out."""

    TYPE: ClassVar[str] = ""

    case_id: UUID | None = None
    party: Party
    step: Step

    def as_message(self, now: datetime) -> CaseStep:
        """Returns the command that this is, offered at this moment. Raises ValueError when the case is not named."""
        if self.case_id is None and self.step.kind != "opened":
            raise ValueError("caseId: only a case that is opened gets a new one; name the case of this step")
        return CaseStep(
            case_id=self.case_id or uuid4(),
            step=self.step,
            offered_on=amsterdam_day(now),
            offered_at=now,
            party=self.party,
            office=True,
        )


async def judge_step(connection: Connection, message: CaseStep) -> CaseResult:
    """Returns what would become of a step now. Whatever that would change is rolled back."""
    command_id = str(uuid4())
    transaction = connection.transaction()
    await transaction.start()
    try:
        return (await take_case_steps(connection, [(command_id, message)], message.offered_on))[command_id]
    finally:
        await transaction.rollback()


async def send_step(connection: Connection, message: CaseStep) -> str:
    """Puts a step in the outbox, in the caller's transaction; returns the command's id."""
    command_id = str(uuid4())
    envelope = Envelope(
        id=command_id, source=SOURCE, type=CaseStep.TYPE, time=message.offered_at, correlation_id=command_id
    )
    await enqueue(connection, [Outgoing(COMMANDS.name, message.case_id.bytes, envelope, message)])
    return command_id
