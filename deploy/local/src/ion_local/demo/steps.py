"""The steps through the gateway, and all steps in their order.

Each does something from outside and returns what was expected and what was observed.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from ion_contracts.catalogue import OUTCOMES, insurer_changes_topic
from ion_contracts.messages import CommandOutcome, InsuredLeft, InsuredRegistered, Status
from ion_local.demo.papers import invoice_amounts, mail_text, pdf_text, reference_fits, shows_invoice
from ion_local.demo.people import DECEASED, NOT_INSURED, TWICE_INSURED, WRONG_BSNS
from ion_local.demo.play import Play, Result, Step
from ion_local.demo.rule_steps import RULE_STEPS
from ion_local.demo.world import World, until
from ion_local.population import INSURERS
from ion_local.practices import PRACTICES

PRACTICE_A, PRACTICE_B, PRACTICE_C, PRACTICE_D = PRACTICES[:4]
STOPPED_INSURER = "7119"
MOVERS = 5
CROWD, CROWD_MOVERS = 2000, 1000


async def file_of_200(play: Play) -> Result:
    """Practice A posts a file; the accepted lines are registered."""
    world, on = play.world, play.day(3, 22)
    await play.go_to(on)
    batch = await world.check_file(PRACTICE_A, play.cast.file, on)
    rejected = await world.rejected_codes(PRACTICE_A, batch)
    await world.register_accepted(PRACTICE_A, batch)
    outcomes = await world.finished(PRACTICE_A, batch)
    for person in play.cast.good:
        play.expect_change(person, PRACTICE_A.agb_code)
    good = len(play.cast.good)
    expected = {
        "lines": 200,
        "accepted": good,
        "rejected": {"0435": WRONG_BSNS, "101": NOT_INSURED, "103": TWICE_INSURED, "140": DECEASED},
        "registered": good,
        "own list": good,
    }
    observed = {
        "lines": batch["lines"],
        "accepted": batch["accepted"],
        "rejected": rejected,
        "registered": outcomes["accepted"],
        "own list": await world.list_total(PRACTICE_A),
    }
    told = f"{WRONG_BSNS} invalid BSN, {NOT_INSURED} not insured, {TWICE_INSURED} insured twice, {DECEASED} deceased"
    return expected, observed, f"{batch['accepted']} accepted and registered; rejected: {told}"


async def insurer_stopped(play: Play) -> Result:
    """A patient of an insurer that is down gets code 102; when it is back the same request succeeds."""
    world, person = play.world, play.cast.at_stopped_insurer
    await world.set_insurer(STOPPED_INSURER, down=True)
    without = await world.register(PRACTICE_A, person)
    await world.set_insurer(STOPPED_INSURER, down=False)
    with_it = await world.register(PRACTICE_A, person)
    play.expect_change(person, PRACTICE_A.agb_code)
    expected = {"first": ["refused", "102"], "not consulted": [STOPPED_INSURER], "again": ["accepted", "registered"]}
    silent = without["coverage"]["notConsulted"]
    observed = {
        "first": [without["status"], without["code"]],
        "not consulted": [n["uzovi"] for n in silent],
        "again": [with_it["status"], with_it["code"]],
    }
    reasons = ", ".join(f"{INSURERS[n['uzovi']]} ({n['reason']})" for n in silent)
    return expected, observed, f"code {without['code']}, not consulted: {reasons}; afterwards {with_it['code']}"


async def five_move(play: Play) -> Result:
    """Practice B registers five of A's patients: they move, and A gets a mail for each."""
    world, today = play.world, play.day(3, 23)
    movers = play.cast.good[:MOVERS]
    await play.go_to(today)
    moved = [await world.register(PRACTICE_B, person) for person in movers]
    for person in movers:
        play.expect_change(person, PRACTICE_B.agb_code)

    async def mails_are_there() -> bool:
        return len(world.mails_to(PRACTICE_A)) >= MOVERS

    await until(mails_are_there, "practice A had its mails")
    mails = world.mails_to(PRACTICE_A)
    texts = [mail_text(mail) for mail in mails]
    with_yesterday = [await world.list_total(PRACTICE_A, today - timedelta(days=1), p.bsn) for p in movers]
    with_today = [await world.list_total(PRACTICE_A, today, p.bsn) for p in movers]
    expected = {
        "moved": {"transferred": MOVERS},
        "with A until the day before": MOVERS,
        "with A on the day itself": 0,
        "mails to A": MOVERS,
        "mails that name the new GP": MOVERS,
        "mails with a BSN or a name": 0,
    }
    personal = [word for p in movers for word in (p.bsn, f" {p.family_name}")]
    observed = {
        "moved": dict(Counter(m["code"] for m in moved)),
        "with A until the day before": sum(with_yesterday),
        "with A on the day itself": sum(with_today),
        "mails to A": len(mails),
        "mails that name the new GP": sum(PRACTICE_B.name in text for text in texts),
        "mails with a BSN or a name": sum(any(word in text for word in personal) for text in texts),
    }
    return expected, observed, f"{len(moved)} moved; {len(mails)} mails to {PRACTICE_A.address} name {PRACTICE_B.name}"


