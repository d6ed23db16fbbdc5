"""What printers answer, as their manuals have it, and what a station without one is told."""

import socket
import threading
from pathlib import Path

import pytest

from app.adapters.escpos_printer import ticket_printer
from app.adapters.printer_status import ASK, state_of
from app.ports import PrinterState

_FINE = b"\x12\x12\x12"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (_FINE, PrinterState.READY),
        (b"\x12\x12\x1e", PrinterState.LOW),
        (b"\x32\x12\x7e", PrinterState.NO_PAPER),
        (b"\x36\x12\x7e", PrinterState.OPEN),
        (b"\x52\x1a\x12", PrinterState.FAULT),
        (b"\x52\x32\x12", PrinterState.FAULT),
        (b"\x12\x12", PrinterState.UNKNOWN),
        (b"\x00\xff\x80", PrinterState.UNKNOWN),
        (b"", PrinterState.UNKNOWN),
    ],
)
def test_the_answer_of_a_printer_is_one_word(answer: bytes, state: PrinterState) -> None:
    assert state_of(answer) is state


def test_a_network_printer_is_asked(tmp_path: Path) -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            client, _address = server.accept()
            with client:
                asked.append(client.recv(100))
                client.sendall(b"\x32\x12\x7e")

        printer = threading.Thread(target=answer)
        printer.start()
        port = server.getsockname()[1]
        assert ticket_printer(f"network:127.0.0.1:{port}", folder=tmp_path).state() is (
            PrinterState.NO_PAPER
        )
        printer.join(5)
    assert asked == [ASK]


def test_a_printer_that_is_not_there_is_absent(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    for wish in (f"network:127.0.0.1:{port}", f"usb:{tmp_path / 'lp9'}"):
        assert ticket_printer(wish, folder=tmp_path).state() is PrinterState.ABSENT
    assert not list(tmp_path.iterdir())


def test_a_device_that_says_nothing_of_itself_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "lp0").touch()
    assert ticket_printer(f"usb:{tmp_path}/lp0", folder=tmp_path).state() is PrinterState.UNKNOWN


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (None, PrinterState.READY),
        ("no_paper\n", PrinterState.NO_PAPER),
        ("on fire", PrinterState.UNKNOWN),
    ],
)
def test_a_file_stands_in_for_a_printer(
    tmp_path: Path, said: str | None, state: PrinterState
) -> None:
    if said is not None:
        (tmp_path / "state").write_text(said)
    assert ticket_printer("file", folder=tmp_path).state() is state
