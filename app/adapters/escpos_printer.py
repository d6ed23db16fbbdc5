"""Tickets on ESC/POS printers by USB or network, or in files where none is attached. I/O lane.

python-escpos makes the bytes first, then they are sent in one piece.
"""

import os
import select
import socket
import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from escpos.printer import Dummy

from app.adapters.durable_file import replace_durably
from app.adapters.printer_status import ANSWERS, ASK, STATE_FILE, read_state, state_of
from app.ports import Paper, Printer, PrinterState, PrintOutcome
from app.words import _
from parking.errors import UnavailableError, UserError
from parking.receipt import Line, LineKind

COLUMNS = 42
"""Characters of a line in font A on 80 mm paper."""

_NETWORK_PORT = 9100
_TIMEOUT_S = 10
_STATE_S = 2.0
_STYLES: dict[LineKind, dict[str, Any]] = {
    LineKind.TITLE: {"align": "center", "bold": True, "double_height": True},
    LineKind.NUMBER: {"align": "center", "bold": True},
    LineKind.PLATE: {
        "align": "center",
        "bold": True,
        "double_height": True,
        "double_width": True,
    },
    LineKind.AMOUNT: {"align": "center", "bold": True, "double_height": True},
    LineKind.SMALL: {"align": "center", "font": "b"},
}


def ticket_printer(wish: str, *, folder: Path, paper: Paper | None = None) -> Printer:
    """Return the printer of an option.

    Args:
        wish: ``file``, ``file:<folder>``, ``usb:<device file>`` (the kernel's printer class, e.g.
            ``/dev/usb/lp0``), ``network:<host>`` or ``network:<host>:<port>``.
        folder: Where ``file`` writes.
        paper: Draws the same ticket as a PDF beside the bytes of ``file``.

    Raises:
        UserError: ``printer.option``.
    """
    kind, *rest = wish.split(":", maxsplit=1)
    place = rest[0] if rest else ""
    if kind == "file":
        return FilePrinter(Path(place) if place else folder, paper)
    if kind == "usb" and place:
        return AttachedPrinter(partial(_to_device, place), partial(_ask_device, place))
    host, _colon, port = place.partition(":")
    if kind == "network" and host and (port.isdecimal() or not port):
        number = int(port or _NETWORK_PORT)
        return AttachedPrinter(
            partial(_to_network, host, number), partial(_ask_network, host, number)
        )
    raise UserError(
        "printer.option",
        _("--printer is file, usb:<device file> or network:<host>, not {wish}.").format(wish=wish),
    )


def ticket_bytes(lines: Sequence[Line], *, qr: str) -> bytes:
    """Return the ESC/POS bytes of a ticket.

    Args:
        lines: From ``parking.receipt``.
        qr: What the code at the foot holds; empty for none.
    """
    page = Dummy()
    page.hw("INIT")
    for line in lines:
        page.set_with_default(**{"align": "left", **_STYLES.get(line.kind, {})})
        for text in _rows(line):
            page.textln(text)
    if qr:
        page.set_with_default(align="center")
        page.ln(1)
        page.qr(qr, size=6, native=True)
    page.ln(2)
    page.cut()
    return page.output


def _rows(line: Line) -> list[str]:
    """Break a line into rows of paper; a fact's value stands at the right edge."""
    if line.kind is LineKind.FACT:
        room = COLUMNS - len(line.value)
        if len(line.text) < room:
            return [line.text.ljust(room) + line.value]
        return [line.text, line.value.rjust(COLUMNS)]
    wide = COLUMNS // 2 if line.kind is LineKind.PLATE else COLUMNS
    return textwrap.wrap(line.text, wide) or [""]


class FilePrinter:
    """Writes each ticket as ``<name>.escpos``, and as ``<name>.pdf`` where paper can be drawn.

    Args:
        folder: Made at the first ticket.
        paper: Draws the PDF; None for bytes alone.
    """

    def __init__(self, folder: Path, paper: Paper | None = None) -> None:
        self._folder = folder
        self._paper = paper

    def print_ticket(self, name: str, lines: Sequence[Line], *, qr: str) -> PrintOutcome:
        """Write the files.

        Raises:
            UnavailableError: ``printer.unavailable``: the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_durably(self._folder / f"{name}.escpos", ticket_bytes(lines, qr=qr))
            if self._paper is not None:
                replace_durably(self._folder / f"{name}.pdf", self._paper(lines, qr=qr))
        except OSError as error:
            raise _unavailable(_("The folder for printed tickets cannot be written.")) from error
        return PrintOutcome.TO_FILE

    def state(self) -> PrinterState:
        """Return what the file ``state`` in the folder says, one word; ready without one."""
        return read_state(self._folder / STATE_FILE)


class AttachedPrinter:
    """A printer that is opened for each ticket and closed again: it may be unplugged in between.

    Args:
        send: Takes the bytes of one ticket; raises ``OSError`` when the printer is not there.
        ask: Sends the questions of ``printer_status`` and returns the bytes that came back.
    """

    def __init__(self, send: Callable[[bytes], None], ask: Callable[[], bytes]) -> None:
        self._send = send
        self._ask = ask

    def print_ticket(self, name: str, lines: Sequence[Line], *, qr: str) -> PrintOutcome:
        """Send the ticket.

        Raises:
            UnavailableError: ``printer.unavailable``: not there, off, or out of paper.
        """
        del name
        try:
            self._send(ticket_bytes(lines, qr=qr))
        except OSError as error:
            raise _unavailable(_("The printer does not answer.")) from error
        return PrintOutcome.PRINTED

    def state(self) -> PrinterState:
        """Ask the printer; ``ABSENT`` when it is not there, ``UNKNOWN`` when it says nothing."""
        try:
            return state_of(self._ask())
        except TimeoutError:
            return PrinterState.UNKNOWN
        except OSError:
            return PrinterState.ABSENT


def _to_device(device: str, content: bytes) -> None:
    # Opened without making it: a printer that is not plugged in must not become a file.
    with open(os.open(device, os.O_WRONLY), "wb", buffering=0) as printer:  # noqa: PTH123 - a handle
        printer.write(content)


def _to_network(host: str, port: int, content: bytes) -> None:
    with socket.create_connection((host, port), timeout=_TIMEOUT_S) as printer:
        printer.sendall(content)


def _ask_device(device: str) -> bytes:
    # Not every driver of the kernel's printer class hands answers back: then none is waited for.
    handle = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    try:
        os.write(handle, ASK)
        readable, _writable, _wrong = select.select([handle], [], [], _STATE_S)
        return os.read(handle, ANSWERS) if readable else b""
    finally:
        os.close(handle)


def _ask_network(host: str, port: int) -> bytes:
    with socket.create_connection((host, port), timeout=_TIMEOUT_S) as printer:
        printer.settimeout(_STATE_S)
        printer.sendall(ASK)
        answer = b""
        while len(answer) < ANSWERS and (more := printer.recv(ANSWERS - len(answer))):
            answer += more
        return answer


def _unavailable(why: str) -> UnavailableError:
    return UnavailableError(
        "printer.unavailable",
        _("{why} The citation is saved. Look at the printer and print again.").format(why=why),
        retry_safe=True,
    )
