import threading
from collections.abc import Callable
from typing import TypeVar

import numpy
import pytest
import zxingcpp

from app.ports import Paper
from parking.receipt import Line, LineKind
from tests.unit.ui_devices.reading import pages_of, picture_of, size_mm
from ui.devices.pdf import ticket_pdf

T = TypeVar("T")
LINES = (
    Line(LineKind.SMALL, "City of Stamford"),
    Line(LineKind.TITLE, "Parking ticket"),
    Line(LineKind.NUMBER, "SC-4-0012873"),
    Line(LineKind.PLATE, "CT BK-47291"),
    Line(LineKind.TEXT, "101 Expired meter"),
    Line(LineKind.AMOUNT, "$25.00"),
    Line(LineKind.FACT, "Pay by", "Dec 8, 2026"),
    Line(LineKind.FACT, "Where", "Summer St, 400 block, opposite the library"),
    Line(LineKind.TEXT, "Meter <14> & 15 stood still."),
)


def _on_a_lane(work: Callable[[], T]) -> T:
    found: list[T] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


@pytest.fixture(scope="module")
def ticket(qapp: object) -> bytes:
    del qapp
    return ticket_pdf(LINES, qr="SC-4-0012873")


def test_every_line_is_on_the_paper(ticket: bytes) -> None:
    (words,) = pages_of(ticket)
    flat = " ".join(words.split())
    for line in LINES:
        assert line.text in flat
        assert line.value in flat


def test_the_strip_is_as_wide_as_ticket_paper_and_as_long_as_its_words(ticket: bytes) -> None:
    wide, high = size_mm(ticket)
    assert wide == pytest.approx(80, abs=0.5)
    longer = size_mm(ticket_pdf((*LINES, *LINES), qr="SC-4-0012873"))[1]
    assert high + 60 < longer


def test_the_code_can_be_read_from_the_paper(ticket: bytes) -> None:
    picture = picture_of(ticket, 600)
    pixels = numpy.frombuffer(picture.constBits(), dtype=numpy.uint8)
    pixels = pixels.reshape(picture.height(), picture.bytesPerLine())[:, : picture.width()]
    (code,) = zxingcpp.read_barcodes(numpy.ascontiguousarray(pixels))
    assert code.text == "SC-4-0012873"


def test_without_a_code_the_strip_is_shorter(ticket: bytes) -> None:
    assert size_mm(ticket_pdf(LINES, qr=""))[1] < size_mm(ticket)[1] - 30


def test_a_strip_without_a_number_is_a_receipt() -> None:
    lines = (Line(LineKind.TITLE, "Parking receipt"),)
    assert pages_of(ticket_pdf(lines, qr=""))[0].strip() == "Parking receipt"


def test_a_lane_draws_the_same_words(ticket: bytes) -> None:
    paper: Paper = ticket_pdf
    drawn = _on_a_lane(lambda: paper(LINES, qr="SC-4-0012873"))
    assert pages_of(drawn) == pages_of(ticket)


def test_the_code_is_as_wide_as_it_is_high(ticket: bytes) -> None:
    assert picture_of(ticket, 300).width() == 300
