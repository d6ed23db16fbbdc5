"""A private PostgreSQL cluster in one folder, reached by a socket that only its owner can enter.

Any thread; calls block. Two processes may start the same cluster at once: one does, one waits.
Must not import anything of ours but `parking.errors`.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psycopg
from psycopg import sql

from simulator.postgres.server import (
    PostgresUnavailableError,
    find_server,
    owner,
    processes_in,
    run_as_owner,
)

_SOCKET_LIMIT = 107  # bytes of sockaddr_un.sun_path on Linux, without the closing zero
_ORPHANS_LIMIT_S = 20.0
_ANSWER_LIMIT_S = 60

_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "100",
    "wal_level": "replica",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    "lc_messages": "C.UTF-8",
}
# Twice as fast, and a power cut may lose everything: for databases that a test throws away.
_NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Its workers would hold the template that every test copies.
    "autovacuum": "off",
}


def private_folder(name: str) -> Path:
    """Returns a folder for a cluster where both we and the cluster's owner can reach it.

    Args:
        name: What the cluster is for, e.g. `tour`; one short word.

    Raises:
        PostgresUnavailableError: When somebody else has taken the place.
    """
    parent = Path("/var/tmp") / f"stamford-parking-{os.geteuid()}"  # noqa: S108 - owner is checked
    parent.mkdir(mode=0o711, exist_ok=True)
    status = parent.lstat()
    if status.st_uid != os.geteuid() or parent.is_symlink():
        raise PostgresUnavailableError(
            f"{parent} belongs to somebody else: remove it and start again."
        )
    parent.chmod(0o711)
    return parent / name


class Cluster:
    """A PostgreSQL cluster of its own in a folder.

    Args:
        folder: Holds everything: `data`, `socket`, `postgres.log`. Made when missing; belongs to
            the user postgres when we are root, who must be able to reach it. At most 80 bytes
            long, because the name of a socket is limited.
        durable: False speeds tests up and gives up safety against a power cut.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.durable = durable
        self._data = self.folder / "data"
        self._socket = self.folder / "socket"
        self._log = self.folder / "postgres.log"

    def start(self) -> None:
        """Starts the cluster; makes it first when it is new. Does nothing when it runs.

        Raises:
            PostgresUnavailableError: When PostgreSQL is missing, the folder cannot be used, or the
                server does not start; says why.
        """
        self._make_folders()
        with self._alone():
            if self.is_running():
                return
            if not self._data.exists():
                self._initialise()
            self._clear_after_crash()
            self._write_settings()
            self._pg_ctl("start", "--log", self._log)

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stops the cluster. Does nothing when it does not run.

        Args:
            mode: `fast` closes connections and writes everything; `immediate` is like a crash,
                the next start recovers.

        Raises:
            PostgresUnavailableError: When it does not stop within 60 s.
        """
        if not self._data.exists():
            return
        with self._alone():
            if self.is_running():
                self._pg_ctl("stop", "--mode", mode)

    def is_running(self) -> bool:
        """Says whether the server process of this cluster lives."""
        try:
            server = int((self._data / "postmaster.pid").read_text().partition("\n")[0])
        except (FileNotFoundError, ValueError):
            return False
        return server in processes_in(self._data)

    def dsn(self, database: str = "postgres", *, user: str = "postgres") -> str:
        """Returns the address of a database of this cluster, as a libpq URI.

        Args:
            database: Its name.
            user: The role to connect as; the socket's folder is the protection, no password is.
        """
        return (
            f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}"
            f"?host={quote(str(self._socket), safe='')}&port=5432"
        )

    def create_database(
        self, name: str, *, owner: str = "postgres", template: str = "template1"
    ) -> None:
        """Creates a database as a copy of another.

        Args:
            name: Its name, at most 63 bytes.
            owner: The role that owns it.
            template: What is copied; nobody may be connected to it.

        Raises:
            psycopg.Error: When it exists, the role is missing or the template is in use.
        """
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        names = (sql.Identifier(word) for word in (name, owner, template))
        self._execute(statement.format(*names))

    def drop_database(self, name: str) -> None:
        """Drops a database if it exists, and whoever is connected to it.

        Args:
            name: Its name.
        """
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._execute(statement.format(sql.Identifier(name)))

    def remove(self) -> None:
        """Stops the cluster without ceremony and deletes its folder."""
        if self.folder.exists():
            self.stop("immediate")
            shutil.rmtree(self.folder)

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(statement)

    def _make_folders(self) -> None:
        longest = len(os.fsencode(self._socket / ".s.PGSQL.5432.lock"))
        if longest > _SOCKET_LIMIT:
            raise PostgresUnavailableError(
                f"The folder {self.folder} is {longest - _SOCKET_LIMIT} bytes too long for a "
                "socket: choose a shorter one."
            )
        user = owner()
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            for folder in (self.folder, self._socket):
                folder.mkdir(mode=0o700, exist_ok=True)
                if folder.lstat().st_uid != user.pw_uid:
                    os.chown(folder, user.pw_uid, user.pw_gid)
            reachable = run_as_owner(["test", "-w", self._socket], folder=self.folder)
        except OSError as error:
            raise PostgresUnavailableError(
                f"The folder {self.folder} cannot be used ({error.strerror}): choose another one."
            ) from error
        if reachable.returncode != 0:
            raise PostgresUnavailableError(
                f"The user {user.pw_name} cannot reach {self.folder}: choose one under /var/tmp."
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initialise(self) -> None:
        # Made beside and renamed: a start that is killed half way leaves nothing that looks ready.
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        answer = run_as_owner(
            [
                find_server().programs / "initdb",
                f"--pgdata={unfinished}",
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
                *([] if self.durable else ["--no-sync"]),
            ],
            folder=self.folder,
        )
        if answer.returncode != 0:
            raise PostgresUnavailableError(
                f"PostgreSQL cannot make a cluster in {self.folder}: {answer.stderr.strip()}"
            )
        with (unfinished / "postgresql.conf").open("a") as settings:
            settings.write("include 'stamford.conf'\n")
        unfinished.rename(self._data)

    def _write_settings(self) -> None:
        settings = _SETTINGS | {"unix_socket_directories": str(self._socket)}
        if not self.durable:
            settings |= _NOT_DURABLE
        lines = (f"{name} = '{value}'\n" for name, value in settings.items())
        file = self._data / "stamford.conf"
        file.write_text("".join(lines))
        file.chmod(0o644)  # As root we are not its reader, and our umask may hide it.

    def _clear_after_crash(self) -> None:
        # Children of a killed server end by themselves, soon; a second server beside them would
        # destroy the data. Only then is its lock file stale for certain.
        limit = time.monotonic() + _ORPHANS_LIMIT_S
        while orphans := processes_in(self._data):
            if time.monotonic() > limit:
                raise PostgresUnavailableError(
                    f"Processes of an earlier PostgreSQL still use {self._data}: "
                    f"end {', '.join(map(str, sorted(orphans)))} and start again."
                )
            time.sleep(0.05)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        for left in self._socket.iterdir():
            left.unlink()

    def _pg_ctl(self, *command: str | Path) -> None:
        release = int((self._data / "PG_VERSION").read_text())
        answer = run_as_owner(
            [
                find_server(release).programs / "pg_ctl",
                *command,
                f"--pgdata={self._data}",
                "--wait",
                f"--timeout={_ANSWER_LIMIT_S}",
                "--silent",
            ],
            folder=self.folder,
        )
        if answer.returncode != 0:
            reason = (answer.stderr or answer.stdout).strip()
            last_words = self._log.read_text(errors="replace")[-500:] if self._log.exists() else ""
            raise PostgresUnavailableError(
                f"PostgreSQL in {self.folder} does not {command[0]}: {reason} {last_words}".strip()
            )
