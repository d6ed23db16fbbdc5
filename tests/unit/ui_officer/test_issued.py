"""After the citation is saved: paper, void, how it reached the driver."""

from typing import Any

import pytest

from app.ports import PrintOutcome
from parking.citation import CitationEvent, EventKind
from tests.unit.ui_officer.laptop import Laptop


def _events(laptop: Laptop) -> list[tuple[EventKind, str]]:
    found = laptop.terminal.store.all_of(CitationEvent)
    return [(one.kind, one.reason_code) for one in found]


@pytest.fixture
def saved(laptop: Laptop) -> Laptop:
    laptop.add_photos(1, 2)
    laptop.to_saved()
    return laptop


def test_a_saved_citation_is_printed_at_once(saved: Laptop) -> None:
    (citation,) = saved.citations()
    assert f"Citation saved · {citation.number}" in saved.words()
    assert "no printer: kept as a file to print later" in saved.words()
    assert [name for name, _lines, _qr in saved.terminal.printer.tickets] == [citation.number]
    assert _events(saved) == [(EventKind.PRINTED, "to_file")]


def test_a_printer_without_paper_keeps_the_citation_and_says_so(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.terminal.printer.out_of_paper = True
    laptop.to_saved()
    assert laptop.notice() == "Load paper. The citation is saved; print it again later."
    assert len(laptop.citations()) == 1
    assert _events(laptop) == []
    assert "Load paper." in laptop.words()
    laptop.press("F3")
    assert laptop.notice() != ""
    laptop.terminal.printer.out_of_paper = False
    laptop.press("F3")
    assert len(laptop.terminal.printer.tickets) == 1
    assert "no printer: kept as a file" in laptop.words()
    assert _events(laptop) == [(EventKind.PRINTED, "to_file")]


def test_a_printer_that_prints_is_said(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_paper(*_words: Any, **_named: Any) -> PrintOutcome:
        return PrintOutcome.PRINTED

    laptop.add_photos(1, 2)
    monkeypatch.setattr(laptop.terminal.printer, "print_ticket", on_paper)
    laptop.to_saved()
    assert "printed" in laptop.words().split(" | ")


@pytest.mark.parametrize(
    ("key", "reason"), [("F2", "posted"), ("Enter", "posted"), ("F7", "drove_off")]
)
def test_how_it_reached_the_driver_is_recorded(saved: Laptop, key: str, reason: str) -> None:
    saved.hammer(key)
    saved.settle()
    assert _events(saved)[1:] == [(EventKind.SERVED, reason)]
    assert (saved.screen, saved.plate()) == ("check", "")


def test_esc_leaves_it_open_how_it_was_served(saved: Laptop) -> None:
    saved.press("Esc")
    assert saved.screen == "check"
    assert len(_events(saved)) == 1
    assert "1 citation" in saved.says("counts")


def test_a_supervisor_is_asked_once_to_void(saved: Laptop) -> None:
    saved.press("F12")
    assert saved.notice().startswith("A supervisor was asked to void this citation.")
    assert "issued, a supervisor was asked to void it" in saved.words()
    assert not saved.can_press("void_button")
    saved.news("citation_event")
    saved.press("F12")
    saved.hammer("F12", 3)
    saved.settle()
    assert _events(saved)[1:] == [(EventKind.VOID_REQUESTED, "officer_mistake")]


def test_it_says_when_central_has_it(saved: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Saved on this laptop, waits for the network" in saved.words()
    monkeypatch.setattr(saved.terminal.store, "sending", lambda _record: "sent")
    saved.news()
    assert "Received at central" in saved.words()


def test_the_next_citation_shows_nothing_of_the_last(saved: Laptop) -> None:
    first = saved.citations()[0].number
    saved.press("F2")
    saved.add_photos(3, 4)
    saved.to_saved("AB12345")
    words = saved.words()
    assert first not in words
    assert saved.citations()[1].number in words
    assert "AB-12345" in words