async def refusals(play: Play) -> Result:
    """Rules 3, 4 and 5 refuse, each with its code."""
    world, today = play.world, play.day(3, 23)
    moved_today, of_a = play.cast.good[0], play.cast.good[MOVERS]
    same_day = await world.register(PRACTICE_C, moved_today)
    past = await world.register(PRACTICE_C, of_a, startDate=(today - timedelta(days=3)).isoformat())
    future = await world.register(PRACTICE_C, of_a, startDate=(today + timedelta(days=3)).isoformat())
    expected = {
        "same day": ["refused", "second-registration-same-day"],
        "in the past": ["refused", "start-in-past"],
        "in the future": ["refused", "start-in-future"],
    }
    answers = (same_day, past, future)
    observed = dict(zip(expected, ([a["status"], a["code"]] for a in answers), strict=True))
    return expected, observed, "; ".join(f"{name}: {answer[1]}" for name, answer in observed.items())


async def quarter_day(play: Play) -> Result:
    """On 1 April a transfer waits until the 2nd; a first registration does not."""
    world, first, second = play.world, play.day(4, 1), play.day(4, 2)
    mover, newcomer = play.cast.good[MOVERS], play.cast.newcomer
    await play.go_to(first)
    offered = await world.register(PRACTICE_C, mover)
    at_once = await world.register(PRACTICE_C, newcomer)
    await play.go_to(second)

    async def settled() -> bool:
        return bool((await world.operation(PRACTICE_C, offered["id"]))["status"] == "accepted")

    await until(settled, "the transfer that waited was processed")
    done = await world.operation(PRACTICE_C, offered["id"])
    play.expect_change(newcomer, PRACTICE_C.agb_code)
    play.expect_change(mover, PRACTICE_C.agb_code)
    expected = {
        "transfer on 1 April": ["deferred", second.isoformat()],
        "first registration on 1 April": ["accepted", first.isoformat()],
        "the transfer on 2 April": ["transferred", second.isoformat()],
    }
    observed = {
        "transfer on 1 April": [offered["status"], offered.get("processOn")],
        "first registration on 1 April": [at_once["status"], at_once["registration"]["since"]],
        "the transfer on 2 April": [done["code"], done["registration"]["since"]],
    }
    return expected, observed, f"the transfer was deferred and dated {second}; the first registration {first}"


async def insurers_topics(play: Play) -> Result:
    """Every insurer's topic holds the changes of its own insured, and nothing else."""
    expected: dict[str, Any] = {}
    observed: dict[str, Any] = {}
    for uzovi, due in play.changes.items():
        seen: Counter[tuple[str, str]] = Counter()
        foreign = 0
        for message in await play.world.read_topic(insurer_changes_topic(uzovi).name):
            body = message.body
            assert isinstance(body, InsuredRegistered | InsuredLeft)
            foreign += body.uzovi != uzovi
            if isinstance(body, InsuredRegistered):
                seen[(body.bsn, body.agb_code)] += 1
        expected[uzovi] = {"changes": due.total(), "missing": 0, "too many": 0, "of others": 0}
        missing, extra = (due - seen).total(), (seen - due).total()
        observed[uzovi] = {"changes": seen.total(), "missing": missing, "too many": extra, "of others": foreign}
    told = ", ".join(f"{INSURERS[u].split(' (')[0]} {o['changes']}" for u, o in observed.items())
    return expected, observed, f"changes read by six consumers of one topic each: {told}"


async def snapshot(play: Play) -> Result:
    """The snapshot of 1 April gives each practice its invoice; run again, nothing is doubled."""
    world = play.world
    counts = {
        PRACTICE_A.agb_code: len(play.cast.good) + 1 - MOVERS,
        PRACTICE_B.agb_code: MOVERS,
        PRACTICE_C.agb_code: 1,
    }

    async def issued() -> bool:
        return len(await world.invoices(play.year)) >= len(counts)

    await until(issued, "the invoices were issued")
    await world.run_command("billing", "ion-billing", "run", "--year", str(play.year))
    invoices = await world.invoices(play.year)
    pdfs = [await pdf_text(world, invoice["number"]) for invoice in invoices]
    expected = {
        "invoices": {agb_code: invoice_amounts(patients) for agb_code, patients in counts.items()},
        "numbers": [f"{play.year}-{n:06}" for n in range(1, len(counts) + 1)],
        "references that fit their check digit": len(counts),
        "PDFs with number, total and reference": len(counts),
    }
    observed = {
        "invoices": {
            i["agbCode"]: [i["patients"], i["exclCents"], i["vatCents"], i["totalCents"], i["minimumApplied"]]
            for i in invoices
        },
        "numbers": sorted(i["number"] for i in invoices),
        "references that fit their check digit": sum(reference_fits(i["paymentReference"]) for i in invoices),
        "PDFs with number, total and reference": sum(
            shows_invoice(text, i) for text, i in zip(pdfs, invoices, strict=True)
        ),
    }
    told = ", ".join(f"{i['patients']} patients EUR {i['totalCents'] / 100:.2f}" for i in invoices)
    return expected, observed, f"{len(invoices)} invoices ({told}); run again: still {len(invoices)}"


