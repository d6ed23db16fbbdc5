"""A small city for chaos: central, PostgreSQL and terminals, each a real process to kill."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central import schema
from central.settings import Settings
from local_db.store import LocalStore
from simulator.postgres import Cluster, private_folder
from sync.gateway import HTTPGateway
from sync.wire import SCHEMA_LEVEL, EnrolRequest
from tests import databases
from tests.fakes.clock import StillClock
from tests.fakes.terminal import KEY
from tests.faults.checks import heard, wrong_in
from tests.faults.proxy import Fault, Proxy
from tests.faults.terminal import Enrolled
from tests.unit.central.conftest import settings_for
from tests.unit.central.service import TestClock, running
from tests.waiting import wait_until

_BREAKS = [fault for fault in Fault if fault is not Fault.NONE]
# A chunk may take a minute: silence there would only cost time.
_NOT_FOR_CHUNKS = frozenset({Fault.HALF_OPEN, Fault.TRICKLE})
EMPTIES_WITHIN_S = 120.0
Operation = tuple[str, bytes]
"""Name and SHA-256 of the payload."""


@dataclass(slots=True)
class Weather:
    """How bad the network is; satisfies ``Proxy.choose``.

    Attributes:
        share: Of the exchanges that break, 0 to 1.
    """

    draw: random.Random
    share: float = 0.0

    def __call__(self, line: str) -> Fault:
        """Return the fault of one exchange."""
        if self.draw.random() >= self.share:
            return Fault.NONE
        fault = self.draw.choice(_BREAKS)
        chunk = line.startswith("PATCH") and fault in _NOT_FOR_CHUNKS
        return Fault.NONE if chunk else fault


@dataclass(slots=True)
class Tally:
    """What happened.

    Attributes:
        rounds: Times that everything was brought to rest and compared.
        struck: What was killed or stopped, by its word.
        operations: Operations compared in all.
        wrong: What did not hold.
    """

    rounds: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    operations: int = 0
    wrong: list[str] = field(default_factory=list)


class City:
    """One PostgreSQL, one central, some terminals behind one bad network."""

    def __init__(
        self, folder: Path, database: databases.Database, settings: Settings, proxy: Proxy
    ) -> None:
        """Use what ``small_city`` made."""
        self._folder, self._database, self._settings = folder, database, settings
        self._proxy = proxy
        self._central: subprocess.Popen[bytes] | None = None
        self._terminals: dict[Path, subprocess.Popen[bytes]] = {}
        self._sizes: dict[Path, int] = {}

    @property
    def exchanges(self) -> int:
        """Return how many requests came to the network."""
        return self._proxy.done.total()

    @property
    def broken(self) -> dict[Fault, int]:
        """Return how many of them were broken, by fault."""
        return {fault: count for fault, count in self._proxy.done.items() if fault in _BREAKS}

    def start_central(self) -> None:
        """Start central on its port, and wait until it listens."""
        environment = os.environ | {
            "DATABASE_URL": self._settings.database_url,
            "PARKING_KEYS_DIR": str(self._settings.keys_dir),
            "PARKING_PHOTO_DIR": str(self._settings.photo_dir),
            "DATABASE_TIMEOUT": "2000",
            "LOG_LEVEL": "error",
        }
        self._central = subprocess.Popen(
            [sys.executable, "-m", "central.cli", "serve", "--port", str(self._proxy.upstream)],
            env=environment,
            stderr=(self._folder / "central.log").open("ab"),
        )

    def kill_central(self) -> None:
        """Kill central and start it again at once."""
        self._end_central()
        self.start_central()

    def crash_postgres(self) -> None:
        """Stop PostgreSQL as a crash does and start it again."""
        self._database.cluster.stop("immediate")
        self._database.cluster.start()

    def start_terminals(self, draw: random.Random) -> None:
        """Start every terminal."""
        for folder in sorted(self._folder.glob("terminal-*")):
            self._start_terminal(folder, draw)

    def kill_terminal(self, draw: random.Random) -> None:
        """Kill one that has saved since it started, and start it again."""
        folder = draw.choice(sorted(self._terminals))
        wait_until(
            lambda: _size(folder / "history") > self._sizes[folder] or self._ended(folder),
            limit_s=EMPTIES_WITHIN_S,
            what=f"a save of {folder.name}",
        )
        self._terminals[folder].kill()
        self._terminals[folder].communicate()
        self._start_terminal(folder, draw)

    def rest(self) -> str:
        """Let nobody save any more; return what is stuck once all should have been sent."""
        for process in self._terminals.values():
            with suppress(BrokenPipeError):
                assert process.stdin is not None
                process.stdin.write(b"quiet\n")
                process.stdin.flush()
        stuck = []
        for folder, process in self._terminals.items():
            try:
                status = process.wait(EMPTIES_WITHIN_S)
            except subprocess.TimeoutExpired:
                status = -1
                process.kill()
            process.communicate()
            if status:
                said = (folder / "log").read_text(errors="replace")
                stuck.append(f"{folder.name}: status {status}, {said[-600:]}")
        self._terminals.clear()
        return ", ".join(stuck)

    def compare(self, tally: Tally) -> None:
        """Compare every terminal's promises and store with what central has."""
        at_central = self._operations()
        fines: dict[bytes, int] = {}
        for folder in sorted(self._folder.glob("terminal-*")):
            who = msgspec.json.decode((folder / "enrolled.json").read_bytes(), type=Enrolled)
            store = LocalStore.open(folder / "device", KEY, StillClock())
            try:
                promises = heard((folder / "history").read_text().splitlines())
                promises.received = set(promises.saved)
                with store._records.reading() as connection:
                    rows = connection.exec_driver_sql("select name, payload_sha256 from audit_link")
                    here = Counter((row[0], row[1]) for row in rows)
                    fined = connection.exec_driver_sql(
                        "select citation_id, fine_cents from citation"
                    )
                    fines |= {row[0]: row[1] for row in fined}
                wrong = wrong_in(store._records, promises)
            finally:
                store.close()
            there = at_central.get(who.terminal_id.bytes, Counter())
            tally.operations += here.total()
            if wrong or here != there:
                differ = [*(here - there), *(there - here)]
                tally.wrong.append(f"{folder.name}: {wrong} differ by {differ[:3]}")
        if fines != self._fines():
            tally.wrong.append(f"fines differ: {sum(fines.values())} and {self._fines()}")

    def close(self) -> None:
        """End all processes."""
        for process in self._terminals.values():
            process.kill()
            process.communicate()
        self._end_central()

    def _start_terminal(self, folder: Path, draw: random.Random) -> None:
        seed, port = str(draw.getrandbits(32)), str(self._proxy.port)
        self._sizes[folder] = _size(folder / "history")
        with (folder / "log").open("ab") as log:
            self._terminals[folder] = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.terminal", str(folder), port, seed],
                stdin=subprocess.PIPE,
                stderr=log,
            )

    def _ended(self, folder: Path) -> bool:
        return self._terminals[folder].poll() is not None

    def _end_central(self) -> None:
        if self._central is not None:
            self._central.send_signal(signal.SIGKILL)
            self._central.wait()
            self._central = None

    def _operations(self) -> dict[bytes, Counter[Operation]]:
        found: dict[bytes, Counter[Operation]] = {}
        statement = "select terminal_id, name, payload_sha256 from sync_operations"
        with psycopg.connect(self._database.dsn("postgres")) as connection:
            for terminal_id, name, digest in connection.execute(statement):
                found.setdefault(terminal_id.bytes, Counter())[name, digest] += 1
        return found

    def _fines(self) -> dict[bytes, int]:
        with psycopg.connect(self._database.dsn("postgres")) as connection:
            rows = connection.execute("select citation_id, fine_cents from violations")
            return {row[0].bytes: row[1] for row in rows}


