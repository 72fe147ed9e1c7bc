from __future__ import annotations

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError
from asyncpg.exceptions import _base

from ion_platform.database import is_infrastructure_error


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        FileNotFoundError("the socket of a server that is not there"),
        TimeoutError(),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.AdminShutdownError("bye"),
        asyncpg.QueryCanceledError("statement timeout"),
        asyncpg.LockNotAvailableError("lock timeout"),
        asyncpg.DeadlockDetectedError("deadlock"),
        asyncpg.SerializationError("serialisation"),
        asyncpg.TooManyConnectionsError("too many"),
        asyncpg.DiskFullError("full"),
        asyncpg.ReadOnlySQLTransactionError("a standby"),
        asyncpg.InvalidPasswordError("rotated"),
        asyncpg.UndefinedTableError("schema and code disagree"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.ConnectionDoesNotExistError("gone"),
        KafkaConnectionError(),
        ExceptionGroup("two", [TimeoutError(), ConnectionResetError()]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_may_pass_by_itself_is_tried_again(error: BaseException) -> None:
    assert is_infrastructure_error(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        KeyError(),
        asyncpg.UniqueViolationError("twice"),
        asyncpg.CheckViolationError("rule"),
        asyncpg.NumericValueOutOfRangeError("too large"),
        asyncpg.CharacterNotInRepertoireError("nul"),
        _base.DataError("does not fit the column"),
        MessageSizeTooLargeError(),
        ExceptionGroup("one of each", [TimeoutError(), ValueError()]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_the_data_or_the_code_did_is_not(error: BaseException) -> None:
    assert not is_infrastructure_error(error)
