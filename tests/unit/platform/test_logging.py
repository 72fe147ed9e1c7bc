from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import pytest
import structlog

from ion_platform.clock import ClockError
from ion_platform.log_fields import ALLOWED_FIELDS, safe_text
from ion_platform.logging import adopt_third_party_loggers, configure_logging, get_logger, where

BSN = "999990019"
"""A test number that passes the elfproef."""
NOT_A_BSN = "999990018"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """All that was logged; the configuration of the test run comes back afterwards."""
    output = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", output)
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = list(root.handlers), root.level
    configure_logging("registry", "info", "registry-0")
    yield lambda: [json.loads(line) for line in output.buffer.getvalue().splitlines()]  # type: ignore[attr-defined]
    root.handlers, sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def fail(value: str) -> None:
    raise ValueError(f"cannot take {value}")


def test_a_line_is_one_json_object_with_who_speaks(lines: Lines) -> None:
    get_logger("ion_registry.made").info("batch handled", topic="made.v1", records=3)
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "service": "registry",
        "instance": "registry-0",
        "module": "ion_registry.made",
        "event": "batch handled",
        "topic": "made.v1",
        "records": 3,
    }


def test_a_field_that_is_not_allowed_is_dropped_and_named(lines: Lines) -> None:
    get_logger("made").info("made", bsn=BSN, family_name="Jansen", topic="made.v1")
    (line,) = lines()
    assert line["dropped_fields"] == ["bsn", "family_name"]
    assert line["topic"] == "made.v1"
    assert BSN not in json.dumps(line)
    assert "Jansen" not in json.dumps(line)


def test_an_allowed_name_does_not_let_an_object_through(lines: Lines) -> None:
    get_logger("made").info("made", reason={"name": "Jansen"}, count=[object()], rows=b"Jansen")
    (line,) = lines()
    assert line["dropped_fields"] == ["count", "reason", "rows"]
    assert "Jansen" not in json.dumps(line)


def test_a_bsn_is_taken_out_of_any_text_and_other_numbers_stay(lines: Lines) -> None:
    get_logger("made").info("made", reason=f"got {BSN} and {NOT_A_BSN}", partitions=[BSN])
    (line,) = lines()
    assert line["reason"] == f"got [bsn] and {NOT_A_BSN}"
    assert line["partitions"] == ["[bsn]"]


def test_there_is_nothing_to_format_into_the_text(lines: Lines) -> None:
    with pytest.raises(TypeError):
        get_logger("made").info("got %s", BSN)  # type: ignore[call-arg]
    assert lines() == []


def test_of_a_foreign_exception_the_type_and_the_places_are_logged_and_never_its_text(lines: Lines) -> None:
    try:
        fail("Jansen")
    except ValueError:
        get_logger("made").exception("it failed")
    (line,) = lines()
    assert line["level"] == "error"
    assert line["error_type"] == "ValueError"
    assert line["error_places"][-1].startswith("platform/test_logging.py:")
    assert line["error_places"][-1].endswith(" fail")
    assert "Jansen" not in json.dumps(line)


def test_the_text_of_our_own_exceptions_is_logged(lines: Lines) -> None:
    get_logger("made").error("it failed", exc_info=ClockError("the file makes no sense"))
    (line,) = lines()
    assert line["error_text"] == "the file makes no sense"
    assert safe_text(ClockError("no sense")) == "no sense"
    assert safe_text(ValueError("Jansen")) == "ValueError"


def test_of_a_database_error_the_sqlstate_and_the_constraint_are_logged_and_never_the_row(lines: Lines) -> None:
    error = asyncpg.UniqueViolationError("duplicate key")
    error.detail, error.constraint_name = "Key (family_name)=(Jansen) already exists.", "patient_once"
    get_logger("made").error("it failed", exc_info=error)
    (line,) = lines()
    assert line["error_sqlstate"] == "23505"
    assert line["error_constraint"] == "patient_once"
    assert "Jansen" not in json.dumps(line)


