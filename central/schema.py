"""Database roles and migrations. Run by operations, on direct connections, never by a request.

Four roles (DESIGN.md 3): ``parking_owner`` owns the tables and runs migrations, ``parking_app`` is
the service, ``parking_read`` reads, ``parking_backup`` backs up. Must not import FastAPI.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import errors, sql
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from parking.errors import UnavailableError, UserError

ROLES = ("parking_owner", "parking_app", "parking_read", "parking_backup")
_SCRIPTS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 7_305_001
_LOCK_TIMEOUT = "5s"
_ROLE_SETTINGS: dict[str, dict[str, str]] = {
    "parking_owner": {"timezone": "UTC"},
    "parking_app": {
        "timezone": "UTC",
        "statement_timeout": "10s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "15s",
    },
    "parking_read": {
        "timezone": "UTC",
        "statement_timeout": "60s",
        "idle_in_transaction_session_timeout": "60s",
        "default_transaction_read_only": "on",
    },
    "parking_backup": {"timezone": "UTC", "default_transaction_read_only": "on"},
}
_POWERS = (("pg_read_all_stats", "parking_app"), ("pg_read_all_data", "parking_backup"))


def create_roles(admin_dsn: str, passwords: Mapping[str, str] | None = None) -> None:
    """Make the four roles, or bring them up to date, and give the database to its owner.

    Args:
        admin_dsn: Direct connection to the product's database as a superuser.
        passwords: Per role; without one the role can sign in only as pg_hba.conf lets it.

    Raises:
        UnavailableError: ``database.away`` when the database does not answer.
    """
    with _direct(admin_dsn) as connection, connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        for role in ROLES:
            _make_role(connection, role, (passwords or {}).get(role, ""))
        for power, role in _POWERS:
            connection.execute(
                sql.SQL("grant {} to {}").format(sql.Identifier(power), sql.Identifier(role))
            )
        _give_database(connection)


def _make_role(connection: psycopg.Connection, role: str, password: str) -> None:
    name = sql.Identifier(role)
    known = connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone()
    if known is None:
        connection.execute(sql.SQL("create role {} login").format(name))
    if password:
        connection.execute(sql.SQL("alter role {} password {}").format(name, sql.Literal(password)))
    for setting, value in _ROLE_SETTINGS[role].items():
        connection.execute(
            sql.SQL("alter role {} set {} = {}").format(
                name, sql.Identifier(setting), sql.Literal(value)
            )
        )


def _give_database(connection: psycopg.Connection) -> None:
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("alter database {} owner to parking_owner").format(database))
    connection.execute(sql.SQL("revoke all on database {} from public").format(database))
    connection.execute(
        sql.SQL("grant connect on database {} to {}").format(
            database, sql.SQL(", ").join(map(sql.Identifier, ROLES))
        )
    )


@contextmanager
def _direct(dsn: str) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise UnavailableError(
            "database.away", f"The database does not answer: {error}".strip(), retry_safe=True
        ) from error


def migrate(owner_dsn: str, revision: str = "head") -> str:
    """Bring the schema to a revision and return it. Repeating is harmless; two at once wait.

    Args:
        owner_dsn: Direct connection (never through a pooler) as ``parking_owner`` or a superuser.
        revision: Alembic's name of the target.

    Raises:
        UserError: ``migrate.rights`` when the role may not change the schema, ``migrate.newer``
            when the database was migrated by a newer release.
        UnavailableError: ``database.away``, or ``database.busy`` when a table stays locked longer
            than 5 s; nothing has changed then and the command may be repeated.
    """
    try:
        with _owner_connection(owner_dsn) as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            connection.commit()
            return current_revision(connection)
    except (DBAPIError, psycopg.Error) as error:
        raise _plain(error) from error
    except CommandError as error:
        raise UserError(
            "migrate.newer",
            "The database belongs to another release than this command.",
            action="Install the newest release and migrate with that.",
        ) from error


def _plain(error: Exception) -> Exception:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, errors.LockNotAvailable):
        return UnavailableError(
            "database.busy", "A table is in use; the schema was not changed.", retry_safe=True
        )
    if isinstance(cause, errors.InsufficientPrivilege):
        return UserError(
            "migrate.rights",
            "This role may not change the schema.",
            action="Run parking-central create-roles first, then migrate as parking_owner.",
        )
    return error


@contextmanager
def _owner_connection(owner_dsn: str) -> Iterator[Connection]:
    engine = create_engine(
        owner_dsn.replace("postgresql://", "postgresql+psycopg://", 1),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"prepare_threshold": None},
    )
    with _direct(owner_dsn) as guard, engine.connect() as connection:
        guard.execute("select pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
        connection.exec_driver_sql("set role parking_owner")
        connection.exec_driver_sql(f"set lock_timeout = '{_LOCK_TIMEOUT}'")
        connection.commit()
        yield connection


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def newest_revision() -> str:
    """Return the revision that this build of the service expects."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current_revision(connection: Connection) -> str:
    """Return the revision the database is at, empty before the first migration."""
    return MigrationContext.configure(connection).get_current_revision() or ""
