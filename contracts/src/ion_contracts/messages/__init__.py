"""Every message type that travels between services, and the table that finds a model by its type."""

from __future__ import annotations

from ion_contracts.messages.base import Message, Moment
from ion_contracts.messages.cases import CarryOutRuling, CaseStep
from ion_contracts.messages.changes import InsuredCorrected, InsuredLeft, InsuredRegistered, LeftReason
from ion_contracts.messages.commands import (
    CommandId,
    CoverageChanged,
    Deregister,
    DeregistrationReason,
    Mode,
    MovePatient,
    Offered,
    Register,
    Withdraw,
)
from ion_contracts.messages.dead_letters import DeadLetter
from ion_contracts.messages.events import (
    CorrectionReason,
    DayClosed,
    EndedPeriod,
    EndReason,
    HeldPeriod,
    PatientBlocked,
    PatientUnblocked,
    RegistrationCorrected,
    RegistrationEnded,
    RegistrationStarted,
    RegistrationTransferred,
    Rewritten,
    RulingCarriedOut,
    TemporaryCompleted,
    TemporaryDue,
    TemporaryExpired,
    TransferReason,
)
from ion_contracts.messages.lists import MoveList, Steering, SteerList, WithdrawBatch
from ion_contracts.messages.notices import DeliveryEnded, DeliveryResult, InvoiceIssued
from ion_contracts.messages.office import Correct, RemovePerson, Unblock, UnblockGround
from ion_contracts.messages.outcomes import CommandOutcome, RegistrationState, Status
from ion_contracts.messages.persons import PartialPerson, Person, Sex, Subject
from ion_contracts.messages.providers import ASSOCIATIONS_MAX, Association, CareProvider, MailAddress, ProviderKind
from ion_contracts.messages.temporary import (
    AskTemporary,
    CompleteTemporary,
    EndTemporary,
    ExtendTemporary,
    RegisterTemporary,
    TemporaryGround,
)
from ion_contracts.messages.timers import CloseDay, SettleWaiting

COMMANDS: tuple[type[Message], ...] = (
    Register,
    Deregister,
    Withdraw,
    RegisterTemporary,
    ExtendTemporary,
    CompleteTemporary,
    CoverageChanged,
    Correct,
    Unblock,
    RemovePerson,
    MoveList,
    WithdrawBatch,
    SteerList,
    CaseStep,
    MovePatient,
    CarryOutRuling,
    SettleWaiting,
    AskTemporary,
    EndTemporary,
    CloseDay,
)
OUTCOMES: tuple[type[Message], ...] = (CommandOutcome,)
EVENTS: tuple[type[Message], ...] = (
    RegistrationStarted,
    RegistrationTransferred,
    RegistrationEnded,
    TemporaryDue,
    TemporaryExpired,
    TemporaryCompleted,
    PatientBlocked,
    PatientUnblocked,
    RegistrationCorrected,
    RulingCarriedOut,
    DayClosed,
)
INSURER_CHANGES: tuple[type[Message], ...] = (InsuredRegistered, InsuredLeft, InsuredCorrected)
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
    "ASSOCIATIONS_MAX",
    "BILLING_EVENTS",
    "COMMANDS",
    "DEAD_LETTERS",
    "DELIVERIES",
    "EVENTS",
    "INSURER_CHANGES",
    "OUTCOMES",
    "PROVIDERS",
    "AskTemporary",
    "Association",
    "CareProvider",
    "CarryOutRuling",
    "CaseStep",
    "CloseDay",
    "CommandId",
    "CommandOutcome",
    "CompleteTemporary",
    "Correct",
    "CorrectionReason",
    "CoverageChanged",
    "DayClosed",
    "DeadLetter",
    "DeliveryEnded",
    "DeliveryResult",
    "Deregister",
    "DeregistrationReason",
    "EndReason",
    "EndTemporary",
    "EndedPeriod",
    "ExtendTemporary",
    "HeldPeriod",
    "InsuredCorrected",
    "InsuredLeft",
    "InsuredRegistered",
    "InvoiceIssued",
    "LeftReason",
    "MailAddress",
    "Message",
    "Mode",
    "Moment",
    "MoveList",
    "MovePatient",
    "Offered",
    "PartialPerson",
    "PatientBlocked",
    "PatientUnblocked",
    "Person",
    "ProviderKind",
    "Register",
    "RegisterTemporary",
    "RegistrationCorrected",
    "RegistrationEnded",
    "RegistrationStarted",
    "RegistrationState",
    "RegistrationTransferred",
    "RemovePerson",
    "Rewritten",
    "RulingCarriedOut",
    "SettleWaiting",
    "Sex",
    "Status",
    "SteerList",
    "Steering",
    "Subject",
    "TemporaryCompleted",
    "TemporaryDue",
    "TemporaryExpired",
    "TemporaryGround",
    "TransferReason",
    "Unblock",
    "UnblockGround",
    "Withdraw",
    "WithdrawBatch",
]
