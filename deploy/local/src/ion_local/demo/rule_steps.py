"""The steps of the rules that no route of the gateway takes yet: put on the topic as it will, observed from outside."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from ion_contracts import messages as m
from ion_contracts.catalogue import EVENTS
from ion_contracts.messages import cases
from ion_local.demo.commands import Command, Commands
from ion_local.demo.papers import mail_text
from ion_local.demo.play import Play, Result, Step
from ion_local.demo.world import World, patient, until
from ion_local.population import Inhabitant
from ion_local.practices import PRACTICES, Practice

PRACTICE_D, PRACTICE_E, PRACTICE_F, PRACTICE_G, PRACTICE_H = PRACTICES[3:8]


async def deregistered(play: Play) -> Result:
    """A GP deregisters a patient: the last day is the day before, and nobody gets a mail; a move does give one."""
    world, commands = play.world, Commands(play.world.stack)
    gone, moved = play.cast.others[:2]
    first, today = play.day(4, 8), play.day(4, 9)
    await play.go_to(first)
    for person in (gone, moved):
        await world.register(PRACTICE_E, person)
    await play.go_to(today)
    body = m.Deregister(
        agb_code=PRACTICE_E.agb_code,
        subject=m.Subject(bsn=gone.bsn),
        reason=m.DeregistrationReason.MOVED,
        **commands.offered_by(PRACTICE_E),
    )
    (outcome,) = await commands.carry_out(Command(body, commands.key_of(gone.bsn)))
    await world.register(PRACTICE_F, moved)
    await until(lambda: _has_mails(world, PRACTICE_E, 1), "practice E had a mail about the patient who moved")
    expected = {
        "outcome": "deregistered",
        "with E on the last day": 1,
        "with E on the day of deregistering": 0,
        "mails to E: of the patient who moved only": 1,
    }
    observed = {
        "outcome": outcome.code,
        "with E on the last day": await world.list_total(PRACTICE_E, first, gone.bsn),
        "with E on the day of deregistering": await world.list_total(PRACTICE_E, today, gone.bsn),
        "mails to E: of the patient who moved only": len(world.mails_to(PRACTICE_E)),
    }
    return expected, observed, f"{outcome.code} on {today}: the last day is {first}; no mail (a move that day: one)"


async def temporary(play: Play) -> Result:
    """Three temporary registrations: one extended, one expired, one completed with a BSN that F has."""
    world, commands = play.world, Commands(play.world.stack)
    known = play.cast.others[1]
    keys = [secrets.token_bytes(16) for _ in range(3)]
    began = await commands.carry_out(*(_temporary(commands, n, key) for n, key in enumerate(keys)))
    extended_id, expiring_id, completed_id = (_patient_id(outcome) for outcome in began)
    before = await world.topic_ends(EVENTS.name)
    await play.go_to(play.day(6, 9))
    due = await _events(world, before, m.TemporaryDue, {extended_id, expiring_id, completed_id})
    offered = {"agb_code": PRACTICE_E.agb_code, **commands.offered_by(PRACTICE_E)}
    extend = m.ExtendTemporary(subject=m.Subject(patient_id=extended_id), **offered)
    complete = m.CompleteTemporary(
        temporary_patient_id=completed_id, person=_person(known), uzovi=known.insurers[0], **offered
    )
    answers = await commands.carry_out(Command(extend, keys[0]), Command(complete, commands.key_of(known.bsn)))
    before = await world.topic_ends(EVENTS.name)
    await play.go_to(play.day(7, 9))
    expired = await _events(world, before, m.TemporaryExpired, {expiring_id})
    await until(lambda: _has_mails(world, PRACTICE_E, 2), "practice E had a mail about the expiry")
    await until(lambda: _has_mails(world, PRACTICE_F, 1), "practice F had a mail about the patient it lost")
    expected = {
        "registered": ["registered-temporary"] * 3,
        "asked after two months": 3,
        "extended": "extended",
        "completed": "completed-known-elsewhere",
        "expired after three months": [play.day(7, 8)],
        "mail to E about the expiry": True,
        "mails to F": 1,
        "known patient with E": 1,
    }
    observed = {
        "registered": [outcome.code for outcome in began],
        "asked after two months": len(due),
        "extended": answers[0].code,
        "completed": answers[1].code,
        "expired after three months": [one.ended.until for one in expired],
        "mail to E about the expiry": any(
            "tijdelijke inschrijving verlopen" in mail_text(mail) for mail in world.mails_to(PRACTICE_E)
        ),
        "mails to F": len(world.mails_to(PRACTICE_F)),
        "known patient with E": await world.list_total(PRACTICE_E, bsn=known.bsn),
    }
    told = f"3 asked on {play.day(6, 9)}; one extended, one {answers[1].code}, one expired on {play.day(7, 9)}"
    return expected, observed, told


async def to_and_fro(play: Play) -> Result:
    """The third transfer between two GPs blocks the patient; the patient's written statement lifts it."""
    world, commands, person = play.world, Commands(play.world.stack), play.cast.others[2]
    codes = []
    for day, practice in enumerate((PRACTICE_F, PRACTICE_G, PRACTICE_F, PRACTICE_G, PRACTICE_F), start=12):
        await play.go_to(play.day(7, day))
        codes.append((await world.register(practice, person))["code"])
    body = m.Unblock(
        agb_code=PRACTICE_F.agb_code,
        subject=m.Subject(bsn=person.bsn),
        ground=m.UnblockGround.STATEMENT,
        reference="verklaring-1",
        **commands.offered_by(None),
    )
    (lifted,) = await commands.carry_out(Command(body, commands.key_of(person.bsn)))
    expected = {
        "registrations": ["registered", "transferred", "transferred", "transferred", "patient-blocked"],
        "statement": "unblocked",
        "with the GP of the statement": 1,
    }
    observed = {
        "registrations": codes,
        "statement": lifted.code,
        "with the GP of the statement": await world.list_total(PRACTICE_F, bsn=person.bsn),
    }
    return expected, observed, f"three transfers between two GPs; the next: {codes[-1]}; the statement: {lifted.code}"


