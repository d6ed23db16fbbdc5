"""A supervisor writes note and tags of a held citation."""

from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from parking.edit import Edit
from tests.unit.ui_supervisor import samples
from tests.unit.ui_supervisor.conftest import Desk
from ui.widgets.buttons import ActionButton
from ui.widgets.notefield import NoteField


def test_a_note_is_written_from_the_queue_and_says_who_wrote_it(desk: Desk) -> None:
    samples.queue(desk.store, desk.clock)
    desk.show("held")
    _key(desk, "F11")
    assert desk.shell.current.name == "note"
    desk.part("note_words", NoteField).set_text("Driver called twice")
    desk.part("chip_repeat", ActionButton).click()
    _key(desk, "F9")
    assert desk.shell.current.name == "held"
    assert desk.notice.startswith("Note saved here.")
    (made,) = desk.store.all_of(Edit)
    assert made.officer_id == desk.terminal.officer("0102").officer_id

    _key(desk, "F11")
    assert desk.part("note_who", QLabel).text().startswith("Last change: J. Rivera, ")
    assert desk.part("note_words", NoteField).text() == "Driver called twice"
    _key(desk, "Esc")
    assert desk.shell.current.name == "held"


def _key(desk: Desk, name: str) -> None:
    QTest.keySequence(desk.shell, QKeySequence(name))
    desk.settle()
