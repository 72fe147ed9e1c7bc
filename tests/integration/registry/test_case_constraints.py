"""What the rules of the ombudsman forbid, the database refuses, and the history of a case never changes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from ion_platform.database import Connection, Pool
from ion_registry.domain.calendar import ONE_DAY
from tests.integration.registry.taking import DAY, add_patient, in_case, ruled_case, take
from tests.unit.registry import made_cases as made


@pytest.fixture
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """A connection to a register that knows one patient."""
    async with pool.acquire() as connection:
        await add_patient(connection)
        yield connection


@pytest.mark.parametrize(
    "statement",
    [
        "update case_step set party = 'somebody else'",
        "update case_step set body = '{}'",
        "update case_step set body = null, n = n + 10",
        "delete from case_step",
        "truncate case_step cascade",
    ],
)
async def test_the_history_of_a_case_refuses_every_change(connection: Connection, statement: str) -> None:
    await ruled_case(connection)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await connection.execute(statement)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("other_agb_code = requester_agb_code", "ombudsman_case_has_two_parties"),
        ("other_agb_code = '12345678'", "ombudsman_case_agb_codes_of_a_gp"),
        ("on_date = opened_on + 1", "ombudsman_case_is_about_the_past"),
        ("ruling_due = opened_on", "ombudsman_case_terms_follow_opening"),
        ("contacted_on = opened_on - 1", "ombudsman_case_dates_follow_opening"),
        ("steps = 0", "ombudsman_case_steps_count"),
        ("heard = heard || array['01999999']", "ombudsman_case_hears_its_parties"),
        ("wish_agb_code = '01999999', ruled_agb_code = '01999999'", "ombudsman_case_wish_is_a_party"),
        ("ruled_agb_code = null", "ombudsman_case_ruling_is_whole"),
        ("wish_agb_code = other_agb_code", "ombudsman_case_rules_as_the_patient_wishes"),
        ("wish_agb_code = null", "ombudsman_case_rules_as_the_patient_wishes"),
        ("heard = array[other_agb_code]", "ombudsman_case_rules_after_hearing_both"),
        ("ruled_on = null, ruled_agb_code = null, published_on = opened_on", "ombudsman_case_publishes_a_ruling"),
        ("withdrawn_on = opened_on", "ombudsman_case_has_one_end"),
    ],
)
async def test_the_database_refuses_a_case_that_the_rules_forbid(
    connection: Connection, change: str, constraint: str
) -> None:
    await ruled_case(connection)
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await connection.execute(f"update ombudsman_case set {change}")  # noqa: S608 - the change is a constant here
    assert refusal.value.constraint_name == constraint


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("until = since - 1", "exclusion_ends_after_it_began"),
        ("until = since + 366", "exclusion_is_temporary"),
        ("lifted_on = since", "exclusion_lifting_is_whole"),
        ("lifted_on = until + 1, lifted_by = command_id", "exclusion_lifted_within_it"),
        ("agb_code = '12345678'", "exclusion_agb_code_of_a_gp"),
    ],
)
async def test_the_database_refuses_an_exclusion_that_the_rules_forbid(
    connection: Connection, change: str, constraint: str
) -> None:
    case_id = await ruled_case(connection)
    await take(connection, in_case(case_id, made.excluded(DAY, DAY + ONE_DAY)))
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await connection.execute(f"update exclusion set {change}")  # noqa: S608 - the change is a constant here
    assert refusal.value.constraint_name == constraint


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("kind", "'opened'", "case_step_first_is_the_opening"),
        ("kind", "'appealed'", "case_step_kind_known"),
        ("office", "false", "case_step_others_by_the_office"),
    ],
)
async def test_the_database_refuses_a_step_that_the_rules_forbid(
    connection: Connection, column: str, value: str, constraint: str
) -> None:
    await ruled_case(connection)
    columns = {"command_id": "'another'", "n": "6", "kind": "kind", "office": "office", column: value}
    kept = ("case_id", "code", "offered_on", "offered_at", "recorded_on", "party", "body")
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await connection.execute(
            f"insert into case_step ({', '.join((*columns, *kept))}) "  # noqa: S608 - all of it is constant here
            f"select {', '.join((*columns.values(), *kept))} from case_step where kind = 'ruled'"
        )
    assert refusal.value.constraint_name == constraint


async def test_the_database_refuses_two_exclusions_of_one_gp_at_a_time(connection: Connection) -> None:
    case_id = await ruled_case(connection)
    await take(connection, in_case(case_id, made.excluded(DAY, DAY + ONE_DAY)))
    with pytest.raises(asyncpg.ExclusionViolationError, match="exclusion_once_at_a_time"):
        await connection.execute(
            "insert into exclusion (command_id, case_id, agb_code, since, until, reason) "
            "select s.command_id, e.case_id, agb_code, since + 1, until + 1, reason from exclusion e, "
            "(select command_id from case_step where kind = 'opened') s"
        )
