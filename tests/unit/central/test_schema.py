import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.pool import NullPool

import central.notifications.tables
import central.payments.tables
from central.bookkeeping import APPEND_ONLY, PgLsn, Xid8
from central.schema import ROLES, create_roles, migrate, newest_revision
from central.tables import METADATA
from parking.errors import UnavailableError, UserError
from sync.records import RECORDS, RecordKind
from tests.databases import Database

APPEND_ONLY_TABLES = sorted(
    APPEND_ONLY | {record.table_at_central for record in RECORDS if record.kind is RecordKind.FACT}
)


@pytest.fixture
def known_types() -> Iterator[None]:
    assert central.payments.tables
    assert central.notifications.tables
    own: dict[str, type[Any]] = {"xid8": Xid8, "pg_lsn": PgLsn}
    ischema_names.update(own)
    yield
    for name in own:
        del ischema_names[name]


def _is_ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
    return not (kind == "table" and str(name).startswith(("feed_p", "feed_rest")))


@pytest.mark.usefixtures("known_types")
def test_the_newest_migration_equals_the_tables(shared_database: Database) -> None:
    url = shared_database.dsn("parking_owner").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": _is_ours}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)
    assert found == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    assert migrate(database.dsn("parking_owner")) == newest_revision()
    create_roles(database.dsn("postgres"), {"parking_read": "a secret"})
    assert migrate(database.dsn("postgres")) == newest_revision()


def test_two_migrations_at_once_wait_for_each_other(empty_database: Database) -> None:
    create_roles(empty_database.dsn("postgres"))
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(migrate(empty_database.dsn("parking_owner"))))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [newest_revision()] * 2


def test_a_stranger_may_not_migrate(empty_database: Database) -> None:
    with pytest.raises(UserError, match="may not change the schema") as caught:
        migrate(empty_database.dsn("parking_app"))
    assert "create-roles" in caught.value.action


def test_a_database_that_is_away_is_one_sentence() -> None:
    with pytest.raises(UnavailableError, match="does not answer") as caught:
        migrate("postgresql://parking_owner@127.0.0.1:1/parking")
    assert caught.value.retry_safe
    with pytest.raises(UnavailableError):
        create_roles("postgresql://postgres@127.0.0.1:1/parking")


def test_an_older_release_leaves_a_newer_database_alone(database: Database) -> None:
    with psycopg.connect(database.dsn("parking_owner")) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(UserError, match="another release") as caught:
        migrate(database.dsn("parking_owner"))
    assert "newest release" in caught.value.action


def test_a_table_in_use_stops_a_migration_without_a_change(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.schema._LOCK_TIMEOUT", "50ms")
    with psycopg.connect(empty_database.dsn("parking_owner")) as blocker:
        blocker.execute("create table alembic_version (version_num varchar(32) primary key)")
        blocker.commit()
        blocker.execute("lock table alembic_version")
        with pytest.raises(UnavailableError, match="in use") as caught:
            migrate(empty_database.dsn("parking_owner"))
        assert caught.value.key == "database.busy"


def test_every_role_works_in_utc_and_the_service_has_limits(shared_database: Database) -> None:
    for role in ROLES:
        with psycopg.connect(shared_database.dsn(role)) as connection:
            zone = connection.execute("select current_setting('timezone')").fetchone()
            assert zone == ("UTC",)
    with psycopg.connect(shared_database.dsn("parking_app")) as connection:
        limit = connection.execute(
            "select current_setting('idle_in_transaction_session_timeout')"
        ).fetchone()
        assert limit == ("15s",)


@pytest.mark.parametrize("table", APPEND_ONLY_TABLES)
def test_the_service_may_only_add_to_what_is_append_only(
    shared_database: Database, table: str
) -> None:
    with psycopg.connect(shared_database.dsn("parking_app")) as connection:
        for act, expected in (("select", True), ("insert", True), ("update", False)):
            found = connection.execute("select has_table_privilege(%s, %s)", (table, act))
            assert found.fetchone() == (expected,), act
        for statement in (f"delete from {table}", f"truncate {table}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
            connection.rollback()


def test_readers_never_write_nor_see_codes_and_addresses(shared_database: Database) -> None:
    with psycopg.connect(shared_database.dsn("parking_read"), autocommit=True) as connection:
        connection.execute("select * from violations")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("insert into flags (name) values ('x')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from one_time_codes")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from notifications")
