import json
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.adapters.control_socket import FILE, ControlDoor, ask_terminal
from parking.errors import UnavailableError


def _echo(wish: dict[str, Any]) -> dict[str, Any]:
    return {"heard": wish}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder whose path is longer than the name of a socket may be."""
    long = tmp_path / ("x" * 90)
    long.mkdir()
    return long


@pytest.fixture
def door(folder: Path) -> Iterator[ControlDoor]:
    made = ControlDoor(folder, _echo)
    yield made
    made.close()


def _say(folder: Path, line: bytes) -> dict[str, Any]:
    handle = folder / FILE
    short = Path("/proc/self/cwd")
    with pytest.MonkeyPatch.context() as patch, socket.socket(socket.AF_UNIX) as client:
        patch.chdir(handle.parent)
        client.settimeout(30)
        client.connect(str(short / FILE))
        client.sendall(line)
        answer: dict[str, Any] = json.loads(client.makefile().readline())
        return answer


def test_a_wish_gets_its_answer_again_and_again(folder: Path, door: ControlDoor) -> None:
    assert door
    for number in range(3):
        wish = {"do": "status", "number": number}
        assert ask_terminal(folder, wish, timeout_s=30) == {"heard": wish}


def test_only_its_owner_can_reach_it_and_it_goes_with_the_terminal(folder: Path) -> None:
    door = ControlDoor(folder, _echo)
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    door.close()
    assert not (folder / FILE).exists()
    assert ask_terminal(folder, {"do": "status"}, timeout_s=30) is None


def test_a_socket_left_over_is_nobody_and_is_replaced(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        left.bind(FILE)
    assert ask_terminal(folder, {"do": "status"}, timeout_s=30) is None
    door = ControlDoor(folder, _echo)
    assert ask_terminal(folder, {"do": "sync"}, timeout_s=30) == {"heard": {"do": "sync"}}
    door.close()


@pytest.mark.parametrize(
    "line", [b"\n", b"no json\n", b"[]\n", b'{"do": "erase"}\n', b"x" * 9000, b"\xff\n"]
)
def test_what_is_no_wish_is_told_what_one_is(folder: Path, door: ControlDoor, line: bytes) -> None:
    assert door
    assert _say(folder, line)["error"]["key"] == "control.wish"


def test_a_client_that_leaves_or_says_nothing_holds_nobody_up(
    folder: Path, door: ControlDoor
) -> None:
    assert door
    with pytest.MonkeyPatch.context() as patch, socket.socket(socket.AF_UNIX) as silent:
        patch.chdir(folder)
        silent.connect(FILE)
        assert ask_terminal(folder, {"do": "status"}, timeout_s=30) is not None


def test_an_answer_that_does_not_come_in_time_is_an_error(folder: Path) -> None:
    go_on = threading.Event()

    def slow(_wish: dict[str, Any]) -> dict[str, Any]:
        go_on.wait(30)
        return {}

    door = ControlDoor(folder, slow)
    with pytest.raises(UnavailableError, match="did not answer in time"):
        ask_terminal(folder, {"do": "sync"}, timeout_s=0.05)
    go_on.set()
    door.close()


def test_a_folder_that_takes_no_socket_does_not_stop_the_terminal(tmp_path: Path) -> None:
    door = ControlDoor(tmp_path / "no such folder", _echo)
    assert ask_terminal(tmp_path / "no such folder", {"do": "status"}, timeout_s=1) is None
    door.close()
