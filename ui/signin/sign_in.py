"""The sign-in screen: badge and PIN. The first themed window of officer and desk.

Owner thread: the GUI thread. Must not import storage, network or crypto: it is shown before those
are loaded, and takes what is typed meanwhile.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.lanes import Task
from app.words import _
from parking.errors import BugError, ParkingError, UserError
from ui.screen import Screen
from ui.sentences import said, sentence
from ui.signin.entry_page import EntryPage, EntrySpec
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonView
from ui.widgets.fields import FieldView
from ui.widgets.keypad import DIGIT_ROWS
from ui.widgets.marks import Tone

if TYPE_CHECKING:
    from app.post import Duty


class SignsIn(Protocol):
    """What this screen asks of the terminal (``app.acts.people.PeopleActs``)."""

    def sign_in(self, badge: str, pin: str) -> "Task[Duty]":
        """Sign in with a PIN."""
        ...


class SignInScreen(Screen):
    """Badge and PIN.

    Signals:
        signed_in: The ``Duty`` of who signed in.
    """

    name = "sign_in"
    signed_in = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self._people: SignsIn | None = None
        self._waiting = False
        self._page = EntryPage(_spec(), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._page)
        self._page.main_button.clicked.connect(self._on_sign_in_pressed)
        self._page.other_button.clicked.connect(self._on_first_time_pressed)

    def open_for(self, people: SignsIn) -> None:
        """The terminal is open: sign-in can begin, and one that was pressed meanwhile does."""
        self._people = people
        if self._waiting:
            self._waiting = False
            self._on_sign_in_pressed()

    def entered(self, *, badge: str = "", problem: str = "") -> None:
        """Show the page, with a badge already typed or a sentence from before."""
        self._page.begin(badge, problem)

    def default_focus(self) -> QWidget:
        """The first empty field."""
        return self._page.fields["pin" if self._page.typed("badge") else "badge"]

    def keys(self) -> dict[str, Callable[[], None]]:
        """Enter signs in from anywhere."""
        return {"Enter": self._on_sign_in_pressed}

    def _on_sign_in_pressed(self) -> None:
        if self.asking("sign_in") or not self._page.is_full():
            return
        self._page.show_problem("")
        if self._people is None:
            self._waiting = True
            self._page.set_busy(_("Opening the records"))
            return
        self._page.set_busy(_("Signing in"))
        task = self._people.sign_in(self._page.typed("badge"), self._page.typed("pin"))
        self.ask(task, self._on_signed_in, failed=self._on_failed)

    def _on_first_time_pressed(self) -> None:
        self.go("activate", badge=self._page.typed("badge"))

    def _on_signed_in(self, duty: Any) -> None:
        self._page.clear()
        self._page.set_busy("")
        self.signed_in.emit(duty)

    def _on_failed(self, error: ParkingError) -> None:
        self._page.set_busy("")
        self._page.clear("pin")
        self._page.focus("pin")
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
        elif isinstance(error, UserError) and error.key == "sign_in.first_time":
            self.go("activate", badge=self._page.typed("badge"), problem=said(error))
        else:
            self._page.show_problem(sentence(error), tone=Tone.CAUTION)


def _spec() -> EntrySpec:
    return EntrySpec(
        title=_("Sign in"),
        intro=_("Works without network. Ten wrong PINs switch the PIN off."),
        fields=(
            ("badge", FieldView(label=_("Badge"), most=12), False),
            ("pin", FieldView(label=_("PIN, 6 to 12 digits"), most=12), True),
        ),
        rows=DIGIT_ROWS,
        main=ButtonView(label=_("Sign in"), icon=Icon.KEY, key="Enter"),
        other=ButtonView(label=_("First time on this device"), icon=Icon.PERSON, key="F7"),
    )
