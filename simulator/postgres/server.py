"""Where PostgreSQL's programs are, who runs them, and which processes serve a data folder.

Any thread. Linux only. Must not import anything of ours but `parking.errors`.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from parking.errors import UnavailableError

OLDEST = 15
_DEBIAN = Path("/usr/lib/postgresql")
_APT_LINE = "apt-get install -y postgresql"


class PostgresUnavailableError(UnavailableError):
    """PostgreSQL is not installed, or the private cluster cannot be made, started or stopped."""

    def __init__(self, sentence: str) -> None:
        super().__init__("postgres_unavailable", sentence, retry_safe=True)


@dataclass(frozen=True, slots=True)
class Server:
    """One installed release of PostgreSQL.

    Attributes:
        programs: Folder of `initdb`, `pg_ctl` and `postgres`.
        release: Major number, e.g. 15.
    """

    programs: Path
    release: int


def find_server(release: int | None = None) -> Server:
    """Finds an installed PostgreSQL.

    Args:
        release: The major number that an existing cluster needs; None for the newest there is.

    Raises:
        PostgresUnavailableError: When none is installed, or not that one, or all are too old.
    """
    servers = [server for server in _installed() if release in (None, server.release)]
    newest = max(servers, key=lambda server: server.release, default=None)
    if newest is not None and newest.release >= OLDEST:
        return newest
    if release is not None:
        raise PostgresUnavailableError(
            f"This cluster was made by PostgreSQL {release}, which is not installed. "
            f"Type this and start again: {_sudo()}{_APT_LINE}-{release}"
        )
    raise PostgresUnavailableError(
        f"PostgreSQL {OLDEST} or later is needed and not installed. "
        f"Type this and start again: {_sudo()}{_APT_LINE}"
    )


def _installed() -> list[Server]:
    servers = [
        Server(initdb.parent, int(initdb.parent.parent.name))
        for initdb in _DEBIAN.glob("*/bin/initdb")
        if initdb.parent.parent.name.isdigit()
    ]
    on_path = shutil.which("postgres")
    if on_path is not None:
        # Answers e.g. "postgres (PostgreSQL) 16.4".
        answer = subprocess.run([on_path, "--version"], capture_output=True, text=True, check=False)
        major = answer.stdout.rpartition(" ")[2].partition(".")[0].strip()
        if major.isdigit():
            servers.append(Server(Path(on_path).resolve().parent, int(major)))
    return servers


def _sudo() -> str:
    return "" if os.geteuid() == 0 else "sudo "


def owner() -> pwd.struct_passwd:
    """Returns the user who runs the cluster: `postgres` when we are root, else ourselves.

    Raises:
        PostgresUnavailableError: When we are root and there is no user `postgres`.
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError as error:
        raise PostgresUnavailableError(
            "PostgreSQL does not run as root and there is no user postgres. "
            f"Type this and start again: {_APT_LINE}"
        ) from error


def run_as_owner(
    command: Sequence[str | Path], *, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Runs a program of PostgreSQL to its end, as the owner of the cluster.

    Args:
        command: Program and arguments.
        folder: Where it runs; must be a folder the owner can enter.

    Returns:
        Its exit status, with what it printed.
    """
    user = owner()
    # Settings of the person's own PostgreSQL (PGPORT, PGDATA, ...) must not reach ours.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {"HOME": str(folder), "LC_ALL": "C.UTF-8"}
    become_owner = os.geteuid() == 0
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        user=user.pw_uid if become_owner else None,
        group=user.pw_gid if become_owner else None,
        extra_groups=[] if become_owner else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def processes_in(folder: Path) -> set[int]:
    """Returns the ids of the processes that run in a folder; PostgreSQL's all run in its data.

    A process id in a file says nothing after a restart of the machine: another process may have
    got it. Where a process runs cannot lie.
    """
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cwd").readlink() == folder:
                    found.add(int(entry.name))
            except OSError:  # It ended meanwhile, or belongs to somebody else.
                continue
    return found