def test_the_cause_is_named_by_its_type(lines: Lines) -> None:
    def translate() -> None:
        try:
            fail("Jansen")
        except ValueError as error:
            raise ClockError("no sense") from error

    with pytest.raises(ClockError) as caught:
        translate()
    get_logger("made").error("it failed", exc_info=caught.value)
    assert where(caught.value).startswith("platform/test_logging.py:")
    (line,) = lines()
    assert line["error_cause"] == "ValueError"
    assert "Jansen" not in json.dumps(line)


def test_below_the_level_nothing_is_logged(lines: Lines) -> None:
    get_logger("made").debug("made")
    assert lines() == []


def test_a_third_party_line_shows_its_constant_text_and_never_its_arguments(lines: Lines) -> None:
    logging.getLogger("aiokafka.conn").error("Unable to connect to %s", "Jansen")
    (line,) = lines()
    assert (line["module"], line["event"], line["level"]) == ("aiokafka.conn", "Unable to connect to %s", "error")
    assert "Jansen" not in json.dumps(line)


def test_a_third_party_that_repeats_itself_is_heard_once_in_a_while_and_its_exceptions_always(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = time.monotonic()
    for later_s in (0.0, 0.1, 4.9, 5.1):
        monkeypatch.setattr("ion_platform.log_third_party.time.monotonic", lambda at_s=now_s + later_s: at_s)
        logging.getLogger("aiokafka").error("Unable to update metadata")
        try:
            fail(BSN)
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    assert [line["module"] for line in lines()].count("aiokafka") == 2
    assert [line["module"] for line in lines()].count("uvicorn.error") == 4


def test_a_third_party_text_that_was_put_together_at_run_time_is_left_out(lines: Lines) -> None:
    name = "".join(["Jan", "sen"])
    logging.getLogger("faststream").error(f"Record of {name}")
    (line,) = lines()
    assert line["event"] == "text left out"
    assert line["error_places"][0].startswith("platform/test_logging.py:")


def test_a_third_party_exception_is_described_like_ours(lines: Lines) -> None:
    try:
        fail("Jansen")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    (line,) = lines()
    assert line["error_type"] == "ValueError"
    assert "Jansen" not in json.dumps(line)


def test_third_parties_below_warning_are_silent(lines: Lines) -> None:
    logging.getLogger("uvicorn.error").info("Started server process")
    assert lines() == []


def test_a_library_that_has_its_own_handler_loses_it(lines: Lines) -> None:
    logger = logging.getLogger("faststream.access.made")
    logger.addHandler(logging.StreamHandler(sys.stderr))
    logger.propagate = False
    adopt_third_party_loggers()
    logger.warning("Received %s", "Jansen")
    (line,) = lines()
    assert line["event"] == "Received %s"


def test_warnings_and_what_asyncio_reports_go_the_same_way(lines: Lines) -> None:
    name = "".join(["Jan", "sen"])
    warnings.warn(f"about {name}", UserWarning, stacklevel=1)
    loop = asyncio.new_event_loop()
    loop.call_exception_handler({"message": f"Task about {name}", "exception": ValueError("Jansen")})
    loop.close()
    logged = lines()
    assert [line["module"] for line in logged] == ["py.warnings", "asyncio"]
    assert "Jansen" not in json.dumps(logged)


def test_the_end_of_the_process_by_an_error_shows_no_text_of_it(lines: Lines) -> None:
    try:
        fail("Jansen")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    (line,) = lines()
    assert line["error_type"] == "ValueError"
    assert "Jansen" not in json.dumps(line)


def test_no_allowed_field_is_one_of_a_person() -> None:
    personal = {"bsn", "name", "initials", "family_name", "prefix", "birth_date", "sex", "address", "email", "body"}
    assert not ALLOWED_FIELDS & personal