@contextmanager
def small_city(folder: Path, weather: Weather, *, terminals: int) -> Iterator[City]:
    """Make a city and run its PostgreSQL, proxy and central while the block lasts.

    Args:
        folder: Empty.
        weather: Of the network.
        terminals: How many, 1 to 20.
    """
    with ExitStack() as ends:
        cluster = Cluster(private_folder(f"test-{os.getpid()}-chaos"))
        cluster.remove()
        ends.callback(cluster.remove)
        cluster.start()
        database = databases.Database(cluster, "parking")
        cluster.create_database(database.name)
        schema.create_roles(database.dsn("postgres"))
        schema.migrate(database.dsn("parking_owner"))
        settings = settings_for(database, folder)
        with running(settings, TestClock()) as service:
            for number in range(terminals):
                gateway = HTTPGateway(service.base_url, service.central.clock)
                _enrol(folder / f"terminal-{number}", gateway, service.new_code())
                gateway.close()
        port = _free_port()
        proxy = ends.enter_context(Proxy(port, weather))
        city = City(folder, database, settings, proxy)
        ends.callback(city.close)
        city.start_central()
        wait_until(lambda: _listens(port), limit_s=60, what="central")
        yield city


def _enrol(folder: Path, gateway: HTTPGateway, code: str) -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    proof = key.sign(b"stamford-enrol-1\n" + code.encode() + public)
    answer = gateway.enrol(
        EnrolRequest(code=code, public_key=public, proof=proof, schema_level=SCHEMA_LEVEL)
    )
    folder.mkdir()
    store = LocalStore.create(folder / "device", KEY, StillClock())
    store.keep_identity(answer)
    store.close()
    who = Enrolled(terminal_id=answer.terminal.terminal_id, key=key.private_bytes_raw())
    (folder / "enrolled.json").write_bytes(msgspec.json.encode(who))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
