"""Choose a beat and start the shift. Owner thread: the GUI thread."""

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.lanes import Task
from app.ports import OpenShift, TerminalNews
from app.usecases.pick_beat import BeatChoice
from app.words import _
from ui.screen import Screen
from ui.signin.beat_state import PAGE, BeatButton, beat_buttons, pages
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.cards import Label

_SIDE_PX = 304


class StartsShift(Protocol):
    """What this screen asks of the terminal (``app.acts.officer.OfficerActs``)."""

    def beats(self) -> Task[tuple[BeatChoice, ...]]:
        """List the beats."""
        ...

    def start_shift(self, beat_id: str) -> Task[OpenShift]:
        """Start a shift on a beat."""
        ...


class BeginShiftScreen(Screen):
    """The beats as buttons; one press chooses, F9 starts.

    Signals:
        shift_started: The ``OpenShift``.
    """

    name = "begin_shift"
    shift_started = Signal(object)

    def __init__(self, tasks: Tasks, officer: StartsShift) -> None:
        super().__init__(tasks)
        self._officer = officer
        self._beats: tuple[BeatChoice, ...] = ()
        self._chosen = ""
        self._page = 0
        self._hint = Label("", "officer.second", wrap=True)
        self._hint.setObjectName("beat_hint")
        self._rows = [self._row() for _number in range(PAGE)]
        self._start = self._action("start_shift_button", _start_view(ready=False))
        self._start.clicked.connect(self._on_start_pressed)
        self._more = self._action(
            "more_beats_button", ButtonView(label=_("More beats"), icon=Icon.LIST, key="F2")
        )
        self._more.clicked.connect(self._on_more_pressed)
        self._out = self._action(
            "sign_out_button", ButtonView(label=_("Sign out"), icon=Icon.SIGN_OUT, key="Esc")
        )
        self._out.clicked.connect(self.sign_out_chosen)
        self._lay_out()

    def _row(self) -> ActionButton:
        row = ActionButton(ButtonView(label=""), ButtonSize.OFFICER, self)
        row.clicked.connect(lambda: self._on_beat_chosen(row.objectName().removeprefix("beat_")))
        return row

    def _action(self, name: str, view: ButtonView) -> ActionButton:
        button = ActionButton(view, ButtonSize.OFFICER, self)
        button.setObjectName(name)
        return button

    def _lay_out(self) -> None:
        margin = look().tokens.margin["officer"]
        whole = QVBoxLayout(self)
        whole.setContentsMargins(margin, 16, margin, 16)
        whole.setSpacing(16)
        whole.addWidget(Label(_("Which beat do you walk?"), "officer.amount"))
        whole.addWidget(self._hint)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for number, row in enumerate(self._rows):
            grid.addWidget(row, number // 2, number % 2)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        whole.addLayout(grid)
        whole.addStretch(1)
        actions = QHBoxLayout()
        actions.setSpacing(16)
        for button in (self._out, self._more):
            button.setFixedWidth(_SIDE_PX)
            actions.addWidget(button)
        actions.addWidget(self._start, 1)
        whole.addLayout(actions)

    def entered(self) -> None:
        """Ask for the beats."""
        self._draw()
        self._load()

    def default_focus(self) -> QWidget:
        """The first beat, else the way out."""
        return self._rows[0] if self._beats else self._out

    def heard(self, news: TerminalNews) -> None:
        """Beats that come with the first exchange appear by themselves."""
        if {"beat", "zone"} & news.sync.changed:
            self._load()

    def keys(self) -> dict[str, Callable[[], None]]:
        """Enter starts once a beat is chosen."""
        return {"Enter": self._on_start_pressed}

    def _load(self) -> None:
        self.ask(self._officer.beats(), self._on_beats, words=_("Reading the beats"), renew=True)

    def _on_beats(self, beats: tuple[BeatChoice, ...]) -> None:
        first = not self._beats
        self._beats = beats
        self._draw()
        if first:
            self.default_focus().setFocus()

    def _draw(self) -> None:
        shown = beat_buttons(self._beats, chosen=self._chosen, page=self._page)
        self._hint.setText(
            _("Press a beat, then start.")
            if self._beats
            else _("No beats here yet. They come with the first contact to the city's system.")
        )
        for row, button in zip(self._rows, shown, strict=False):
            row.setObjectName(f"beat_{button.beat_id}")
            row.set_view(_row_view(button))
            row.show()
        for row in self._rows[len(shown) :]:
            row.set_view(ButtonView(label=""))
            row.hide()
        self._more.setVisible(pages(self._beats) > 1)
        self._start.set_view(_start_view(ready=bool(self._chosen)))

    def _on_beat_chosen(self, beat_id: str) -> None:
        self._chosen = beat_id
        self._draw()
        self._start.setFocus()

    def _on_more_pressed(self) -> None:
        self._page += 1
        self._draw()

    def _on_start_pressed(self) -> None:
        if self._chosen:
            self.ask(
                self._officer.start_shift(self._chosen),
                self._on_started,
                words=_("Starting the shift"),
            )

    def _on_started(self, shift: Any) -> None:
        self._chosen = ""
        self.shift_started.emit(shift)


def _row_view(button: BeatButton) -> ButtonView:
    return ButtonView(
        label=button.label,
        sub=button.zones,
        icon=None if button.chosen else Icon.MAP,
        key=button.key,
        role=ButtonRole.CHOSEN if button.chosen else ButtonRole.PLAIN,
    )


def _start_view(*, ready: bool) -> ButtonView:
    return ButtonView(
        label=_("Start shift"), icon=Icon.CHECK, key="F9", role=ButtonRole.MAIN, enabled=ready
    )
