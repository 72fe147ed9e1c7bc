"""`ion-registry office`: commands about one patient that authorised staff give by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import click
from pydantic import ValidationError

from ion_contracts import messages as m
from ion_platform.clock import Clock
from ion_platform.database import Connection
from ion_registry.commands.office_options import (
    AGB_CODE,
    COMMAND_ID,
    DAY,
    REFERENCE,
    UZOVI,
    about_a_patient,
    dry_run_option,
)
from ion_registry.commands.working import OFFICE, judge_and_send, look_up, on_database, read_bsn
from ion_registry.services.office.commands import KnownPatient, as_outgoing, party_of_command

PERSON_BYTES_MAX = 8 * 1024
PersonT = TypeVar("PersonT", m.Person, m.PartialPerson)
AGB_OPTION = click.option("--agb-code", type=AGB_CODE, required=True, help="The GP or practice.")
REFERENCE_OPTION = click.option(
    "--reference", type=REFERENCE, required=True, help="Leads to the document that this rests on, such as C-2027/104."
)


@click.group("office")
def office_group() -> None:
    """Give a command about one patient, as authorised staff.

    A BSN or a name is read from stdin and is never an argument. Each command is judged as the register is now, and
    not sent when it would be refused; it then goes the way of every command, and `ion-registry outcome ID` says what
    became of it.

    Only patients whom the register knows, or temporary ones without a BSN: the key of a command is computed from the
    BSN with a secret that only the gateway has, and the register keeps the key of whom it knows. Somebody new is
    registered through the gateway.

    \b
    Examples (the BSN is asked for, and not shown):
      ion-registry office deregister --user k.jansen --agb-code 01023456 --reason deceased --dry-run
      ion-registry office correct --user k.jansen --nobody --from 2027-01-01 --until 2027-01-31 --reference C-2027/104
    """


@office_group.command()
@AGB_OPTION
@click.option("--reason", type=click.Choice([one.value for one in m.DeregistrationReason]), required=True)
@about_a_patient
def deregister(agb_code: str, reason: str, **who: Any) -> None:
    """End the registration with a GP, on the day before today (rules 9 and 12)."""

    def body(found: KnownPatient, offered: dict[str, Any]) -> m.Message:
        subject = m.Subject(patient_id=found.patient_id)
        return m.Deregister(agb_code=agb_code, subject=subject, reason=m.DeregistrationReason(reason), **offered)

    _about_known(body, **who)


@office_group.command()
@AGB_OPTION
@click.option("--command", "command_id", type=COMMAND_ID, required=True, help="The id of the command to withdraw.")
@about_a_patient
def withdraw(agb_code: str, command_id: str, **who: Any) -> None:
    """Undo what a command did, for the party that gave it, while nothing was built upon it and within the term."""

    def body(found: KnownPatient, offered: dict[str, Any]) -> m.Message:
        subject = m.Subject(patient_id=found.patient_id)
        return m.Withdraw(agb_code=agb_code, subject=subject, withdrawn_id=command_id, **offered)

    _about_known(body, party_of=command_id, **who)


@office_group.command()
@click.option("--holder", type=AGB_CODE, help="Who had the patient on these days.")
@click.option("--nobody", is_flag=True, help="Nobody had the patient on these days.")
@click.option("--from", "valid_from", type=DAY, required=True, help="The first day.")
@click.option("--until", "valid_until", type=DAY, help="The last day; without it, until further notice.")
@REFERENCE_OPTION
@about_a_patient
def correct(
    holder: str | None,
    nobody: bool,
    valid_from: datetime,
    valid_until: datetime | None,
    reference: str,
    **who: Any,
) -> None:
    """Rewrite who had the patient on some days; what was believed before stays readable."""
    if (holder is None) != nobody:
        raise click.UsageError("name one: --holder CODE or --nobody")

    def body(found: KnownPatient, offered: dict[str, Any]) -> m.Message:
        return m.Correct(
            subject=m.Subject(patient_id=found.patient_id),
            holder=holder,
            valid_from=valid_from.date(),
            valid_until=_day(valid_until),
            reference=reference,
            **offered,
        )

    _about_known(body, **who)


@office_group.command()
@AGB_OPTION
@click.option("--ground", type=click.Choice([one.value for one in m.UnblockGround]), required=True)
@REFERENCE_OPTION
@about_a_patient
def unblock(agb_code: str, ground: str, reference: str, **who: Any) -> None:
    """Lift the block of a patient and register with the GP of the patient's choice (rule 39)."""

    def body(found: KnownPatient, offered: dict[str, Any]) -> m.Message:
        return m.Unblock(
            agb_code=agb_code,
            subject=m.Subject(patient_id=found.patient_id),
            ground=m.UnblockGround(ground),
            reference=reference,
            **offered,
        )

    _about_known(body, **who)


