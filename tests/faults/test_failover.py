"""The database's machine dies and a standby takes over, without its last commits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from simulator.postgres import Cluster
from tests import databases
from tests.faults.clusters import (
    NAME,
    at_central,
    back_up,
    closed,
    empty_folder,
    issue,
    serving,
    synced,
)
from tests.unit.central.conftest import settings_for
from tests.waiting import wait_until


@pytest.fixture
def standby(database: databases.Database) -> Iterator[databases.Database]:
    """A streaming replica of the database's cluster."""
    cluster = Cluster(databases.cluster_folder("standby"), durable=False)
    try:
        empty_folder(cluster)
        back_up(database.cluster, "--write-recovery-conf", into=cluster.folder / "data")
        cluster.start()
        yield databases.Database(cluster, NAME)
    finally:
        cluster.remove()


@pytest.mark.timeout(180)
def test_terminals_go_on_with_a_standby_and_bring_what_it_never_got(
    database: databases.Database, standby: databases.Database, tmp_path: Path
) -> None:
    both = _either(database, standby)
    settings = replace(
        settings_for(database, tmp_path / "central"),
        database_url=both,
        direct_url=both,
        durability="archived",
    )
    with (
        serving(settings) as side,
        closed(side.terminal(tmp_path / "one")) as one,
        closed(side.terminal(tmp_path / "two")) as two,
    ):
        streamed = issue(side, one, 1) | issue(side, two, 1)
        epoch = synced(side, one)
        wait_until(lambda: at_central(standby) == streamed, what="the replica to have both")
        _cut_off(standby)
        late = issue(side, one, 2) | issue(side, two, 1)
        database.cluster.stop("immediate")
        _one(standby, "select pg_promote()")
        assert at_central(standby) == streamed
        moved = synced(side, one)
        assert moved.rpartition("-")[0] == epoch.rpartition("-")[0]
        assert moved != epoch
        assert synced(side, two) == moved
        assert at_central(standby) == streamed | late


def _either(*found: databases.Database) -> str:
    """Return the address with which libpq finds the one of several servers that takes writes."""
    folders = ",".join(quote(str(one.cluster.folder / "socket"), safe="") for one in found)
    ports = ",".join("5432" for _ in found)
    return (
        f"postgresql://parking_app@/{NAME}?host={folders}&port={ports}"
        "&target_session_attrs=read-write"
    )


def _cut_off(standby: databases.Database) -> None:
    """End the replication, as a broken line between two machines does."""
    _one(standby, "alter system set primary_conninfo = ''")
    _one(standby, "select pg_reload_conf()")
    receiving = "select count(*) from pg_stat_wal_receiver"
    wait_until(lambda: _one(standby, receiving) == (0,), what="the end of the replication")


def _one(found: databases.Database, statement: str) -> tuple[object, ...] | None:
    with psycopg.connect(found.dsn("postgres"), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None
