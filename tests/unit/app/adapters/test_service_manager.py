"""What systemd hears of a terminal, on a socket as systemd has it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters.linux.service_manager import ALIVE, READY, ServiceManager


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.bind(str(tmp_path / "notify"))
        ours.settimeout(10)
        yield ours


def _manager(place: object, limit: str = "") -> ServiceManager:
    return ServiceManager({"NOTIFY_SOCKET": str(place), "WATCHDOG_USEC": limit})


def test_the_service_manager_hears_each_word(heard: socket.socket) -> None:
    manager = _manager(heard.getsockname(), "9000000")
    manager.tell(READY)
    manager.tell(ALIVE)
    assert [heard.recv(100) for _ in range(2)] == [b"READY=1", b"WATCHDOG=1"]
    assert manager.tick_ms == 3_000


def test_a_socket_without_a_file_is_found_by_its_name() -> None:
    name = f"stamford-test-{id(object())}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.bind(f"\0{name}")
        ours.settimeout(10)
        _manager(f"@{name}").tell(READY)
        assert ours.recv(100) == b"READY=1"


def test_without_a_service_manager_nothing_is_said() -> None:
    manager = ServiceManager({})
    manager.tell(READY)
    assert manager.tick_ms == 0


@pytest.mark.parametrize("limit", ["", "soon", "-5", "²"])
def test_without_a_limit_nobody_waits_for_a_sign_of_life(limit: str) -> None:
    assert _manager("/run/notify", limit).tick_ms == 0


def test_a_service_manager_that_is_gone_stops_no_sale(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _manager(tmp_path / "gone").tell(ALIVE)
    assert "service manager did not hear WATCHDOG=1" in caplog.text