@office_group.command("remove-person")
@REFERENCE_OPTION
@about_a_patient
def remove_person(reference: str, **who: Any) -> None:
    """Remove name, birth date and BSN of somebody without a registration; the journal stays whole. For good."""

    def body(found: KnownPatient, offered: dict[str, Any]) -> m.Message:
        return m.RemovePerson(patient_id=found.patient_id, reference=reference, **offered)

    _about_known(body, **who)


@office_group.command()
@AGB_OPTION
@about_a_patient
def extend(agb_code: str, **who: Any) -> None:
    """Start the term of a temporary registration again (rule 34)."""

    def body(found: KnownPatient, offered: dict[str, Any]) -> m.Message:
        subject = m.Subject(patient_id=found.patient_id)
        return m.ExtendTemporary(agb_code=agb_code, subject=subject, **offered)

    _about_known(body, **who)


@office_group.command("register-temporary")
@AGB_OPTION
@click.option("--ground", type=click.Choice([one.value for one in m.TemporaryGround]), required=True)
@click.option("--start", type=DAY, help="The start that was asked for; without it, today.")
@click.option("--user", required=True, help="Who does this: a personal code, for the access log.")
@dry_run_option
def register_temporary(agb_code: str, ground: str, start: datetime | None, user: str, dry_run: bool) -> None:
    """Register somebody without BSN or insurance for three months, with what is known (rule 33).

    The person is read from stdin as JSON: familyName, and as far as known initials, prefix, birthDate, sex and bsn.
    With a BSN it has to be somebody whom the register knows.

    \b
    Example:
      ion-registry office register-temporary --user k.jansen --agb-code 01023456 --ground newborn < person.json
    """
    person = _read_person(m.PartialPerson)

    async def register(connection: Connection, clock: Clock) -> None:
        known = await look_up(connection, user, person.bsn) if person.bsn else None
        body = m.RegisterTemporary(
            agb_code=agb_code,
            person=person,
            ground=m.TemporaryGround(ground),
            start_date=_day(start),
            **_offered(clock),
        )
        key = known.routing_key if known else uuid4().bytes
        await judge_and_send(connection, as_outgoing(body, key, clock), clock, dry_run)

    on_database(register)


@office_group.command()
@AGB_OPTION
@click.option("--temporary", type=click.UUID, required=True, help="The register's number of the temporary patient.")
@click.option("--uzovi", type=UZOVI, required=True, help="The insurer.")
@click.option("--user", required=True, help="Who does this: a personal code, for the access log.")
@dry_run_option
def complete(agb_code: str, temporary: UUID, uzovi: str, user: str, dry_run: bool) -> None:
    """Make a temporary registration definite, with a BSN that the register knows already.

    The person is read from stdin as JSON: bsn, familyName, birthDate, and initials, prefix, sex. A BSN that is new to
    the register is completed through the gateway.
    """
    person = _read_person(m.Person)

    async def finish(connection: Connection, clock: Clock) -> None:
        known = await look_up(connection, user, person.bsn)
        body = m.CompleteTemporary(
            agb_code=agb_code, temporary_patient_id=temporary, person=person, uzovi=uzovi, **_offered(clock)
        )
        await judge_and_send(connection, as_outgoing(body, known.routing_key, clock), clock, dry_run)

    on_database(finish)


def _about_known(
    make_body: Callable[[KnownPatient, dict[str, Any]], m.Message],
    *,
    user: str,
    patient_id: UUID | None,
    dry_run: bool,
    party_of: str | None = None,
) -> None:
    """Judges and sends what is about a patient whom the register knows; for the party of a command, or the office."""
    bsn = None if patient_id else read_bsn()

    async def work(connection: Connection, clock: Clock) -> None:
        found = await look_up(connection, user, bsn, patient_id)
        party = await party_of_command(connection, party_of) if party_of else OFFICE
        body = make_body(found, _offered(clock, party or OFFICE))
        await judge_and_send(connection, as_outgoing(body, found.routing_key, clock), clock, dry_run)

    on_database(work)


def _offered(clock: Clock, party: str = OFFICE) -> dict[str, Any]:
    return {"offered_on": clock.today(), "offered_at": clock.now(), "party": party, "office": True}


def _read_person(model: type[PersonT]) -> PersonT:
    content = sys.stdin.buffer.read(PERSON_BYTES_MAX + 1)
    if len(content) > PERSON_BYTES_MAX:
        raise click.ClickException(f"on stdin: a person has at most {PERSON_BYTES_MAX} bytes")
    try:
        return model.model_validate_json(content, extra="forbid")
    except ValidationError as error:
        lines = [
            f"  {'.'.join(str(part) for part in detail['loc']) or 'person'}: {detail['msg']}"
            for detail in error.errors(include_input=False, include_url=False)
        ]
        raise click.ClickException("on stdin: no person; nothing was sent:\n" + "\n".join(lines)) from None


def _day(moment: datetime | None) -> date | None:
    return moment and moment.date()
