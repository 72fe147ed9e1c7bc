"""PostgreSQL: the pool with its time-outs, and which errors are the infrastructure's rather than the data's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import orjson
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordTooLargeError
from asyncpg import exceptions as pg

from ion_platform.settings import Settings

if TYPE_CHECKING:
    from typing import TypeAlias

    from asyncpg.pool import PoolConnectionProxy

    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

COMMAND_GRACE_S = 5.0
"""The client gives up this much after the server should have: only then the network is cut."""


_JSONB_VERSION = b"\x01"
"""What PostgreSQL puts before the text of a jsonb value."""


async def open_pool(settings: Settings) -> Pool:
    """Returns a pool on the service's database; the caller closes it. jsonb is read and written as Python values.

    Raises OSError, TimeoutError or asyncpg.PostgresError when the server cannot be reached or refuses.
    """
    return await asyncpg.create_pool(
        settings.database_url.get_secret_value(),
        min_size=1,
        max_size=settings.database_pool_max,
        timeout=settings.database_connect_timeout_s,
        command_timeout=settings.database_statement_timeout_s + COMMAND_GRACE_S,
        server_settings={
            "application_name": settings.instance or "ion",
            "statement_timeout": _milliseconds(settings.database_statement_timeout_s),
            "lock_timeout": _milliseconds(settings.database_lock_timeout_s),
            "idle_in_transaction_session_timeout": _milliseconds(settings.database_idle_timeout_s),
            "timezone": "UTC",
            "jit": "off",  # Compiling a batch's statements takes longer than running them.
        },
        init=prepare_connection,
    )


async def prepare_connection(connection: Connection) -> None:
    """Lets a connection read and write jsonb as Python values; in binary, so that COPY takes it as well."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_to_jsonb, decoder=_from_jsonb
    )


def _to_jsonb(value: Any) -> bytes:
    return _JSONB_VERSION + orjson.dumps(value, str)  # The driver's own UUIDs are no plain ones.


def _from_jsonb(value: bytes) -> Any:
    return orjson.loads(value[1:])


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))


_INFRASTRUCTURE = (
    OSError,  # Also ConnectionError, and a unix socket that is not there.
    TimeoutError,
    pg.PostgresConnectionError,
    pg.InvalidAuthorizationSpecificationError,
    pg.InvalidCatalogNameError,
    pg.TransactionRollbackError,  # Deadlock, serialisation: the same batch may pass the next time.
    pg.InsufficientResourcesError,
    pg.OperatorInterventionError,  # Shutdown, and a statement over its time.
    pg.LockNotAvailableError,
    pg.ObjectInUseError,
    pg.PostgresSystemError,
    pg.InternalServerError,
    pg.ReadOnlySQLTransactionError,  # A server that is no longer the primary.
    pg.IdleInTransactionSessionTimeoutError,
    pg.TransactionTimeoutError,
    pg.InvalidCachedStatementError,
    pg.SyntaxOrAccessError,  # Schema and code disagree: that hits every record alike, so none is to blame.
    pg.ConfigurationLimitExceededError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    KafkaError,
)
DATABASE_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # Also from a pool whose server was killed while two tasks opened a connection.
    OSError,
    TimeoutError,
)
"""What a question to the database may end with; asyncpg has no class for all of them."""

_OF_THE_DATA = (
    pg.DataError,
    asyncpg.exceptions._base.DataError,  # A value that does not fit its column's type, found before it is sent.
    MessageSizeTooLargeError,
    RecordTooLargeError,
)


def is_infrastructure_error(error: BaseException) -> bool:
    """Tells whether the same work may succeed later, because the database, Kafka or the network is to blame.

    Such work is tried again and never put aside. A group counts when every error in it does.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(is_infrastructure_error(member) for member in error.exceptions)
    return isinstance(error, _INFRASTRUCTURE) and not isinstance(error, _OF_THE_DATA)
