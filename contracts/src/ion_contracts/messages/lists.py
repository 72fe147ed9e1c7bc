"""Operations on many patients at once: one command starts them, they go on by themselves and can be stopped.

Keyed by the operation's id (16 bytes).
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from ion_contracts.identifiers import AgbCode
from ion_contracts.messages.commands import Offered


class Steering(StrEnum):
    """What can be done with an operation that runs."""

    STOP = "stop"
    RESUME = "resume"


class MoveList(Offered):
    """Move the whole list of one code to another of the same party (rules 29 to 31)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.lijst-overzetten.v1"

    operation_id: UUID
    from_agb_code: AgbCode
    agb_code: AgbCode


class WithdrawBatch(Offered):
    """Withdraw all that a file did and that nobody has built upon since (rule 27)."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.bestand-intrekken.v1"

    operation_id: UUID
    agb_code: AgbCode
    withdrawn_batch_id: UUID = Field(description="The file, or the operation on a list, that is withdrawn")


class SteerList(Offered):
    """Stop or resume an operation on a list."""

    TYPE: ClassVar[str] = "nl.huisartsinschrijvingen.lijstbewerking-sturen.v1"

    operation_id: UUID
    steering: Steering
