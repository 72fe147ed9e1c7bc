"""Commands, patients and reference data as the unit tests of the register need them."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from ion_contracts.messages import DeregistrationReason, Mode, ProviderKind, TemporaryGround, UnblockGround
from ion_registry.domain.command import (
    AskCommand,
    Command,
    CompleteCommand,
    CorrectCommand,
    CoverageCommand,
    DeregisterCommand,
    EndCommand,
    ExtendCommand,
    MoveCommand,
    RegisterCommand,
    RegisterTemporaryCommand,
    RemoveCommand,
    RulingCommand,
    SettleCommand,
    UnblockCommand,
    WithdrawCommand,
)
from ion_registry.domain.decide import Decision, decide
from ion_registry.domain.entry import Code
from ion_registry.domain.exclusion import Exclusion
from ion_registry.domain.policy import DEFAULT_POLICY, ClosedDays, Policy, PolicyRow
from ion_registry.domain.provider import Provider
from ion_registry.domain.reference import Reference
from ion_registry.domain.state import PatientState

PATIENT = UUID("00000000-0000-4000-8000-000000000001")
TEMPORARY_PATIENT = UUID("00000000-0000-4000-8000-000000000002")
CASE = UUID("00000000-0000-4000-8000-00000000000c")

PRACTICE_A = "01023456"
PRACTICE_B = "01034567"
PRACTICE_C = "01045678"
SECOND_CODE_OF_A = "01023457"
PERSON = "01123456"
STOPPED = "01056789"
NOT_YET = "01067890"
EXCLUDED = "01078901"
UNKNOWN = "01099999"

PARTY_OF_A = "party of 01023456"
OFFICE = "office"

OPEN_DAY = date(2027, 3, 10)
LAST_DAY = date(2027, 3, 31)
CLOSED_DAY = date(2027, 4, 1)
SECOND_DAY = date(2027, 4, 2)
JANUARY_5 = date(2027, 1, 5)

LAST_AND_FIRST = Policy((PolicyRow(7, date(2006, 1, 1), ClosedDays.LAST_AND_FIRST_DAY),))

_numbers = count(1)


def provider(
    agb_code: str,
    kind: ProviderKind = ProviderKind.PRACTICE,
    active_from: date | None = None,
    active_until: date | None = None,
    successor: str | None = None,
) -> Provider:
    """Returns what the care provider register says of a code; without days it is always in use."""
    return Provider(agb_code, kind, active_from, active_until, successor, version=1)


PROVIDERS = {
    one.agb_code: one
    for one in (
        provider(PRACTICE_A),
        provider(PRACTICE_B),
        provider(PRACTICE_C),
        provider(SECOND_CODE_OF_A),
        provider(PERSON, ProviderKind.PERSON),
        provider(STOPPED, active_until=date(2027, 2, 28), successor=PRACTICE_C),
        provider(NOT_YET, active_from=date(2027, 7, 1)),
        provider(EXCLUDED),
    )
}
EXCLUSIONS = {EXCLUDED: [Exclusion(EXCLUDED, date(2027, 3, 1), date(2027, 6, 30))]}


def reference(policy: Policy = DEFAULT_POLICY) -> Reference:
    """Returns the made practices and exclusions, judged by this policy."""
    return Reference(policy, PROVIDERS, EXCLUSIONS)


REFERENCE = reference()


def policy_of(**values: Any) -> Policy:
    """Returns a policy of one row, with these values and else the defaults."""
    return Policy((PolicyRow(version=3, valid_from=date(2006, 1, 1), **values),))


def party_of(agb_code: str) -> str:
    """Returns who acts for a code: somebody else for each, except the two codes of A."""
    return PARTY_OF_A if agb_code == SECOND_CODE_OF_A else f"party of {agb_code}"


def _offered(day: date, party: str, command_id: str | None = None, office: bool = False) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "command_id": command_id or f"command-{number}",
        "correlation_id": f"operation-{number}",
        "offered_on": day,
        "party": party,
        "office": office,
    }


def register(
    agb_code: str,
    offered_on: date,
    start_date: date | None = None,
    *,
    uzovi: str | None = "3311",
    mode: Mode | None = None,
    party: str | None = None,
    command_id: str | None = None,
) -> RegisterCommand:
    """Returns a registration: automatic when there is an insurer, else by hand."""
    mode = mode or (Mode.MANUAL if uzovi is None else Mode.AUTOMATIC)
    offered = _offered(offered_on, party or party_of(agb_code), command_id)
    return RegisterCommand(**offered, agb_code=agb_code, start_date=start_date, uzovi=uzovi, mode=mode)


def register_temporary(
    agb_code: str, offered_on: date, start_date: date | None = None, *, command_id: str | None = None
) -> RegisterTemporaryCommand:
    """Returns a temporary registration of somebody from abroad."""
    offered = _offered(offered_on, party_of(agb_code), command_id)
    ground = TemporaryGround.FROM_ABROAD
    return RegisterTemporaryCommand(**offered, agb_code=agb_code, start_date=start_date, ground=ground)


def extend(agb_code: str, offered_on: date, *, command_id: str | None = None) -> ExtendCommand:
    """Returns the one action by which a temporary registration is extended."""
    return ExtendCommand(**_offered(offered_on, party_of(agb_code), command_id), agb_code=agb_code)


def complete(
    agb_code: str,
    offered_on: date,
    *,
    uzovi: str = "7119",
    temporary: UUID = TEMPORARY_PATIENT,
    command_id: str | None = None,
) -> CompleteCommand:
    """Returns the command by which BSN and insurance of a temporary patient arrive."""
    offered = _offered(offered_on, party_of(agb_code), command_id)
    return CompleteCommand(**offered, agb_code=agb_code, temporary_patient_id=temporary, uzovi=uzovi)


def move(from_agb_code: str, agb_code: str, offered_on: date, *, command_id: str | None = None) -> MoveCommand:
    """Returns one patient's part in a change of AGB code."""
    offered = _offered(offered_on, party_of(from_agb_code), command_id)
    return MoveCommand(**offered, from_agb_code=from_agb_code, agb_code=agb_code)


