"""The guards themselves: that a test which leaves the machine or leaves something is caught."""

import socket
import subprocess
import sys
import threading

import pytest

from tests import guards
from tests.guards import LeavesMachineError


def test_names_and_addresses_elsewhere_are_refused() -> None:
    with pytest.raises(LeavesMachineError):
        socket.getaddrinfo("parking.invalid", 443)
    with socket.socket() as tcp, pytest.raises(LeavesMachineError):
        tcp.connect(("192.0.2.1", 443))
    with socket.socket(type=socket.SOCK_DGRAM) as udp, pytest.raises(LeavesMachineError):
        udp.sendto(b"", ("192.0.2.1", 53))


def test_a_server_for_the_whole_world_is_refused() -> None:
    with socket.socket() as tcp, pytest.raises(LeavesMachineError):
        tcp.bind(("0.0.0.0", 0))  # noqa: S104 - the very thing that must not work


def test_this_machine_is_allowed() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()
    assert socket.getaddrinfo("localhost", 80)


def test_a_thread_left_behind_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "_LINGER_S", 0.01)
    before = set(threading.enumerate())
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="left")
    thread.start()
    assert guards._threads_left(before) == ["thread left"]
    end.set()
    thread.join()
    assert guards._threads_left(before) == []


def test_a_process_left_behind_is_named_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "_LINGER_S", 0.01)
    before = guards._children()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        (left,) = guards._children_left(before)
        assert left.split()[:2] == ["process", str(process.pid)]
        assert process.wait() == -9
    assert guards._children_left(before) == []
