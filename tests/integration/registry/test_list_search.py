"""Searching a list, deep pages, what is marked on it, and lists as they were known (rules 6, 7, 14 and 33)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from ion_contracts.messages import Correct, PartialPerson, RegisterTemporary, Sex, Subject, TemporaryGround
from ion_platform.database import Pool
from tests.integration.registry.asking import OF_A, OFFICE, Ask, insurer, looks, patient_id, provider, record
from tests.integration.registry.made_messages import (
    PRACTICE_A,
    PRACTICE_B,
    PRACTICE_C,
    Made,
    Partition,
    person,
    register,
    routing_key,
)

BEGAN, MOVED, CLOSED_DAY = date(2027, 1, 10), date(2027, 3, 10), date(2027, 4, 1)
NAMES = ["Éclair", "Eckhart", "Zuiderveld", "ÇELİK", "van Ommen", "Gemaakt%_"]


def found(answer: dict[str, Any]) -> list[str]:
    return [one["familyName"] for one in answer["registrations"]]


async def search(ask: Ask, **question: Any) -> dict[str, Any]:
    status, answer = await ask("/registrations/_search", {"agbCode": PRACTICE_A, **question})
    assert status == 200, answer
    return answer


@pytest.fixture
async def named(pool: Pool) -> None:
    """Patients of A with these names."""
    made = [register(number, PRACTICE_A, BEGAN, family_name=name) for number, name in enumerate(NAMES)]
    await record(pool, Partition(), made, BEGAN)


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ec", ["Eckhart", "Éclair"]),
        ("ÉC", ["Eckhart", "Éclair"]),
        ("eclair A", ["Éclair"]),
        ("zuid", ["Zuiderveld"]),
        ("van", ["van Ommen"]),
        ("ommen", []),
        ("gemaakt%", ["Gemaakt%_"]),
        ("%", []),
        ("çe", ["ÇELİK"]),
    ],
)
async def test_a_name_is_found_by_its_beginning_whatever_its_case_and_accents(
    ask: Ask, name: str, expected: list[str]
) -> None:
    answer = await search(ask, name=name)
    assert (found(answer), answer["total"]) == (expected, len(expected))


async def test_names_are_folded_as_the_column_is(pool: Pool) -> None:
    column = await pool.fetchval(
        "select pg_get_expr(adbin, adrelid) from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum"
        " where adrelid = 'patient'::regclass and attname = 'list_name'"
    )
    assert "'àáâãäåçèéêëìíîïñòóôõöøùúûüýÿ'::text, 'aaaaaaceeeeiiiinoooooouuuuyy'::text" in column


@pytest.mark.usefixtures("named")
async def test_a_list_is_searched_by_birth_date_and_bsn_together_and_apart(ask: Ask) -> None:
    born, bsn = person(2).birth_date.isoformat(), person(2).bsn
    for question in ({"birthDate": born}, {"bsn": bsn}, {"birthDate": born, "bsn": bsn, "name": "z"}):
        assert found(await search(ask, **question)) == ["Zuiderveld"]
    assert found(await search(ask, birthDate=born, bsn=person(3).bsn)) == []


async def test_cursors_lead_through_the_whole_list_once_while_people_come_and_go(ask: Ask, pool: Pool) -> None:
    partition = Partition()
    await record(pool, partition, [register(number, PRACTICE_A, BEGAN) for number in range(60)], BEGAN)
    answer = await search(ask, pageSize=25)
    seen = found(answer)
    # The person at whom the page ended moves, and so does one who was seen: nobody else is skipped or shown twice.
    await record(pool, partition, [register(number, PRACTICE_B, MOVED) for number in (3, 24)], MOVED)
    while "nextCursor" in answer:
        assert len(answer["nextCursor"]) == 22
        answer = await search(ask, pageSize=25, cursor=answer["nextCursor"])
        seen += found(answer)
    assert (seen, answer["total"]) == ([person(number).family_name for number in range(60)], 58)


async def test_a_cursor_that_leads_nowhere_and_a_page_too_deep_are_named(ask: Ask, pool: Pool) -> None:
    status, answer = await ask("/registrations/_search", {"agbCode": PRACTICE_A, "cursor": "A" * 22})
    assert (status, answer["code"]) == (400, "cursor-unknown")
    status, answer = await ask("/registrations/_search", {"agbCode": PRACTICE_A, "page": 1_000})
    assert (status, answer["code"]) == (400, "page-too-deep")
    assert [look[2:] for look in await looks(pool)] == [("refused", "cursor-unknown"), ("refused", "page-too-deep")]


async def test_a_temporary_registration_and_what_waits_are_marked(ask: Ask, pool: Pool) -> None:
    partition = Partition()
    someone = PartialPerson(
        initials="T.", prefix="", family_name="Aantal", birth_date=date(2027, 3, 1), sex=Sex.UNKNOWN
    )
    temporary = RegisterTemporary(
        agb_code=PRACTICE_A,
        person=someone,
        ground=TemporaryGround.NEWBORN,
        offered_on=MOVED,
        offered_at=datetime.now(UTC),
        party="made party",
    )
    await record(pool, partition, [Made(temporary, b"r" * 16), register(1, PRACTICE_A, MOVED)], MOVED)
    await record(pool, partition, [register(1, PRACTICE_B, CLOSED_DAY)], CLOSED_DAY)
    newborn, other = (await search(ask))["registrations"]
    assert (newborn["familyName"], newborn["temporaryUntil"], "bsn" in newborn) == ("Aantal", "2027-06-10", False)
    # That another GP will have the patient is not told before it is so.
    assert ("temporaryUntil" in other, "waiting" in other) == (False, False)
    _, waiting = await ask("/waiting/_search", {"agbCodes": [PRACTICE_B, PRACTICE_C]}, provider(PRACTICE_B))
    (one,) = waiting["waiting"]
    assert (one["type"], one["processOn"], one["offeredOn"]) == (
        "inschrijving-aangevraagd.v1",
        "2027-04-02",
        "2027-04-01",
    )
    assert one["patient"]["bsn"] == person(1).bsn
    _, nothing = await ask("/waiting/_search", {"agbCodes": [PRACTICE_A]})
    assert nothing == {"waiting": []}


async def test_what_waits_is_paged(ask: Ask, pool: Pool) -> None:
    partition = Partition()
    await record(pool, partition, [register(number, PRACTICE_A, BEGAN) for number in range(7)], BEGAN)
    await record(pool, partition, [register(number, PRACTICE_B, CLOSED_DAY) for number in range(7)], CLOSED_DAY)
    question: dict[str, Any] = {"agbCodes": [PRACTICE_B], "pageSize": 3}
    seen: list[str] = []
    while True:
        _, answer = await ask("/waiting/_search", question, provider(PRACTICE_B))
        seen += [one["patient"]["bsn"] for one in answer["waiting"]]
        if "nextCursor" not in answer:
            break
        question["cursor"] = answer["nextCursor"]
    assert sorted(seen) == sorted(person(number).bsn for number in range(7))
    status, answer = await ask("/waiting/_search", {**question, "cursor": "2027-99-99_x"}, provider(PRACTICE_B))
    assert (status, answer["errors"][0]["field"]) == (400, "cursor")


async def test_rule_7_a_corrected_list_shows_the_new_belief_and_what_was_known_before(ask: Ask, pool: Pool) -> None:
    partition = Partition()
    await record(pool, partition, [register(1, PRACTICE_A, BEGAN)], BEGAN)
    corrected = Correct(
        subject=Subject(bsn=person(1).bsn),
        holder=PRACTICE_B,
        valid_from=date(2027, 2, 1),
        valid_until=date(2027, 2, 9),
        reference="C-2027/1",
        offered_on=MOVED,
        offered_at=datetime.now(UTC),
        party="office",
        office=True,
    )
    await record(pool, partition, [Made(corrected, routing_key(person(1).bsn))], MOVED)

    async def periods(agb_code: str, day: str, **known: str) -> list[tuple[str, str | None]]:
        question = {"agbCode": agb_code, "onDate": day, **known}
        _, answer = await ask("/registrations/_search", question, OFFICE)
        assert answer["total"] == len(answer["registrations"])
        return [(one["since"], one.get("until")) for one in answer["registrations"]]

    assert await periods(PRACTICE_A, "2027-01-31") == [("2027-01-10", "2027-01-31")]
    assert await periods(PRACTICE_A, "2027-02-01") == []
    assert await periods(PRACTICE_B, "2027-02-09") == [("2027-02-01", "2027-02-09")]
    assert await periods(PRACTICE_A, "2027-02-10") == [("2027-02-10", None)]
    before = {"knownAt": "2027-03-09T00:00:00Z"}
    assert await periods(PRACTICE_A, "2027-02-01", **before) == [("2027-01-10", None)]
    assert await periods(PRACTICE_B, "2027-02-01", **before) == []


@pytest.mark.usefixtures("named")
async def test_a_list_is_shown_to_who_acts_for_the_code_and_to_the_office(ask: Ask, pool: Pool) -> None:
    question = {"agbCode": PRACTICE_A, "pageSize": 1}
    results = []
    for asker in (OF_A, OFFICE, provider(PRACTICE_B), insurer("3311"), {**OFFICE, "ion-role": "system"}):
        status, answer = await ask("/registrations/_search", question, asker)
        results.append((status, answer.get("code")))
    assert results == [
        (200, None),
        (200, None),
        (403, "not-own-code"),
        (403, "not-for-this-role"),
        (403, "not-for-this-role"),
    ]
    assert [look[2:] for look in await looks(pool)] == [
        ("found", None),
        ("found", None),
        ("refused", "not-own-code"),
        ("refused", "not-for-this-role"),
        ("refused", "not-for-this-role"),
    ]


@pytest.mark.usefixtures("named")
async def test_rule_16_the_list_of_who_stopped_is_shown_to_the_office_and_the_successor_only(
    ask: Ask, pool: Pool
) -> None:
    question = {"agbCode": PRACTICE_A}

    async def results() -> list[tuple[int, Any]]:
        askers = (OFFICE, provider(PRACTICE_B), provider(PRACTICE_C), OF_A, insurer("3311"))
        answers = [await ask("/stopped-lists/_search", question, asker) for asker in askers]
        return [(status, answer.get("total", answer.get("code"))) for status, answer in answers]

    refused, not_for_insurers = (403, "not-the-successor"), (403, "not-for-this-role")
    assert await results() == [refused] * 4 + [not_for_insurers]
    await pool.execute(
        "update provider set active_until = '2027-05-31', successor = $2 where agb_code = $1", PRACTICE_A, PRACTICE_B
    )
    assert await results() == [(200, 6), (200, 6), refused, refused, not_for_insurers]


@pytest.mark.usefixtures("named")
async def test_rule_15_all_own_codes_stand_in_one_overview(ask: Ask, pool: Pool) -> None:
    await pool.execute("update provider set active_until = '2027-05-31' where agb_code = $1", PRACTICE_A)
    codes = [PRACTICE_B, PRACTICE_A, "01123456", "01099999"]
    status, answer = await ask("/codes/_search", {"agbCodes": codes})
    assert status == 200
    shown = [(o["agbCode"], o.get("kind"), o["total"], o.get("unusable")) for o in answer["codes"]]
    assert shown == [
        (PRACTICE_B, "practice", 0, None),
        (PRACTICE_A, "practice", 6, "agb-code-not-active"),
        ("01123456", "person", 0, "practice-code-required"),
        ("01099999", None, 0, "unknown-agb-code"),
    ]
    assert await looks(pool) == []
    status, answer = await ask("/codes/_search", {"agbCodes": [PRACTICE_B]})
    assert (status, answer["code"]) == (403, "not-own-code")
    assert (await ask("/codes/_search", {"agbCodes": [PRACTICE_A] * 101}))[0] == 400


@pytest.mark.usefixtures("named")
async def test_rule_26_a_practice_is_told_what_to_register_and_what_to_deregister(ask: Ask, pool: Pool) -> None:
    partition = Partition(1)
    await record(pool, partition, [register(20, PRACTICE_B, BEGAN), register(21, PRACTICE_B, BEGAN)], BEGAN)
    bsns = [person(n).bsn for n in (0, 1, 20, 30)] + ["123456789", person(0).bsn, "no number", person(2).bsn]
    status, answer = await ask("/reconciliations", {"agbCode": PRACTICE_A, "bsns": bsns})
    assert status == 200
    assert answer["same"] == 3
    assert answer["toRegister"] == [
        {"position": 2, "withAgbCode": PRACTICE_B, "blocked": False},
        {"position": 3, "blocked": False},
    ]
    assert sorted(one["familyName"] for one in answer["toDeregister"]) == sorted(NAMES[3:])
    assert (answer["invalid"], answer["duplicates"]) == ([4, 6], [{"position": 5, "firstPosition": 0}])
    assert "123456789" not in str(answer)
    logged = {row[0] for row in await pool.fetch("select patient_id from access_log where question = 'reconcile'")}
    everybody = {await patient_id(pool, person(number).bsn) for number in (*range(6), 20)}
    assert logged == everybody


async def test_a_practice_of_any_size_is_reconciled_and_a_larger_list_refused(ask: Ask) -> None:
    status, answer = await ask("/reconciliations", {"agbCode": PRACTICE_A, "bsns": [person(1).bsn] * 15_000})
    assert (status, len(answer["duplicates"]), len(answer["toRegister"])) == (200, 14_999, 1)
    status, answer = await ask("/reconciliations", {"agbCode": PRACTICE_A, "bsns": ["1"] * 15_001})
    assert (status, answer["errors"][0]["field"]) == (400, "bsns")
    status, answer = await ask("/reconciliations", {"agbCode": PRACTICE_A, "bsns": []})
    assert (status, answer["toRegister"]) == (200, [])


async def test_an_unknown_operation_is_not_found_and_that_is_recorded(ask: Ask, pool: Pool) -> None:
    status, answer = await ask("/list-operations/_search", {"operationId": str(uuid4())})
    assert (status, answer["code"]) == (404, "not-found")
    assert await looks(pool) == [("list-operation", "read", "not-found", None)]
