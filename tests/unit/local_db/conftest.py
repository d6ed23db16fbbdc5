"""A real encrypted store for each test, copied from one that is made once per run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_db.store import LocalStore
from tests.fakes.clock import StillClock
from tests.fakes.terminal import quickly_enrolled


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
