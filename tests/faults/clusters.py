"""Central on a cluster of its own that is backed up, restored, copied back or left behind."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.identity.codes import Grant, Purpose, make_code
from central.settings import Settings
from simulator.postgres import Cluster
from simulator.postgres.server import find_server, owner, run_as_owner
from sync.engine import SyncEngine
from sync.gateway import HTTPGateway
from sync.standing import StandingLeg
from tests import databases
from tests.contract.central.sides import RealSide, Terminal
from tests.fakes.terminal import citation, save
from tests.unit.central.samples import OFFICER
from tests.unit.central.service import TestClock, running
from tests.waiting import wait_until

NAME = "parking"


def empty_folder(cluster: Cluster) -> None:
    """Make the folder of a cluster whose data directory will be copied."""
    cluster.remove()
    cluster.folder.mkdir(mode=0o700)
    shutil.chown(cluster.folder, owner().pw_uid, owner().pw_gid)


@contextmanager
def serving(settings: Settings) -> Iterator[RealSide]:
    with running(settings, TestClock()) as service:
        side = RealSide(service)
        try:
            yield side
        finally:
            side.close()


@contextmanager
def closed(terminal: Terminal) -> Iterator[Terminal]:
    try:
        yield terminal
    finally:
        terminal.store.close()


def issue(side: RealSide, terminal: Terminal, count: int) -> set[UUID]:
    """Save citations and bring them to a central."""
    made = [citation(terminal_id=terminal.terminal_id) for _ in range(count)]
    save(terminal.store, *made)
    synced(side, terminal)
    return {one.citation_id for one in made}


def synced(side: RealSide, terminal: Terminal) -> str:
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


def keeps(terminal: Terminal) -> int:
    with terminal.store.kept() as kept:
        return kept.operations


def at_central(database: databases.Database) -> set[UUID]:
    with psycopg.connect(database.dsn("postgres")) as connection:
        return {row[0] for row in connection.execute("select citation_id from violations")}


def back_up(cluster: Cluster, *options: str, into: Path | None = None) -> None:
    """Take a base backup; what was written before it is in the archive when this returns."""
    program, target = find_server().programs / "pg_basebackup", into or cluster.folder / "base"
    run(cluster, program, "--checkpoint=fast", *options, "-D", target, "-d", cluster.dsn())


def restore(cluster: Cluster) -> None:
    """Lose the disk; go on from the base backup and the archive, as the handbook says."""
    cluster.stop("immediate")
    data = cluster.folder / "data"
    shutil.rmtree(data)
    copy(cluster, cluster.folder / "base", data)
    run(cluster, "touch", data / "recovery.signal")
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'cp {cluster.folder / 'archive'}/%f %p'\n")
    cluster.start()

    def open_again() -> bool:
        with psycopg.connect(cluster.dsn()) as connection:
            found = connection.execute("select pg_is_in_recovery()").fetchone()
        return found == (False,)

    wait_until(open_again, limit_s=30, what="the end of the recovery")


def snapshot(cluster: Cluster) -> None:
    """Copy the data directory as a rolled back machine would have it."""
    cluster.stop()
    copy(cluster, cluster.folder / "data", cluster.folder / "snapshot")
    cluster.start()


def roll_back(cluster: Cluster) -> None:
    """Go on from the copy: no recovery, no new timeline."""
    cluster.stop()
    shutil.rmtree(cluster.folder / "data")
    copy(cluster, cluster.folder / "snapshot", cluster.folder / "data")
    cluster.start()


def pass_transactions(database: databases.Database, count: int) -> None:
    """Use ids up: what central's workers write after going back does not reach them so soon."""
    with psycopg.connect(database.dsn("postgres"), autocommit=True) as connection:
        for _ in range(count):
            connection.execute("select pg_current_xact_id()")


def seals(database: databases.Database) -> list[bool]:
    with psycopg.connect(database.dsn("postgres")) as connection:
        return [row[0] for row in connection.execute("select valid from seal_checks")]


def lose_the_archive(cluster: Cluster) -> None:
    """What was written after the backup had not been copied away yet."""
    cluster.stop("immediate")
    kept = sorted((cluster.folder / "archive").glob("*.backup"))[-1].name[:24]
    for file in (cluster.folder / "archive").iterdir():
        if file.name[:24] > kept:
            file.unlink()


def alarms(database: databases.Database) -> list[str]:
    with psycopg.connect(database.dsn("postgres")) as connection:
        return [row[0] for row in connection.execute("select code from alarms order by alarm_id")]


def copy(cluster: Cluster, source: Path, target: Path) -> None:
    run(cluster, "cp", "-a", source, target)


def run(cluster: Cluster, *command: str | Path) -> None:
    done = run_as_owner(command, folder=cluster.folder)
    assert done.returncode == 0, done.stderr


def activated(side: RealSide, terminal: Terminal) -> Ed25519PrivateKey:
    """Let the officer sign in on a terminal for the first time; return the key of the seals."""
    key, service = Ed25519PrivateKey.generate(), side.service
    with service.central.database.unit_of_work("test") as connection:
        grant = Grant(officer_id=OFFICER.officer_id)
        code = make_code(connection, Purpose.ACTIVATE, grant, now_utc=service.now_utc)
    assert isinstance(terminal.gateway, HTTPGateway)
    terminal.gateway.activate(OFFICER.badge, code, key.public_key().public_bytes_raw())
    return key