async def ruling(play: Play) -> Result:
    """The ombudsman rules who was the GP on 20 July; what the register believed before stays readable."""
    world, commands, person = play.world, Commands(play.world.stack), play.cast.others[3]
    disputed, ruled_on = play.day(7, 20), play.day(7, 26)
    await play.go_to(play.day(7, 19))
    await world.register(PRACTICE_F, person)
    await play.go_to(disputed)
    await world.register(PRACTICE_G, person)
    before = await world.ask_register("holders", bsn=person.bsn, onDate=disputed.isoformat())
    await play.go_to(ruled_on)
    case_id = uuid4()
    outcomes = await commands.carry_out(*_steps_to_a_ruling(commands, play, person, case_id))
    await until(lambda: _has_text(world, PRACTICE_G, "uitspraak van de ombudsman"), "practice G was told of the ruling")
    known_at = f"{disputed.isoformat()}T20:00:00Z"
    now = await world.ask_register("holders", bsn=person.bsn, onDate=disputed.isoformat())
    then = await world.ask_register("holders", bsn=person.bsn, onDate=disputed.isoformat(), knownAt=known_at)
    expected = {
        "steps": ["accepted"] * len(outcomes),
        "GP on 20 July, before the ruling": PRACTICE_G.agb_code,
        "after it": PRACTICE_F.agb_code,
        "as known on 20 July": PRACTICE_G.agb_code,
    }
    observed = {
        "steps": [outcome.status.value for outcome in outcomes],
        "GP on 20 July, before the ruling": before["agbCode"],
        "after it": now["agbCode"],
        "as known on 20 July": then["agbCode"],
    }
    told = f"GP on {disputed}: {now['agbCode']}; as known on that day: {then['agbCode']}; the GP who lost has a mail"
    return expected, observed, told


async def list_moved(play: Play) -> Result:
    """The practice of 2,000 patients changes its AGB code: one operation, stopped, resumed and done."""
    world, commands, operation_id = play.world, Commands(play.world.stack), uuid4()
    await play.go_to(play.day(8, 3))
    total = await world.list_total(PRACTICE_D)
    offered = commands.offered_by(PRACTICE_D)
    move = m.MoveList(
        operation_id=operation_id, from_agb_code=PRACTICE_D.agb_code, agb_code=PRACTICE_H.agb_code, **offered
    )
    stop, resume = (m.SteerList(operation_id=operation_id, steering=s, **offered) for s in m.Steering)
    key = operation_id.bytes
    started = await commands.carry_out(Command(move, key), Command(stop, key))
    stopped = await _operation(world, operation_id)
    (resumed,) = await commands.carry_out(Command(resume, key))
    last: dict[str, Any] = {}

    async def done() -> bool:
        nonlocal last
        last = await _operation(world, operation_id)
        world.say(f"{last['accepted']} of {last['total']} patients moved")
        return bool(last["status"] == "done" and last["accepted"] + last["refused"] == total)

    await until(done, "every patient of the list was moved")
    expected = {
        "outcomes": ["list-operation-started", "list-operation-stopped", "list-operation-resumed"],
        "stopped before its end": True,
        "done": ["done", total, total, 0],
        "lists": [0, total],
    }
    observed = {
        "outcomes": [outcome.code for outcome in (*started, resumed)],
        "stopped before its end": stopped["status"] == "stopped" and stopped["sent"] < total,
        "done": [last["status"], last["sent"], last["accepted"], last["refused"]],
        "lists": [await world.list_total(practice) for practice in (PRACTICE_D, PRACTICE_H)],
    }
    told = f"stopped at {stopped['sent']} of {total}, resumed, {last['accepted']} patients have the new code"
    return expected, observed, told


