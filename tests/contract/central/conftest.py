"""Both centrals; the real one is shared by a module's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.central.sides import FakeSide, RealSide, Side, Terminal, closing
from tests.unit.central.conftest import (
    fresh_service,
    service,
    settings,
    shared_database,
    shared_settings,
)
from tests.unit.central.service import Service

__all__ = ["fresh_service", "service", "settings", "shared_database", "shared_settings"]


@pytest.fixture(scope="module", autouse=True)
def central_runs_first(service: Service) -> None:
    """Start central before the guard counts the threads of the first test."""
    assert service


@pytest.fixture
def real(service: Service) -> Iterator[RealSide]:
    side = RealSide(service)
    yield side
    side.close()


@pytest.fixture(params=["fake", "real"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "fake":
        return FakeSide()
    found: RealSide = request.getfixturevalue("real")
    return found


@pytest.fixture
def terminal(side: Side, tmp_path: Path) -> Iterator[Terminal]:
    with closing(side.terminal(tmp_path / "device")) as found:
        yield found
