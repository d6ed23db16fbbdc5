"""A terminal that issues citations faster than any person, and raw rows to compare it with."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql
from psycopg.types.json import Jsonb

from app.adapters.system_clock import SystemClock
from local_db.store import LocalStore
from parking.citation import Citation
from parking.ids import uuid7
from parking.numbers import citation_number
from parking.officer import OfficerKey
from parking.seal import sealed_bytes
from sync.beside import on_a_thread
from sync.engine import SyncEngine
from sync.gateway import Device, HTTPGateway
from sync.gateway.exchange import Ask
from sync.records import Lane
from sync.report import SyncReport
from sync.starting import Starting
from sync.wire import MOST_OPS, SCHEMA_LEVEL, EnrolRequest, PushAnswer, PushRequest, pack
from tests.benchmarks.place import City
from tests.fakes.terminal import KEY
from tests.waiting import wait_until

CITATIONS = 10_000
_SEALS_S = 60.0
_DRAW = random.Random(20270302)


class CountingGateway(HTTPGateway):
    """Notes how long central took, and how much was sent."""

    took_s = 0.0
    weighs = False
    body_bytes = 0
    ops = 0

    def push(self, request: PushRequest) -> PushAnswer:
        began = time.perf_counter()
        answer = super().push(request)
        self.took_s += time.perf_counter() - began
        if self.weighs:
            self.body_bytes += len(pack(request))
            self.ops += len(request.ops)
        return answer

    def hold(self, cursor: str, *, wait_s: int) -> None:
        """Ask for news and let central hold the answer back while there is none."""
        query: dict[str, str | int] = {"cursor": cursor, "level": SCHEMA_LEVEL, "wait_s": wait_s}
        path = "/sync/v1/feed"
        self._exchange.ask(Ask(method="GET", path=path, query=query, deadline_s=wait_s + 10))


class Joined:
    """A device that joined the city over HTTP, with a real encrypted store.

    Attributes:
        store: New; nothing was synced yet.
        gateway: Counts what it sends.
        engine: Brings both together.
    """

    def __init__(self, city: City, folder: Path, *, name: str) -> None:
        clock, key = SystemClock(), Ed25519PrivateKey.generate()
        code, public = city.enrol_code(name), key.public_key().public_bytes_raw()
        proof = key.sign(b"stamford-enrol-1\n" + code.encode() + public)
        joining = HTTPGateway(city.stage.central_url, clock, device=None)
        answer = joining.enrol(
            EnrolRequest(code=code, public_key=public, proof=proof, schema_level=SCHEMA_LEVEL)
        )
        joining.close()
        self.terminal = answer.terminal
        self.store = LocalStore.create(folder, KEY, clock)
        self.store.keep_identity(answer)
        self._central_url = city.stage.central_url
        self._device = Device(terminal_id=self.terminal.terminal_id, sign=key.sign)
        self.gateway = CountingGateway(self._central_url, clock, device=self._device)
        self.engine = SyncEngine(
            self.store.outbox,
            self.gateway,
            clock,
            terminal_id=self.terminal.terminal_id,
            sign=key.sign,
            starting=Starting(self.store.starting, self.gateway.starting),
            beside=on_a_thread,
        )

    def holding(self, cursor: str, *, wait_s: int) -> Callable[[], None]:
        """Return what holds one poll of the feed on a connection of its own."""
        gateway = CountingGateway(self._central_url, SystemClock(), device=self._device)

        def hold() -> None:
            gateway.hold(cursor, wait_s=wait_s)
            gateway.close()

        return hold

    def close(self) -> None:
        self.gateway.close()
        self.store.close()


class Issuer:
    """One terminal and its officer, who issues faster than any person."""

    def __init__(self, city: City, folder: Path) -> None:
        self._joined = Joined(city, folder, name="T-900")
        self.terminal_id = self._joined.terminal.terminal_id
        self.gateway = self._joined.gateway
        self._store, self._engine = self._joined.store, self._joined.engine
        self._series = self._joined.terminal.series
        self._officer_id: UUID = city.one("select officer_id from users where badge = '0417'")
        self._officer_key = Ed25519PrivateKey.generate()
        city.store(
            OfficerKey(
                officer_key_id=uuid7(city.now_utc),
                officer_id=self._officer_id,
                terminal_id=self.terminal_id,
                public_key=self._officer_key.public_key().public_bytes_raw(),
            )
        )
        self._city = city
        self._issued = 0
        assert self._engine.run_once().error is None

    def close(self) -> None:
        self._joined.close()

    def issue(self) -> tuple[int, int]:
        """Save a round of citations; return the first and last number of their operations."""
        shift_id, first = uuid7(self._city.now_utc), self._issued + 1
        while self._issued < first + CITATIONS - 1:
            lease = self.gateway.lease_numbers(uuid7(self._city.now_utc), 1000)
            serials = range(lease.first_serial, lease.last_serial + 1)
            with self._store.saving() as work:
                for serial in serials:
                    work.add(self._citation(serial, shift_id))
                work.commit()
            self._issued += len(serials)
        return first, self._issued

    def _citation(self, serial: int, shift_id: UUID) -> Citation:
        now = self._city.now_utc
        made = Citation(
            citation_id=uuid7(now),
            number=citation_number(self._series, serial),
            terminal_id=self.terminal_id,
            officer_id=self._officer_id,
            shift_id=shift_id,
            zone_id="204",
            place="Bedford Street 100 block",
            plate="".join(_DRAW.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=2))
            + f"{_DRAW.randrange(100_000):05d}",
            plate_state="CT",
            violation_code="101",
            fine_cents=2500,
            observed_utc=now,
            issued_utc=now,
            clock_uncertainty_ms=20,
            vehicle_make=_DRAW.choice(("Ford", "Honda", "Toyota", "Subaru")),
            vehicle_colour=_DRAW.choice(("white", "black", "blue", "grey")),
            photo_hashes=(_DRAW.randbytes(32), _DRAW.randbytes(32)),
            check_id=uuid7(now),
        )
        return replace(made, seal=self._officer_key.sign(sealed_bytes(made)))

    def push(self) -> float:
        """Send all that waits; return the seconds until the last answer was stored."""
        self.gateway.took_s = 0.0
        began, ended = time.perf_counter(), 0.0

        def progress(report: SyncReport) -> None:
            nonlocal ended
            if report.pushed == CITATIONS and not ended:
                ended = time.perf_counter()

        report = self._engine.run_once(progress=progress)
        assert report.error is None, report.error
        assert ended, f"{report.pushed} of {CITATIONS} were pushed"
        return ended - began

    def push_again(self, first: int) -> float:
        """Send the operations from ``first`` on once more, as after lost answers."""
        assert self._store.outbox.send_from(1, Lane.CITATIONS, first)
        return self.push()

    def weigh(self, first: int) -> float:
        """Send once more and return the bytes of a body per operation."""
        self.gateway.weighs = True
        self.push_again(first)
        return self.gateway.body_bytes / self.gateway.ops


class RawRows:
    """The same rows by the fastest thing a script would do."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        connection.execute("create table raw_violations (like violations including all)")
        connection.commit()

    def insert(self, terminal_id: UUID, count: int) -> float:
        """Insert the newest rows of a terminal into the empty table; return the seconds."""
        query = "select * from violations where terminal_id = %s order by number desc limit %s"
        found = self._connection.execute(query, (terminal_id, count))
        assert found.description is not None
        names = [column.name for column in found.description]
        rows = [_sendable(row) for row in found]
        assert len(rows) == count
        self._connection.execute("truncate raw_violations")
        self._connection.commit()
        statement = sql.SQL("insert into raw_violations ({}) values ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.SQL(", ").join([sql.Placeholder()] * len(names)),
        )
        return _took_s(lambda: self._insert(statement, rows))

    def _insert(self, statement: sql.Composed, rows: Sequence[Sequence[Any]]) -> None:
        for start in range(0, len(rows), MOST_OPS):
            self._connection.cursor().executemany(statement, rows[start : start + MOST_OPS])
            self._connection.commit()


def _sendable(row: Sequence[Any]) -> list[Any]:
    return [Jsonb(value) if isinstance(value, dict) else value for value in row]


def until_sealed(city: City) -> None:
    """Let the seal worker finish, so that every round begins alike."""
    wait_until(
        lambda: city.one("select count(*) from seal_queue") == 0,
        limit_s=_SEALS_S,
        what="all seals checked",
    )


def _took_s(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
