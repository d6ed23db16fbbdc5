"""Central restored, for real: base backup and archived log, or a data directory copied back.

What ``durability = archived`` promises holds without anybody doing anything; what ``committed``
gives up is shown beside it.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central import schema
from central.identity.codes import Grant, Purpose, make_code
from central.settings import Settings
from parking.ids import uuid7
from parking.seal import sealed_bytes
from simulator.postgres import Cluster
from simulator.postgres.server import find_server, owner, run_as_owner
from sync.engine import SyncEngine
from sync.gateway import HTTPGateway
from sync.standing import StandingLeg
from tests import databases
from tests.contract.central.sides import RealSide, Terminal
from tests.fakes.terminal import citation, save
from tests.unit.central.conftest import settings_for
from tests.unit.central.samples import OFFICER
from tests.unit.central.service import TestClock, running
from tests.waiting import wait_until

_NAME = "parking"


@pytest.fixture(scope="module")
def image() -> Iterator[Path]:
    """A cluster's data directory with central's newest schema, to copy from."""
    cluster = Cluster(databases.cluster_folder("image"), durable=False)
    cluster.remove()
    try:
        cluster.start()
        cluster.create_database(_NAME)
        found = databases.Database(cluster, _NAME)
        schema.create_roles(found.dsn("postgres"))
        schema.migrate(found.dsn("parking_owner"))
        cluster.stop()
        yield cluster.folder / "data"
    finally:
        cluster.remove()


@pytest.fixture
def database(image: Path) -> Iterator[databases.Database]:
    """A cluster of its own that archives its log."""
    cluster = Cluster(databases.cluster_folder("restored"), durable=False)
    cluster.remove()
    archive = cluster.folder / "archive"
    try:
        cluster.folder.mkdir(mode=0o700)
        shutil.chown(cluster.folder, owner().pw_uid, owner().pw_gid)
        _run(cluster, "mkdir", archive)
        _copy(cluster, image, cluster.folder / "data")
        with (cluster.folder / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"archive_mode = on\narchive_command = 'cp %p {archive}/%f'\n")
        cluster.start()
        yield databases.Database(cluster, _NAME)
    finally:
        cluster.remove()


@pytest.mark.timeout(180)
def test_a_central_restored_from_its_backup_is_refilled_by_its_terminals(
    database: databases.Database, tmp_path: Path
) -> None:
    archived = replace(settings_for(database, tmp_path / "central"), durability="archived")
    with (
        _central(archived) as side,
        _closed(side.terminal(tmp_path / "one")) as one,
        _closed(side.terminal(tmp_path / "two")) as two,
    ):
        safe = _issue(side, one, 2)
        _back_up(database.cluster)
        # Nothing has to be pushed for a terminal to hear that the archive has what it keeps.
        wait_until(lambda: _synced(side, one) and not _keeps(one), what="the end of what is kept")
        young = _issue(side, one, 3)
        epoch = one.store.outbox.feed_position().feed_epoch
        with _central(replace(archived, durability="committed")) as careless:
            gone = _issue(careless, two, 2)
        assert _at_central(database) == safe | young | gone
        _restore(database.cluster)
        assert _at_central(database) == safe
        assert _synced(side, one) != epoch
        assert _at_central(database) == safe | young
        # Central had said that these are durable: the queue may forget them, the records do not.
        _synced(side, two)
        assert all(two.store.citation(key) for key in gone)
        assert _at_central(database) == safe | young


@pytest.mark.timeout(180)
def test_a_data_directory_that_was_copied_back_is_found_out_and_refilled(
    database: databases.Database, tmp_path: Path
) -> None:
    """It keeps identifier and timeline: only a terminal that is ahead of it can tell."""
    archived = replace(settings_for(database, tmp_path / "central"), durability="archived")
    with (
        _central(archived) as side,
        _closed(side.terminal(tmp_path / "one")) as one,
        _closed(side.terminal(tmp_path / "two")) as two,
    ):
        safe = _issue(side, one, 1) | _issue(side, two, 1)
        _snapshot(database.cluster)
        _pass_transactions(database, 500)
        young = _issue(side, one, 2) | _issue(side, two, 2)
        epoch = _synced(side, one)
        _roll_back(database.cluster)
        assert _at_central(database) == safe
        moved = _synced(side, one)
        assert moved.startswith(f"{epoch}-")
        assert _synced(side, two) == moved
        assert _at_central(database) == safe | young
        assert _alarms(database) == ["database.went_back"]


@pytest.mark.timeout(180)
def test_who_joined_after_the_archived_moment_comes_back_by_itself(
    database: databases.Database, tmp_path: Path
) -> None:
    archived = replace(settings_for(database, tmp_path / "central"), durability="archived")
    with _central(archived) as side:
        side.service.store(OFFICER)
        _back_up(database.cluster)
        with _closed(side.terminal(tmp_path / "late")) as late:
            seal = _activated(side, late)
            assert isinstance(late.gateway, HTTPGateway)
            lease = late.gateway.lease_numbers(uuid7(side.service.now_utc), 50)
            late.store.keep_lease(lease)
            unsealed = citation(terminal_id=late.terminal_id, officer_id=OFFICER.officer_id)
            save(late.store, replace(unsealed, seal=seal.sign(sealed_bytes(unsealed))))
            _synced(side, late)
            _lose_the_archive(database.cluster)
            _restore(database.cluster)
            assert _at_central(database) == set()
            _synced(side, late)
            assert _at_central(database) == {unsealed.citation_id}
            wait_until(lambda: _seals(database), what="the checked seal")
            assert _seals(database) == [True]
            assert "terminal.came_back" in _alarms(database)
            again = late.gateway.lease_numbers(uuid7(side.service.now_utc), 50)
            assert again.first_serial == lease.last_serial + 1


def _activated(side: RealSide, terminal: Terminal) -> Ed25519PrivateKey:
    """Let the officer sign in on a terminal for the first time; return the key of the seals."""
    key, service = Ed25519PrivateKey.generate(), side.service
    with service.central.database.unit_of_work("test") as connection:
        grant = Grant(officer_id=OFFICER.officer_id)
        code = make_code(connection, Purpose.ACTIVATE, grant, now_utc=service.now_utc)
    assert isinstance(terminal.gateway, HTTPGateway)
    terminal.gateway.activate(OFFICER.badge, code, key.public_key().public_bytes_raw())
    return key


@contextmanager
def _central(settings: Settings) -> Iterator[RealSide]:
    with running(settings, TestClock()) as service:
        side = RealSide(service)
        try:
            yield side
        finally:
            side.close()


@contextmanager
def _closed(terminal: Terminal) -> Iterator[Terminal]:
    try:
        yield terminal
    finally:
        terminal.store.close()


def _issue(side: RealSide, terminal: Terminal, count: int) -> set[UUID]:
    """Save citations and bring them to a central."""
    made = [citation(terminal_id=terminal.terminal_id) for _ in range(count)]
    save(terminal.store, *made)
    _synced(side, terminal)
    return {one.citation_id for one in made}


def _synced(side: RealSide, terminal: Terminal) -> str:
    """Let a terminal go on with a central by itself; return the feed epoch it then knows."""
    service, device = side.service, terminal.device
    gateway = HTTPGateway(service.base_url, service.central.clock, device=device)
    engine = SyncEngine(
        terminal.store.outbox,
        gateway,
        service.central.clock,
        terminal_id=terminal.terminal_id,
        sign=terminal.sign,
        standing=StandingLeg(terminal.store.standing, gateway),
    )

    def quiet() -> bool:
        report = engine.run_once()
        return report.error is None and not report.again and not terminal.store.to_send().count

    with closing(gateway):
        wait_until(quiet, what="an empty queue", limit_s=30)
    return terminal.store.outbox.feed_position().feed_epoch


def _keeps(terminal: Terminal) -> int:
    with terminal.store.kept() as kept:
        return kept.operations


def _at_central(database: databases.Database) -> set[UUID]:
    with psycopg.connect(database.dsn("postgres")) as connection:
        return {row[0] for row in connection.execute("select citation_id from violations")}


def _back_up(cluster: Cluster) -> None:
    """Take a base backup; what was written before it is in the archive when this returns."""
    program, into = find_server().programs / "pg_basebackup", cluster.folder / "base"
    _run(cluster, program, "--checkpoint=fast", "-D", into, "-d", cluster.dsn())


def _restore(cluster: Cluster) -> None:
    """Lose the disk; go on from the base backup and the archive, as the handbook says."""
    cluster.stop("immediate")
    data = cluster.folder / "data"
    shutil.rmtree(data)
    _copy(cluster, cluster.folder / "base", data)
    _run(cluster, "touch", data / "recovery.signal")
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'cp {cluster.folder / 'archive'}/%f %p'\n")
    cluster.start()

    def open_again() -> bool:
        with psycopg.connect(cluster.dsn()) as connection:
            found = connection.execute("select pg_is_in_recovery()").fetchone()
        return found == (False,)

    wait_until(open_again, limit_s=30, what="the end of the recovery")


def _snapshot(cluster: Cluster) -> None:
    """Copy the data directory as a rolled back machine would have it."""
    cluster.stop()
    _copy(cluster, cluster.folder / "data", cluster.folder / "snapshot")
    cluster.start()


def _roll_back(cluster: Cluster) -> None:
    """Go on from the copy: no recovery, no new timeline."""
    cluster.stop()
    shutil.rmtree(cluster.folder / "data")
    _copy(cluster, cluster.folder / "snapshot", cluster.folder / "data")
    cluster.start()


def _pass_transactions(database: databases.Database, count: int) -> None:
    """Use ids up: what central's workers write after going back does not reach them so soon."""
    with psycopg.connect(database.dsn("postgres"), autocommit=True) as connection:
        for _ in range(count):
            connection.execute("select pg_current_xact_id()")


def _seals(database: databases.Database) -> list[bool]:
    with psycopg.connect(database.dsn("postgres")) as connection:
        return [row[0] for row in connection.execute("select valid from seal_checks")]


def _lose_the_archive(cluster: Cluster) -> None:
    """What was written after the backup had not been copied away yet."""
    cluster.stop("immediate")
    kept = sorted((cluster.folder / "archive").glob("*.backup"))[-1].name[:24]
    for file in (cluster.folder / "archive").iterdir():
        if file.name[:24] > kept:
            file.unlink()


def _alarms(database: databases.Database) -> list[str]:
    with psycopg.connect(database.dsn("postgres")) as connection:
        return [row[0] for row in connection.execute("select code from alarms order by alarm_id")]


def _copy(cluster: Cluster, source: Path, target: Path) -> None:
    _run(cluster, "cp", "-a", source, target)


def _run(cluster: Cluster, *command: str | Path) -> None:
    done = run_as_owner(command, folder=cluster.folder)
    assert done.returncode == 0, done.stderr
