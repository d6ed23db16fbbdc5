"""Where the benchmarks run: a folder of their own and, for those that need it, a whole city.

The city is the demonstration's: a durable private PostgreSQL and central as a process of its own.
Everything is stopped and removed at the end.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from sqlalchemy import Connection

from central.database import Database
from central.identity.codes import Grant, Purpose, make_code
from central.settings import Settings
from central.store import Row, store_many
from parking.terminal import TerminalKind
from simulator.city.stage import Stage
from sync.records import BY_CLASS


class City:
    """A running city.

    Attributes:
        stage: Its processes.
        database: Central's database, for putting things there as the city's own jobs do.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        dsn = stage.dsn("parking_app")
        self.database = Database(Settings(database_url=dsn, direct_url=dsn, pool_size=2))

    @property
    def now_utc(self) -> datetime:
        return datetime.now(UTC)

    def enrol_code(self, name: str) -> str:
        grant = Grant(terminal_name=name, terminal_kind=TerminalKind.OFFICER.value)
        with self._work() as connection:
            return make_code(connection, Purpose.ENROL, grant, now_utc=self.now_utc)

    def store(self, *values: Any) -> None:
        """Store reference data of one class in one transaction."""
        rows = [Row(value=value) for value in values]
        with self._work() as connection:
            store_many(connection, BY_CLASS[type(values[0])], rows, received_utc=self.now_utc)

    def one(self, query: str) -> Any:
        """Look into PostgreSQL; the first column of the first row."""
        with psycopg.connect(self.stage.dsn()) as connection:
            found = connection.execute(query.encode()).fetchone()
        return None if found is None else found[0]

    @contextmanager
    def _work(self) -> Iterator[Connection]:
        with self.database.unit_of_work("benchmark") as connection:
            yield connection


class Place:
    """One run of the benchmarks; a context that cleans up.

    Attributes:
        folder: Empty at first, removed at the end.
    """

    def __init__(self) -> None:
        self._closing = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="stamford-bench-"))
        self._closing.callback(shutil.rmtree, self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    @cached_property
    def city(self) -> City:
        """The sample city, started at the first use."""
        # Terminals keep what they sent until the WAL archive has it, so it can be sent again.
        os.environ["PARKING_DURABILITY"] = "archived"
        stage = Stage(name=f"bench-{os.getpid()}")
        self._closing.callback(stage.remove)
        self._closing.callback(stage.close)
        stage.start_database()
        stage.make_database()
        # Without the emulator central would know of no other Stripe than the real one.
        stage.start_stripe()
        stage.load_city()
        stage.start_central()
        city = City(stage)
        self._closing.callback(city.database.close)
        return city
