"""The way to PostgreSQL: one pool, one unit of work per request, the actor by SET LOCAL.

Everything is safe behind a transaction pooler: no prepared statements, no settings or locks that
outlive a transaction (docs/decisions, pooling-safe SQL). Calls block; run them on worker threads.
Must not import FastAPI.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import errors
from psycopg.types.array import ListBinaryDumper
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from central.arrays import take_arrays
from central.settings import Settings
from parking.errors import UnavailableError

_AWAY = "The database of the city does not answer. Nothing was changed; trying again is safe."
_BUSY = "The database of the city is busy. Nothing was changed; trying again is safe."
_NO_SCHEMA = "The database has no tables of this release yet. Run: parking-central migrate"
# Compiling a statement costs 40 ms, and seconds the first time; ours read by index and take few.
_BEGIN = "select set_config('parking.actor', %(actor)s, true), set_config('jit', 'off', true)"
_BUSY_ERRORS = (
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.SerializationFailure,
)


_READING = "reading"


def _nobody_counts(_: str) -> None:
    """Count no transaction."""


class Database:
    """The pool of connections of one process. Any thread."""

    def __init__(
        self, settings: Settings, *, count: Callable[[str], None] = _nobody_counts
    ) -> None:
        """Connect at the first use.

        Args:
            settings: Where the database is, and how many connections it may have.
            count: Hears of each transaction who acts, without the names of devices.
        """
        self._count = count
        self._engine = create_engine(
            settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=settings.database_timeout_s,
            pool_pre_ping=False,
            hide_parameters=True,
            connect_args={
                "prepare_threshold": None,
                "connect_timeout": max(2, int(settings.database_timeout_s)),
            },
        )
        event.listen(self._engine, "connect", _send_lists_as_binary)

    @contextmanager
    def unit_of_work(self, actor: str) -> Iterator[Connection]:
        """Open one transaction: it commits when the block ends, and rolls back when it raises.

        Args:
            actor: Who acts, for the audit log: a terminal id, ``worker:seals``, a command.

        Raises:
            UnavailableError: ``database.away`` or ``database.busy``; nothing was stored, or, when
                the connection broke during COMMIT, asking again with the same ids is safe.
        """
        self._count("terminal" if actor.startswith("terminal:") else actor)
        with _plain_errors(), self._engine.begin() as connection:
            connection.exec_driver_sql(_BEGIN, {"actor": actor})
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open one read-only transaction.

        Raises:
            UnavailableError: As ``unit_of_work``.
        """
        self._count(_READING)
        with _plain_errors(), self._engine.begin() as connection:
            connection.exec_driver_sql("set transaction read only")
            yield connection

    @contextmanager
    def at_one_moment(self) -> Iterator[Connection]:
        """Open one read-only transaction that sees the database as it is at its first statement.

        It may take minutes; it holds no row back from the feed.

        Raises:
            UnavailableError: As ``unit_of_work``.
        """
        self._count(_READING)
        with _plain_errors(), self._engine.begin() as connection:
            connection.exec_driver_sql("set transaction isolation level repeatable read, read only")
            connection.exec_driver_sql("set local statement_timeout = '600s'")
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _send_lists_as_binary(dbapi_connection: Any, _record: Any) -> None:
    # Three times faster than the text form for the arrays of ``central.store`` (500 rows of 26
    # columns: 11 against 35 ms).
    dbapi_connection.adapters.register_dumper(list, ListBinaryDumper)
    take_arrays(dbapi_connection)


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except PoolTimeoutError as error:
        raise UnavailableError("database.busy", _BUSY, retry_safe=True) from error
    except ProgrammingError as error:
        if isinstance(error.orig, errors.UndefinedTable):
            raise UnavailableError("database.schema", _NO_SCHEMA, retry_safe=True) from error
        raise
    except (OperationalError, InterfaceError) as error:
        key, sentence = _why(error)
        raise UnavailableError(key, sentence, retry_safe=True) from error


def _why(error: DBAPIError) -> tuple[str, str]:
    if isinstance(error.orig, _BUSY_ERRORS):
        return "database.busy", _BUSY
    return "database.away", _AWAY
