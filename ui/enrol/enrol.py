"""The enrolment screen: a one-time code from city IT makes this device a terminal.

Owner thread: the GUI thread. Must not import storage, network or crypto: it can be the first
screen of all.
"""

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.lanes import Task
from app.words import _
from parking.errors import BugError, ParkingError
from ui.screen import Screen
from ui.sentences import sentence
from ui.signin.entry_page import EntryPage, EntrySpec
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonView
from ui.widgets.fields import FieldView
from ui.widgets.keypad import PLATE_ROWS
from ui.widgets.marks import Tone


class Enrols(Protocol):
    """What this screen asks of a device that has not joined (``app.bootstrap.FreshTerminal``)."""

    def enrol(self, code: str) -> Task[Any]:
        """Join the city; the value is the opened terminal."""
        ...


class EnrolScreen(Screen):
    """One-time code, progress, and why it did not work.

    Signals:
        enrolled: The opened terminal.
    """

    name = "enrol"
    enrolled = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self._device: Enrols | None = None
        self._page = EntryPage(_spec(), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._page)
        self._page.main_button.clicked.connect(self._on_join_pressed)
        self._page.set_busy(_("Starting"))

    def open_for(self, device: Enrols) -> None:
        """The program is loaded: joining can begin."""
        self._device = device
        self._page.set_busy("")

    def show_problem(self, error: ParkingError) -> None:
        """Say why this device cannot join or start."""
        self._page.show_problem(sentence(error))

    def default_focus(self) -> QWidget:
        """The code."""
        return self._page.fields["code"]

    def keys(self) -> dict[str, Callable[[], None]]:
        """Enter joins."""
        return {"Enter": self._on_join_pressed}

    def _on_join_pressed(self) -> None:
        if self._device is None or self.asking("enrol"):
            return
        if not self._page.typed("code").strip():
            self._page.focus("code")
            return
        self._page.set_busy(_("Joining the city"))
        self._page.show_problem(
            _("Keys and encrypted files are being made on this device."), tone=Tone.INFO
        )
        self.ask(
            self._device.enrol(self._page.typed("code")),
            self.enrolled.emit,
            failed=self._on_failed,
            words=_("Joining the city"),
        )

    def _on_failed(self, error: ParkingError) -> None:
        self._page.set_busy("")
        if isinstance(error, BugError):
            self._page.show_problem("")
            self.fault_raised.emit(error)
            return
        self._page.show_problem(sentence(error))
        self._page.focus("code")


def _spec() -> EntrySpec:
    return EntrySpec(
        title=_("Join the city"),
        intro=_("This device is not a terminal yet. Type the one-time code from city IT."),
        fields=(("code", FieldView(label=_("One-time code, like 4F7K-2M9Q"), most=20), False),),
        rows=PLATE_ROWS,
        main=ButtonView(label=_("Join"), icon=Icon.KEY, key="Enter"),
    )
