"""First sign-in on a terminal: badge, activation code, and a PIN typed twice.

Owner thread: the GUI thread.
"""

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.lanes import Task
from app.post import Duty
from app.words import _
from parking.errors import BugError, ParkingError
from ui.screen import Screen
from ui.sentences import sentence
from ui.signin.entry_page import EntryPage, EntrySpec
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonView
from ui.widgets.fields import FieldView
from ui.widgets.keypad import DIGIT_ROWS


class Activates(Protocol):
    """What this screen asks of the terminal (``app.acts.people.PeopleActs``)."""

    def activate(self, badge: str, code: str, pin: str) -> Task[Duty]:
        """Sign in for the first time here."""
        ...


class ActivateScreen(Screen):
    """First sign-in.

    Signals:
        signed_in: The ``Duty`` of who signed in.
    """

    name = "activate"
    signed_in = Signal(object)

    def __init__(self, tasks: Tasks, people: Activates) -> None:
        super().__init__(tasks)
        self._people = people
        self._page = EntryPage(_spec(), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._page)
        self._page.main_button.clicked.connect(self._on_activate_pressed)
        self._page.other_button.clicked.connect(self._on_back_pressed)

    def entered(self, *, badge: str = "", problem: str = "") -> None:
        """Show the page with the badge typed before."""
        self._page.begin(badge, problem)

    def default_focus(self) -> QWidget:
        """The first empty field."""
        return self._page.fields["code" if self._page.typed("badge") else "badge"]

    def keys(self) -> dict[str, Callable[[], None]]:
        """Enter goes on, Esc goes back."""
        return {"Enter": self._on_activate_pressed, "Esc": self._on_back_pressed}

    def _on_activate_pressed(self) -> None:
        if self.asking("activate") or not self._page.is_full():
            return
        if self._page.typed("new_pin") != self._page.typed("same_pin"):
            self._page.show_problem(_("The two PINs differ. Type the new PIN twice."))
            self._page.clear("new_pin", "same_pin")
            self._page.focus("new_pin")
            return
        self._page.show_problem("")
        self._page.set_busy(_("Making your key"))
        task = self._people.activate(
            self._page.typed("badge"), self._page.typed("code"), self._page.typed("new_pin")
        )
        self.ask(task, self._on_signed_in, failed=self._on_failed)

    def _on_back_pressed(self) -> None:
        self.go("sign_in", badge=self._page.typed("badge"))

    def _on_signed_in(self, duty: Any) -> None:
        self._page.clear()
        self._page.set_busy("")
        self.signed_in.emit(duty)

    def _on_failed(self, error: ParkingError) -> None:
        self._page.set_busy("")
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
            return
        self._page.show_problem(sentence(error))


def _spec() -> EntrySpec:
    return EntrySpec(
        title=_("First time on this device"),
        intro=_("Needs the network once. IT gives you the code; you choose the PIN."),
        fields=(
            ("badge", FieldView(label=_("Badge"), most=12), False),
            ("code", FieldView(label=_("Activation code, like 4F7K-2M9Q"), most=20), False),
            ("new_pin", FieldView(label=_("New PIN, 6 to 12 digits"), most=12), True),
            ("same_pin", FieldView(label=_("The same PIN again"), most=12), True),
        ),
        rows=DIGIT_ROWS,
        main=ButtonView(label=_("Make my key and sign in"), icon=Icon.KEY, key="Enter"),
        other=ButtonView(label=_("Back"), icon=Icon.LEFT, key="Esc"),
    )
