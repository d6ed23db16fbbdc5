"""One terminal with a real encrypted store, and a central that is fake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_db.store import LocalStore
from sync.engine import SyncEngine
from tests.fakes.central import FakeCentral, FakeGateway
from tests.fakes.clock import StillClock
from tests.fakes.terminal import TERMINAL_ID, quickly_enrolled, sign


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("template") / "enrolled"


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "device"


@pytest.fixture
def store(template: Path, folder: Path, clock: StillClock) -> Iterator[LocalStore]:
    opened = quickly_enrolled(template, folder, clock)
    yield opened
    opened.close()


@pytest.fixture
def central() -> FakeCentral:
    return FakeCentral()


@pytest.fixture
def gateway(central: FakeCentral) -> FakeGateway:
    return FakeGateway(central)


@pytest.fixture
def engine(store: LocalStore, gateway: FakeGateway, clock: StillClock) -> SyncEngine:
    """An engine that has met its central before."""
    made = SyncEngine(store.outbox, gateway, clock, terminal_id=TERMINAL_ID, sign=sign)
    made.run_once()
    gateway.calls.clear()
    return made
