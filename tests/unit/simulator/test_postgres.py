"""The private cluster: real servers in folders of their own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from simulator.postgres import Cluster, PostgresUnavailableError, private_folder, server
from simulator.postgres.__main__ import main
from tests.databases import cluster_folder
from tests.waiting import wait_until


@pytest.fixture
def folder() -> Iterator[Path]:
    place = cluster_folder("own")
    yield place
    Cluster(place).remove()


@pytest.fixture(scope="module")
def shared() -> Iterator[Cluster]:
    cluster = Cluster(cluster_folder("shared-by-module"), durable=False)
    yield cluster
    cluster.remove()


@pytest.fixture
def cluster(shared: Cluster) -> Cluster:
    shared.start()
    return shared


def one(dsn: str, statement: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def server_pid(cluster: Cluster) -> int:
    return int((cluster.folder / "data" / "postmaster.pid").read_text().partition("\n")[0])


def test_starts_listens_only_in_its_folder_and_stops(cluster: Cluster) -> None:
    assert cluster.is_running()
    assert one(cluster.dsn(), "show listen_addresses") == ""
    assert one(cluster.dsn(), "show wal_level") == "replica"
    assert (cluster.folder.stat().st_mode & 0o777) == 0o700
    cluster.start()  # Nothing to do.
    cluster.stop()
    assert not cluster.is_running()
    cluster.stop()  # Nothing to do.


def test_a_durable_cluster_keeps_fsync_and_is_made_with_checksums(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.start()
    assert one(cluster.dsn(), "show fsync") == "on"
    assert one(cluster.dsn(), "show data_checksums") == "on"


def test_keeps_its_data_when_the_server_is_killed(cluster: Cluster) -> None:
    cluster.create_database("kept")
    os.kill(server_pid(cluster), signal.SIGKILL)
    wait_until(lambda: not cluster.is_running())
    cluster.start()
    assert one(cluster.dsn("kept"), "select current_database()") == "kept"


def test_a_lock_file_with_the_number_of_another_process_is_stale(cluster: Cluster) -> None:
    cluster.stop("immediate")
    (cluster.folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert not cluster.is_running()
    cluster.start()
    assert cluster.is_running()


def test_a_start_that_was_killed_half_way_begins_anew(folder: Path) -> None:
    (folder / "data.unfinished").mkdir(parents=True)
    (folder / "data.unfinished" / "PG_VERSION").write_text("15\n")
    cluster = Cluster(folder, durable=False)
    cluster.start()
    assert cluster.is_running()


def test_copies_and_drops_databases_with_odd_names(cluster: Cluster) -> None:
    name = 'a "b/c'
    cluster.create_database(name)
    assert one(cluster.dsn(name), "select current_database()") == name
    cluster.create_database("copy", template=name)
    with psycopg.connect(cluster.dsn("copy")):
        cluster.drop_database("copy")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(cluster.dsn("copy"))
    cluster.drop_database("copy")  # Nothing to do.


def test_settings_of_the_persons_own_postgres_do_not_reach_it(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.stop()
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGDATA", "/nowhere")
    cluster.start()
    assert one(cluster.dsn(), "select 1") == 1


def test_refuses_a_folder_too_long_for_a_socket() -> None:
    with pytest.raises(PostgresUnavailableError, match="bytes too long for a socket"):
        Cluster(private_folder("x" * 100)).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as another user")
def test_refuses_a_folder_its_owner_cannot_reach(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(PostgresUnavailableError, match="postgres cannot reach"):
        Cluster(tmp_path / "c").start()


def test_refuses_a_folder_inside_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PostgresUnavailableError, match="cannot be used"):
        Cluster(tmp_path / "file" / "c").start()


def test_says_why_the_server_does_not_start(cluster: Cluster) -> None:
    cluster.stop()
    settings = cluster.folder / "data" / "postgresql.conf"
    sound = settings.read_text()
    settings.write_text(f"{sound}shared_buffers = lots\n")
    with pytest.raises(PostgresUnavailableError, match=r"does not start: (?s:.*)shared_buffers"):
        cluster.start()
    settings.write_text(sound)


def test_names_the_line_to_type_when_postgres_is_missing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PostgresUnavailableError, match=r"apt-get install -y postgresql$"):
        server.find_server()
    with pytest.raises(PostgresUnavailableError, match=r"apt-get install -y postgresql-15$"):
        server.find_server(15)
    assert not folder.exists()


def test_takes_the_newest_server_but_none_too_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    for release in ("9.6", "14", "15", "16"):
        programs = tmp_path / release / "bin"
        programs.mkdir(parents=True)
        (programs / "initdb").touch()
    assert server.find_server().release == 16
    assert server.find_server(15).programs == tmp_path / "15" / "bin"
    with pytest.raises(PostgresUnavailableError, match="postgresql-14"):
        server.find_server(14)


def test_finds_a_server_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_DEBIAN", tmp_path)
    program = tmp_path / "postgres"
    program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 17.2'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert server.find_server() == server.Server(tmp_path, 17)


def test_the_command_starts_tells_the_address_and_stops(folder: Path) -> None:
    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "simulator.postgres", *arguments, "--data", str(folder)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    address = run("start")
    assert one(address, "select 1") == 1
    assert run("dsn") == address
    assert run("stop") == ""
    assert not Cluster(folder).is_running()


def test_the_command_prints_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start", "--data", "x" * 100]) == 1
    assert capsys.readouterr().err.count("\n") == 1
