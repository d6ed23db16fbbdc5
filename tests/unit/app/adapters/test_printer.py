import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.adapters.escpos_printer import COLUMNS, FilePrinter, ticket_bytes, ticket_printer
from app.ports import PrintOutcome
from parking.errors import UnavailableError, UserError
from parking.receipt import Line, LineKind

LINES = (
    Line(LineKind.TITLE, "Parking ticket"),
    Line(LineKind.PLATE, "CT AB-12345"),
    Line(LineKind.FACT, "Pay by", "Mar 16, 2027"),
    Line(LineKind.FACT, "A label that is far too long for its row", "and a value"),
    Line(LineKind.TEXT, "You may appeal without paying, within fifteen days of issue. " * 2),
)


def test_the_bytes_are_escpos_with_every_line() -> None:
    content = ticket_bytes(LINES, qr="SC-4-0000015")
    assert content.startswith(b"\x1b@")
    for text in (b"Parking ticket", b"CT AB-12345", b"Mar 16, 2027", b"SC-4-0000015"):
        assert text in content
    assert b"\x1dV" in content


def test_no_row_is_longer_than_the_paper() -> None:
    content = ticket_bytes(LINES, qr="")
    rows = content.decode("cp437", errors="replace").split("\n")
    printable = ("".join(char for char in row if char.isprintable()) for row in rows)
    assert max(len(row.strip()) for row in printable) <= COLUMNS + 12
    assert b"Pay by".ljust(COLUMNS - 12) + b"Mar 16, 2027" in content


def test_without_a_printer_the_bytes_go_to_a_file(tmp_path: Path) -> None:
    printer = ticket_printer("file", folder=tmp_path / "printed")
    assert printer.print_ticket("SC-4-0000015", LINES, qr="x") is PrintOutcome.TO_FILE
    assert (tmp_path / "printed" / "SC-4-0000015.escpos").read_bytes().startswith(b"\x1b@")


def test_a_paper_draws_a_pdf_beside_it(tmp_path: Path) -> None:
    def paper(lines: Sequence[Line], *, qr: str) -> bytes:
        assert lines is LINES
        return b"%PDF " + qr.encode()

    printer = ticket_printer(f"file:{tmp_path}/out", folder=tmp_path, paper=paper)
    printer.print_ticket("K7", LINES, qr="code")
    assert (tmp_path / "out" / "K7.pdf").read_bytes() == b"%PDF code"


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="citation is saved"):
        FilePrinter(tmp_path / "file").print_ticket("x", LINES, qr="")


def test_a_network_printer_gets_the_whole_ticket() -> None:
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def take() -> None:
            client, _address = server.accept()
            with client:
                while more := client.recv(65536):
                    got.append(more)

        paper = threading.Thread(target=take)
        paper.start()
        printer = ticket_printer(f"network:127.0.0.1:{port}", folder=Path())
        assert printer.print_ticket("x", LINES, qr="code") is PrintOutcome.PRINTED
        paper.join(5)
    assert b"".join(got) == ticket_bytes(LINES, qr="code")


def test_a_printer_that_is_off_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(UnavailableError, match="does not answer"):
        ticket_printer(f"network:127.0.0.1:{port}", folder=Path()).print_ticket("x", LINES, qr="")


def test_a_usb_printer_is_its_device_file(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.touch()
    printer = ticket_printer(f"usb:{device}", folder=Path())
    assert printer.print_ticket("x", LINES, qr="") is PrintOutcome.PRINTED
    assert device.read_bytes() == ticket_bytes(LINES, qr="")


def test_a_printer_that_is_not_plugged_in_is_one_sentence() -> None:
    with pytest.raises(UnavailableError, match="does not answer"):
        ticket_printer("usb:/dev/no-such-printer", folder=Path()).print_ticket("x", LINES, qr="")


@pytest.mark.parametrize("wish", ["", "lpt1", "usb:", "network:", "network::1", "network:h:x"])
def test_an_unknown_printer_says_what_is_allowed(wish: str) -> None:
    with pytest.raises(UserError, match="--printer is file, usb:"):
        ticket_printer(wish, folder=Path())
