"""A GUI thread that hangs falls silent, and one that ends says so."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.adapters.linux.service_manager import ServiceManager
from ui.heartbeat import Heartbeat


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[Callable[[], list[bytes]]]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.bind(str(tmp_path / "notify"))
        ours.setblocking(False)

        def words() -> list[bytes]:
            found = []
            while True:
                try:
                    found.append(ours.recv(100))
                except BlockingIOError:
                    return found

        yield words


def test_the_gui_thread_beats_until_it_ends(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, heard: Callable[[], list[bytes]]
) -> None:
    parent = QObject(qapp)
    environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "3000"}
    heart = Heartbeat(ServiceManager(environment), parent)
    heart.begin()
    beats: list[bytes] = []

    def beat_twice() -> bool:
        beats.extend(heard())
        return beats.count(b"WATCHDOG=1") >= 2

    qtbot.waitUntil(beat_twice, timeout=5000)
    assert beats[0] == b"READY=1"
    heard()
    # Nothing of Qt runs while this thread waits: no beat comes out of a hung window.
    assert heard() == []
    heart.end()
    assert heard()[-1] == b"STOPPING=1"
    parent.deleteLater()
