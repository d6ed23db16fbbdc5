"""Where service says who it is: a question for city hall, the PIN of this device, the code.

Reached by holding the top left corner for five seconds. Owner thread: the GUI thread.
"""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.acts.service import ServiceActs
from app.words import _
from parking.clock import Reading
from parking.errors import BugError, ParkingError, UserError
from ui.kiosk.page import HOME
from ui.kiosk_life.service import SERVICE
from ui.screen import Screen
from ui.sentences import said, sentence
from ui.signin.entry_page import EntryPage, EntrySpec
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonView
from ui.widgets.fields import FieldView
from ui.widgets.keypad import DIGIT_ROWS
from ui.widgets.marks import Tone

SERVICE_ENTRY = "kiosk_service_entry"
_MEND_BY_TRYING = frozenset({"service.form", "service.wrong"})
LONGEST_S = 180
"""Without the right words by then, the first screen is back: a call to city hall takes a while."""


class ServiceEntryScreen(Screen):
    """A new question at each visit and after each try.

    Args:
        tasks: The bridge to the lanes.
        service: Judges.
        station: Name of this pay station.
    """

    name = SERVICE_ENTRY

    def __init__(self, tasks: Tasks, service: ServiceActs, station: str) -> None:
        super().__init__(tasks)
        self._service = service
        self._station = station
        self._question = ""
        self._begun: Reading | None = None
        self._page = EntryPage(_spec(), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._page)
        self._page.main_button.clicked.connect(self._on_open_pressed)
        self._page.other_button.clicked.connect(self._on_back_pressed)

    @property
    def question(self) -> str:
        """What city hall is asked at this try."""
        return self._question

    def entered(self) -> None:
        """Begin anew."""
        self._begun = None
        self._page.clear()
        self._page.set_busy("")
        self._ask_anew("")

    def left(self) -> None:
        """Forget what was typed."""
        self._page.clear()
        self._question = ""

    def ticked(self, now: Reading) -> None:
        """Leave when nobody opens."""
        self._begun = self._begun or now
        if (now.utc - self._begun.utc).total_seconds() >= LONGEST_S:
            self.go(HOME)

    def default_focus(self) -> QWidget:
        """The PIN."""
        return self._page.fields["pin"]

    def keys(self) -> dict[str, Callable[[], None]]:
        """Enter opens, Esc goes back."""
        return {"Enter": self._on_open_pressed, "Esc": self._on_back_pressed}

    def _ask_anew(self, problem: str) -> None:
        self._question = self._service.new_question()
        words = _("Call city hall. Pay station {name}, question {question}.").format(
            name=self._station, question=f"{self._question[:3]} {self._question[3:]}"
        )
        tone = Tone.CAUTION if problem else Tone.INFO
        self._page.show_problem(f"{problem} {words}".strip(), tone=tone)

    def _on_back_pressed(self) -> None:
        self.go(HOME)

    def _on_open_pressed(self) -> None:
        if self.asking("open_service") or not self._page.is_full():
            return
        self._page.set_busy(_("One moment"))
        task = self._service.open(
            pin=self._page.typed("pin"), code=self._page.typed("code"), question=self._question
        )
        self.ask(task, lambda _none: self.go(SERVICE), failed=self._on_failed)

    def _on_failed(self, error: ParkingError) -> None:
        self._page.set_busy("")
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
            return
        self._page.clear()
        self._page.focus("pin")
        if isinstance(error, UserError) and error.key in _MEND_BY_TRYING:
            self._ask_anew(said(error))
        else:
            self._page.show_problem(sentence(error))


def _spec() -> EntrySpec:
    return EntrySpec(
        title=_("Service"),
        intro=_("For the people who look after this pay station."),
        fields=(
            ("pin", FieldView(label=_("Service PIN"), most=12), True),
            ("code", FieldView(label=_("Code, 8 digits"), most=10), False),
        ),
        rows=DIGIT_ROWS,
        main=ButtonView(label=_("Open"), icon=Icon.KEY, key="Enter"),
        other=ButtonView(label=_("Back"), icon=Icon.LEFT, key="Esc"),
    )