async def chain_verified(play: Play) -> Result:
    """The hashes over the journal and the access log are recomputed: every link is whole."""
    world = play.world
    before = await world.journal_rows()
    words = (await world.run_command("registry", "ion-registry", "verify-audit")).splitlines()
    rows = sum(int(line.split(", ")[1].split()[0]) for line in words if line.startswith("journal/"))
    expected = {"broken": 0, "every row of the journal is in it": True}
    observed = {
        "broken": sum("BROKEN" in line for line in words),
        "every row of the journal is in it": before <= rows <= await world.journal_rows(),
    }
    return expected, observed, words[-1]


RULE_STEPS: tuple[tuple[str, Step], ...] = (
    ("A deregistration and its end date, without a mail", deregistered),
    ("Temporary registrations: asked, extended, completed, expired", temporary),
    ("Ping-pong: the third transfer blocks, a statement lifts it", to_and_fro),
    ("A ruling corrects a reference date, the old belief stays", ruling),
    ("A whole list moves to another AGB code, stopped and resumed", list_moved),
    ("The chain over journal and access log is verified", chain_verified),
)


def _temporary(commands: Commands, number: int, key: bytes) -> Command:
    person = m.PartialPerson(family_name=f"Tijdelijk{'ABC'[number]}")
    body = m.RegisterTemporary(
        agb_code=PRACTICE_E.agb_code,
        person=person,
        ground=m.TemporaryGround.FROM_ABROAD,
        **commands.offered_by(PRACTICE_E),
    )
    return Command(body, key)


def _steps_to_a_ruling(commands: Commands, play: Play, person: Inhabitant, case_id: UUID) -> list[Command]:
    requester, other, disputed, today = PRACTICE_F, PRACTICE_G, play.day(7, 20), play.day(7, 26)
    opened = cases.Opened(
        kind="opened",
        requester=cases.Requester(
            name="A. Voorbeeldarts",
            email="arts@aandemaas.example",
            mobile="06 00000000",
            agb_code=requester.agb_code,
        ),
        other_agb_code=other.agb_code,
        bsn=person.bsn,
        on_date=disputed,
        description="De patiënt had zich net bij ons ingeschreven.",
        question="Wie was op deze dag de huisarts?",
        preconditions=cases.Preconditions(
            consulted_orally=True,
            consulted_in_writing=True,
            copies=("brief-1",),
            bsn_mix_up_excluded=True,
            identity_checked=True,
            patient_statement="verklaring-2",
        ),
    )
    by_the_office: list[cases.AfterOpening] = [
        cases.Contacted(kind="contacted"),
        *(cases.Heard(kind="heard", agb_code=p.agb_code, on=today) for p in (requester, other)),
        cases.PatientWish(kind="patient-wish", agb_code=requester.agb_code),
        cases.Ruled(kind="ruled", agb_code=requester.agb_code, text="De aanvrager was de huisarts."),
    ]
    first = m.CaseStep(case_id=case_id, step=opened, **commands.offered_by(requester))
    office = commands.offered_by(None)
    following = [m.CaseStep(case_id=case_id, step=step, **office) for step in by_the_office]
    return [Command(body, case_id.bytes) for body in (first, *following)]


def _person(known: Inhabitant) -> m.Person:
    return m.Person.model_validate(patient(known))


def _patient_id(outcome: m.CommandOutcome) -> UUID:
    assert outcome.registration is not None
    assert outcome.registration.patient_id is not None
    return outcome.registration.patient_id


async def _events(world: World, after: Mapping[int, int], kind: type[Any], patient_ids: set[UUID]) -> list[Any]:
    """Returns the events of a kind about some patients, one for each, as soon as they are on the topic."""
    found: list[Any] = []

    async def all_there() -> bool:
        nonlocal found
        bodies = [message.body for message in await world.read_topic(EVENTS.name, after)]
        found = [body for body in bodies if isinstance(body, kind) and body.patient_id in patient_ids]
        return {body.patient_id for body in found} == patient_ids

    await until(all_there, f"{len(patient_ids)} events {kind.__name__}", pause_s=0.3)
    return found


async def _operation(world: World, operation_id: UUID) -> dict[str, Any]:
    return await world.ask_register("list-operations", operationId=str(operation_id))


async def _has_mails(world: World, practice: Practice, count: int) -> bool:
    return len(world.mails_to(practice)) >= count


async def _has_text(world: World, practice: Practice, text: str) -> bool:
    return any(text in mail_text(mail) for mail in world.mails_to(practice))
