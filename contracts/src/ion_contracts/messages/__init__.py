"""Every message type that travels between services, and the table that finds a model by its type."""

from __future__ import annotations

from ion_contracts.messages.base import Message, Moment
from ion_contracts.messages.changes import InsuredLeft, InsuredRegistered
from ion_contracts.messages.commands import CloseDay, Mode, Person, Register, SettleWaiting, Sex
from ion_contracts.messages.dead_letters import DeadLetter
from ion_contracts.messages.events import DayClosed, EndedPeriod, RegistrationStarted, RegistrationTransferred
from ion_contracts.messages.notices import DeliveryEnded, DeliveryResult, InvoiceIssued
from ion_contracts.messages.outcomes import CommandOutcome, RegistrationState, Status
from ion_contracts.messages.providers import CareProvider, MailAddress, ProviderKind

COMMANDS: tuple[type[Message], ...] = (Register, SettleWaiting, CloseDay)
OUTCOMES: tuple[type[Message], ...] = (CommandOutcome,)
EVENTS: tuple[type[Message], ...] = (RegistrationStarted, RegistrationTransferred, DayClosed)
INSURER_CHANGES: tuple[type[Message], ...] = (InsuredRegistered, InsuredLeft)
PROVIDERS: tuple[type[Message], ...] = (CareProvider,)
DELIVERIES: tuple[type[Message], ...] = (DeliveryEnded,)
BILLING_EVENTS: tuple[type[Message], ...] = (InvoiceIssued,)
DEAD_LETTERS: tuple[type[Message], ...] = (DeadLetter,)

ALL: tuple[type[Message], ...] = (
    *COMMANDS,
    *OUTCOMES,
    *EVENTS,
    *INSURER_CHANGES,
    *PROVIDERS,
    *DELIVERIES,
    *BILLING_EVENTS,
    *DEAD_LETTERS,
)

__all__ = [
    "ALL",
    "BILLING_EVENTS",
    "COMMANDS",
    "DEAD_LETTERS",
    "DELIVERIES",
    "EVENTS",
    "INSURER_CHANGES",
    "OUTCOMES",
    "PROVIDERS",
    "CareProvider",
    "CloseDay",
    "CommandOutcome",
    "DayClosed",
    "DeadLetter",
    "DeliveryEnded",
    "DeliveryResult",
    "EndedPeriod",
    "InsuredLeft",
    "InsuredRegistered",
    "InvoiceIssued",
    "MailAddress",
    "Message",
    "Mode",
    "Moment",
    "Person",
    "ProviderKind",
    "Register",
    "RegistrationStarted",
    "RegistrationState",
    "RegistrationTransferred",
    "SettleWaiting",
    "Sex",
    "Status",
]