def deregister(
    agb_code: str,
    offered_on: date,
    reason: DeregistrationReason = DeregistrationReason.OWN_REQUEST,
    *,
    command_id: str | None = None,
) -> DeregisterCommand:
    """Returns a deregistration by the GP."""
    return DeregisterCommand(**_offered(offered_on, party_of(agb_code), command_id), agb_code=agb_code, reason=reason)


def withdraw(
    withdrawn_id: str, agb_code: str, offered_on: date, *, party: str | None = None, command_id: str | None = None
) -> WithdrawCommand:
    """Returns the undoing of an earlier command of the same party."""
    offered = _offered(offered_on, party or party_of(agb_code), command_id)
    return WithdrawCommand(**offered, agb_code=agb_code, withdrawn_id=withdrawn_id)


def coverage(
    uzovi: str | None,
    valid_from: date,
    valid_until: date | None = None,
    *,
    offered_on: date = OPEN_DAY,
    command_id: str | None = None,
) -> CoverageCommand:
    """Returns what an insurer says about an insurance."""
    offered = _offered(offered_on, f"insurer {uzovi}", command_id)
    return CoverageCommand(**offered, uzovi=uzovi, valid_from=valid_from, valid_until=valid_until)


def correct(
    holder: str | None,
    valid_from: date,
    valid_until: date | None = None,
    *,
    offered_on: date = OPEN_DAY,
    office: bool = True,
    command_id: str | None = None,
) -> CorrectCommand:
    """Returns a correction by the office."""
    offered = _offered(offered_on, OFFICE, command_id, office)
    return CorrectCommand(
        **offered, holder=holder, valid_from=valid_from, valid_until=valid_until, reference="letter 12"
    )


def ruling(
    agb_code: str,
    on_date: date,
    parties: tuple[str, str] = (PRACTICE_A, PRACTICE_B),
    *,
    offered_on: date = OPEN_DAY,
    office: bool = True,
    command_id: str | None = None,
) -> RulingCommand:
    """Returns a ruling of the ombudsman, handed in by the office."""
    offered = _offered(offered_on, OFFICE, command_id, office)
    return RulingCommand(**offered, case_id=CASE, agb_code=agb_code, on_date=on_date, parties=parties)


def unblock(agb_code: str, offered_on: date, *, office: bool = True, command_id: str | None = None) -> UnblockCommand:
    """Returns the lifting of a block on the patient's statement, handed in by the office."""
    offered = _offered(offered_on, OFFICE, command_id, office)
    return UnblockCommand(**offered, agb_code=agb_code, ground=UnblockGround.STATEMENT, reference="statement 7")


def remove(offered_on: date = OPEN_DAY, *, office: bool = True, command_id: str | None = None) -> RemoveCommand:
    """Returns the removal of a person by the office."""
    return RemoveCommand(**_offered(offered_on, OFFICE, command_id, office), reference="request 3")


def settle(day: date, *, command_id: str | None = None) -> SettleCommand:
    """Returns the timer of what waits."""
    return SettleCommand(**_offered(day, "timer", command_id))


def ask(day: date, *, command_id: str | None = None) -> AskCommand:
    """Returns the timer of two months."""
    return AskCommand(**_offered(day, "timer", command_id))


def expire(day: date, *, command_id: str | None = None) -> EndCommand:
    """Returns the timer of three months."""
    return EndCommand(**_offered(day, "timer", command_id))


def unknown_patient() -> PatientState:
    """Returns a patient who never had a registration, with the (empty) history loaded."""
    return PatientState(PATIENT, history=())


def patient_of(agb_code: str, since: date = JANUARY_5, *, uzovi: str | None = "3311") -> PatientState:
    """Returns a patient with an active registration, the first, made by the command `first`."""
    return after(unknown_patient(), register(agb_code, since, uzovi=uzovi, command_id="first"))


def temporary_patient_of(agb_code: str, since: date = JANUARY_5) -> PatientState:
    """Returns a patient with an active temporary registration, the first, under an id of its own."""
    unknown = PatientState(TEMPORARY_PATIENT, history=())
    return after(unknown, register_temporary(agb_code, since, command_id="first temporary"))


def after(state: PatientState, *commands: Command, by: Reference = REFERENCE) -> PatientState:
    """Returns the state after these commands, one after the other."""
    for command in commands:
        state = decide(state, command, by).state
    return state


def codes(decision: Decision) -> list[Code]:
    """Returns what a decision says, in order."""
    return [entry.code for entry in decision.entries]


def by_id(temporary: PatientState | None) -> dict[UUID, PatientState]:
    """Returns the temporary patient, if there is one, as `decide` takes it."""
    return {} if temporary is None else {temporary.patient_id: temporary}


def temporary_of(decision: Decision) -> PatientState | None:
    """Returns the temporary patient whom a decision changed."""
    return next(iter(decision.temporaries.values()), None)