async def killed(play: Play) -> Result:
    """Registry and billing are killed while 2,000 commands are under way."""
    world = play.world
    stayers, before = play.cast.crowd[:CROWD_MOVERS], play.day(4, 6)
    await play.go_to(before)
    first = await world.check_file(PRACTICE_C, stayers, before)
    await world.register_accepted(PRACTICE_C, first)
    await world.finished(PRACTICE_C, first)
    await play.go_to(before + timedelta(days=1))
    batch = await world.check_file(PRACTICE_D, play.cast.crowd, before + timedelta(days=1))
    sent = await world.register_accepted(PRACTICE_D, batch)
    under_way = await _until_some_are_done(world, batch["id"])
    await world.kill_and_restart("registry", "billing")
    outcomes = await world.finished(PRACTICE_D, batch)

    async def mails_are_there() -> bool:
        seen = len(world.mails_to(PRACTICE_C))
        world.say(f"{seen} of {CROWD_MOVERS} mails")
        return seen >= CROWD_MOVERS

    await until(mails_are_there, "every move had its mail")
    lists = {p.agb_code: await world.list_total(p) for p in (PRACTICE_A, PRACTICE_B, PRACTICE_C, PRACTICE_D)}

    async def counts_agree() -> bool:
        return await world.billing_counts() == lists

    await until(counts_agree, "billing had counted everything")
    mails = world.mails_to(PRACTICE_C)
    expected = {
        "commands": CROWD,
        "outcomes": {"accepted": CROWD, "refused": 0},
        "commands with more than one final outcome": 0,
        "mails to C": CROWD_MOVERS,
        "different Message-IDs": CROWD_MOVERS,
        "patients": {
            PRACTICE_A.agb_code: len(play.cast.good) + 1 - MOVERS - 1,
            PRACTICE_B.agb_code: MOVERS,
            PRACTICE_C.agb_code: 2,
            PRACTICE_D.agb_code: CROWD,
        },
    }
    observed = {
        "commands": sent,
        "outcomes": {status: outcomes[status] for status in ("accepted", "refused")},
        "commands with more than one final outcome": await _twice_answered(world),
        "mails to C": len(mails),
        "different Message-IDs": len({str(mail["Message-ID"]) for mail in mails}),
        "patients": lists,
    }
    return (
        expected,
        observed,
        f"{sent} commands, {under_way} under way when killed; {len(mails)} mails; all counts agree",
    )


async def _until_some_are_done(world: World, batch_id: str) -> int:
    """Waits for the first outcomes and returns how many commands are still under way."""
    counts: dict[str, int] = {}

    async def some_are_done() -> bool:
        nonlocal counts
        counts = (await world.call("GET", f"/v1/batches/{batch_id}", PRACTICE_D))["registrations"]
        return counts["accepted"] > 0

    await until(some_are_done, "the first commands had their outcome", pause_s=0.01)
    return counts["processing"]


async def _twice_answered(world: World) -> int:
    """Counts commands with two different final outcomes; a repeated record has the same id and is one."""
    finals: dict[str, set[str]] = {}
    for message in await world.read_topic(OUTCOMES.name):
        body = message.body
        assert isinstance(body, CommandOutcome)
        if body.status is not Status.DEFERRED:
            finals.setdefault(body.command_id, set()).add(message.envelope.id)
    return sum(len(identifiers) > 1 for identifiers in finals.values())


STEPS: tuple[tuple[str, Step], ...] = (
    ("Practice A registers a file of 200 patients", file_of_200),
    ("An insurer is stopped: code 102", insurer_stopped),
    ("Practice B registers five of A's patients", five_move),
    ("What the rules refuse", refusals),
    ("The first day of the quarter", quarter_day),
    ("Every insurer hears of its own insured only", insurers_topics),
    ("The snapshot of 1 April and its invoices", snapshot),
    ("Registry and billing are killed under load", killed),
    *RULE_STEPS,
)
