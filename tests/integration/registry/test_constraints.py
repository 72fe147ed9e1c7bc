"""What the rules forbid, the database refuses: each named constraint is violated here, past the code that keeps it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from uuid import uuid4

import asyncpg
import pytest

from ion_platform.database import Connection, Pool
from tests.integration.registry.handling import take
from tests.integration.registry.made_changes import move_list, register_temporary
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, Partition, register

DAY = date(2027, 3, 10)
CLOSED_DAY = date(2027, 4, 1)


@pytest.fixture
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """A connection to a register with a row in each table that commands write."""
    made = [
        register(1, PRACTICE_A, DAY),
        register_temporary(2, PRACTICE_A, DAY, uuid4().bytes),
        register(1, PRACTICE_B, CLOSED_DAY),
        move_list(PRACTICE_A, PRACTICE_B, DAY),
    ]
    await take(pool, Partition(), made, DAY)
    async with pool.acquire() as connection:
        yield connection


UPDATES = (
    ("patient", "routing_key = 'short'", "patient_routing_key_size"),
    ("patient", "bsn = '12345678'", "patient_bsn_is_nine_digits"),
    ("patient", "sex = 'x'", "patient_sex_known"),
    ("patient", "removed_at = now()", "patient_removed_is_empty"),
    ("patient_alias", "routing_key = 'short'", "patient_alias_key_size"),
    ("insurance", "uzovi = '331'", "insurance_uzovi_is_four_digits"),
    ("insurance", "until = since - 1", "insurance_ends_after_it_began"),
    ("current", "since = null", "current_registration_is_whole"),
    ("current", "last_end = since", "current_starts_after_last_end"),
    ("current", "agb_code = '12345678'", "current_agb_code_of_a_gp"),
    ("current", "sequence = 0", "current_sequence_counts"),
    ("current", "agb_code = null, since = null, end_on = '2027-06-10'", "current_terms_are_of_a_registration"),
    ("current", "ask_on = '2027-06-10', end_on = '2027-06-10'", "current_asks_before_the_end"),
    ("policy", "closed_days = 'every-day'", "policy_closed_days_known"),
    ("policy", "ping_pong_transfers = 1", "policy_ping_pong_needs_two"),
    ("policy", "ping_pong_days = 0", "policy_ping_pong_days_sensible"),
    ("policy", "temporary_ask_months = 0", "policy_asks_after_a_month"),
    ("policy", "temporary_end_months = temporary_ask_months", "policy_ends_after_asking"),
    ("policy", "withdraw_days = -1", "policy_withdraw_days_sensible"),
    ("temporary_timer", "kind = 'tell'", "temporary_timer_kind_known"),
    ("list_operation", "kind = 'copy'", "list_operation_kind_known"),
    ("list_operation", "status = 'broken'", "list_operation_status_known"),
    ("list_operation", "from_agb_code = null", "list_operation_says_what"),
    ("list_operation", "kind = 'withdraw', from_agb_code = null", "list_operation_says_what"),
    ("list_operation", "status = 'done'", "list_operation_ends_when_done"),
    ("list_operation", "ended_at = now()", "list_operation_ends_when_done"),
)


async def refusal_of(connection: Connection, statement: str) -> str | None:
    """Returns the constraint that refuses a statement, or None; nothing of it stays."""
    attempt = connection.transaction()
    await attempt.start()
    try:
        await connection.execute(statement)
    except asyncpg.IntegrityConstraintViolationError as error:
        return error.constraint_name
    finally:
        await attempt.rollback()
    return None


async def test_the_database_refuses_each_row_that_the_rules_forbid(connection: Connection) -> None:
    await connection.execute(
        "insert into patient_alias select 'a key of 16 byte', patient_id from patient order by bsn limit 1"
    )
    for table, change, constraint in UPDATES:
        statement = f"update {table} set {change}"  # noqa: S608 - both are constants here
        assert (change, await refusal_of(connection, statement)) == (change, constraint)


JOURNAL = (
    ({"kind": "'unheard-of'"}, "journal_kind_known"),
    ({"status": "'perhaps'"}, "journal_status_known"),
    ({"status": "'deferred'"}, "journal_deferred_until_a_day"),
    ({"process_on": "recorded_on"}, "journal_deferred_until_a_day"),
    ({"status": "null", "process_on": "recorded_on"}, "journal_deferred_until_a_day"),
    ({"agb_code": "null"}, "journal_register_is_about_a_patient"),
    ({"mode": "null"}, "journal_register_is_about_a_patient"),
    ({"closed_day": "recorded_on"}, "journal_close_names_its_day"),
    ({"event": "'vanished'"}, "journal_event_known"),
    ({"event": "null", "valid_from": "null", "holder": "null"}, "journal_event_has_its_sequence"),
    ({"sequence": "null"}, "journal_event_has_its_sequence"),
    ({"sequence": "0"}, "journal_event_has_its_sequence"),
    ({"status": "'refused'"}, "journal_refusal_changes_nothing"),
    ({"event": "null", "sequence": "null"}, "journal_change_is_an_event"),
    ({"valid_until": "valid_from - 1"}, "journal_change_ends_after_it_began"),
    ({"holder": "'12345678'"}, "journal_holder_of_a_change"),
    ({"valid_from": "null"}, "journal_holder_of_a_change"),
    ({"previous_until": "valid_from - 1"}, "journal_previous_is_whole"),
    (
        {"previous_agb_code": "agb_code", "previous_since": "since", "previous_until": "valid_from"},
        "journal_previous_ends_the_day_before",
    ),
    (
        {"previous_agb_code": "agb_code", "previous_since": "valid_from", "previous_until": "valid_from - 1"},
        "journal_previous_ends_the_day_before",
    ),
)


SECOND = (
    ({'"offset"': '"offset"'}, "journal_record_once"),
    ({"command_id": "command_id"}, "journal_one_outcome_per_command"),
    ({"sequence": "sequence"}, "journal_of_patient"),
)
COLUMNS = "select attname from pg_attribute where attrelid = 'journal'::regclass and attnum > 0 and not attisdropped"


async def test_the_database_refuses_each_journal_row_that_the_rules_forbid(connection: Connection) -> None:
    columns = [f'"{row["attname"]}"' for row in await connection.fetch(COLUMNS)]
    for changed, constraint in (*JOURNAL, *SECOND):
        other = {"offset": "1000", "command_id": "'another'", "sequence": "9", **changed}
        other = {f'"{name.strip(chr(34))}"': value for name, value in other.items()}
        values = ", ".join(other.get(column, column) for column in columns)
        statement = (
            f"insert into journal ({', '.join(columns)}) select {values} from journal "  # noqa: S608
            "where kind = 'register' and event is not null"
        )
        assert (changed, await refusal_of(connection, statement)) == (changed, constraint)


ONCE = (
    ("insert into current select * from current", "current_pkey"),
    ("insert into insurance select * from insurance", "insurance_period_once"),
    ("insert into list_count select * from list_count", "list_count_once"),
    ("insert into temporary_timer select * from temporary_timer", "temporary_timer_once"),
    ("insert into waiting select * from waiting", "waiting_pkey"),
    ("update policy set valid_from = '2023-01-01'", "policy_from_once"),
    ("update patient set bsn = '999990019'", "patient_bsn_once"),
    ("update patient set routing_key = 'a key of 16 byte'", "patient_routing_key_once"),
    ("update current set patient_id = gen_random_uuid()", "current_patient_id_fkey"),
    ("update insurance set patient_id = gen_random_uuid()", "insurance_patient_id_fkey"),
    ("update waiting set patient_id = gen_random_uuid()", "waiting_patient_id_fkey"),
    ("update temporary_timer set patient_id = gen_random_uuid()", "temporary_timer_patient_id_fkey"),
    ("update patient set merged_into = gen_random_uuid()", "patient_merged_into_fkey"),
)


async def test_the_database_refuses_what_there_may_be_once_and_what_is_about_nobody(connection: Connection) -> None:
    for statement, constraint in ONCE:
        assert (statement, await refusal_of(connection, statement)) == (statement, constraint)
