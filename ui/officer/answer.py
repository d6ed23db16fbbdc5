"""The answer of a check in one glance; it renews itself. Owner thread: the GUI thread."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.lanes import Task
from app.ports import TerminalNews
from app.usecases.check_plate import CheckResult
from app.words import _
from parking.clock import Reading
from ui.devices.camera import Shot
from ui.officer.check_state import CheckState, check_state
from ui.officer.frame import ActionRow, button, page
from ui.officer.spoken import plate_view
from ui.screen import Screen
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.answer import AnswerKind, AnswerPanel, AnswerView
from ui.widgets.buttons import ActionButton
from ui.widgets.photos import CarCard, CarView
from ui.widgets.plate import PlateView
from ui.widgets.reasons import AgesCard, AgesView, ReasonsCard, ReasonsView
from ui.widgets.shapes import Mark

_AGES_PX = 440
_LOOK_EVERY_S = 10


class LooksAgain(Protocol):
    """What this screen asks of the terminal (``app.acts.officer.OfficerActs``)."""

    def look_again(self, result: CheckResult) -> Task[CheckResult]:
        """Check the same car again."""
        ...


class AnswerScreen(Screen):
    """PAID, EXPIRED, CANNOT KNOW ... with the reasons and the age of each source."""

    name = "checked"

    def __init__(self, tasks: Tasks, officer: LooksAgain) -> None:
        super().__init__(tasks)
        self._officer = officer
        self._result: CheckResult | None = None
        self._shot: Shot | None = None
        self._state: CheckState | None = None
        self._ticks = 0
        self._newer = False
        blank = AnswerView(
            kind=AnswerKind.CANNOT_KNOW, word="", line="", detail="", plate=PlateView(number="")
        )
        self._answer = AnswerPanel(blank)
        self._answer.setObjectName("answer")
        self._reasons = ReasonsCard(ReasonsView(title="", reasons=()))
        self._reasons.setObjectName("reasons")
        self._ages = AgesCard(AgesView(title="", ages=(), note=""))
        self._ages.setObjectName("ages")
        self._car = CarCard(CarView(title="", detail="", mark=Mark.INFO))
        self._car.setObjectName("car")
        self._next = button("next_button", _("Next plate"), Icon.RIGHT, "F2", main=True)
        self._again = button("again_button", _("Check again"), Icon.AGAIN, "F3")
        self._wrong = button("wrong_button", _("Wrong plate"), Icon.LEFT, "Esc")
        self._warn = button("warn_button", _("Warn only"), Icon.NOTE, "F7")
        self._issue = button("issue_button", _("Issue citation"), Icon.PAPER, "F9", issue=True)
        self._lay_out()

    def _lay_out(self) -> None:
        whole = page(self)
        whole.addWidget(self._answer)
        whole.addSpacing(4)
        side = QVBoxLayout()
        side.setSpacing(12)
        self._ages.setFixedWidth(_AGES_PX)
        self._car.setFixedWidth(_AGES_PX)
        side.addWidget(self._ages, 1)
        side.addWidget(self._car)
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(self._reasons, 1, Qt.AlignmentFlag.AlignTop)
        body.addLayout(side)
        whole.addLayout(body, 1)
        self._row = ActionRow(self._wrong, self._again, self._next, self._warn, heavy=self._issue)
        whole.addWidget(self._row)
        self._next.clicked.connect(lambda: self.go("check"))
        self._again.clicked.connect(self._look)
        self._wrong.clicked.connect(self._on_wrong_pressed)
        self._warn.clicked.connect(lambda: self._on_write_pressed(warning=True))
        self._issue.clicked.connect(lambda: self._on_write_pressed(warning=False))

    # --- what the shell calls ---------------------------------------------------------------

    def entered(self, *, result: CheckResult, shot: Shot | None = None) -> None:
        """Show a result, and the photo its plate was read from."""
        self._result = result
        self._shot = shot
        self._ticks = 0
        self._newer = False
        self._draw()

    def default_focus(self) -> QWidget:
        """Issue only when the answer allows it, else the next plate."""
        return self._issue if self._issue.isVisibleTo(self) else self._next

    def keys(self) -> Mapping[str, Callable[[], None]]:
        """Enter goes on; the other keys are drawn on their buttons."""
        return {"Enter": lambda: self.go("check")}

    def heard(self, _news: TerminalNews) -> None:
        """An open answer renews itself: a payment turns it to PAID without asking."""
        self._look()

    def ticked(self, _now: Reading) -> None:
        """Ages grow; every ten seconds the car is looked at again."""
        self._ticks += 1
        if self._ticks % _LOOK_EVERY_S == 0:
            self._look()

    # --- actions ----------------------------------------------------------------------------

    def _look(self) -> None:
        """Look again; once more when something came while the last look was reading."""
        self._newer = self.asking("look_again")
        if self._result is not None and not self._newer:
            self.ask(self._officer.look_again(self._result), self._on_looked)

    def _on_looked(self, result: CheckResult) -> None:
        self._result = result
        self._draw()
        if self._newer:
            self._look()

    def _on_wrong_pressed(self) -> None:
        if self._result is not None:
            check = self._result.check
            self.go("check", plate=check.plate, state=check.plate_state)

    def _on_write_pressed(self, *, warning: bool) -> None:
        if self._result is not None:
            self.go("citation", result=self._result, shot=self._shot, warning=warning)

    # --- drawing ----------------------------------------------------------------------------

    def _draw(self) -> None:
        if self._result is None:
            return
        state = self._state = check_state(self._result)
        had_focus = self._issue.hasFocus() or self._next.hasFocus()
        self._answer.set_view(state.answer)
        self._reasons.set_view(state.reasons)
        self._ages.set_view(state.ages)
        self._car.set_view(self._car_view())
        self._next.set_view(
            replace(self._next.view, label=_("Next") if state.may_issue else _("Next plate"))
        )
        self._row.show_only(*self._actions(state))
        if had_focus:
            self.default_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _actions(self, state: CheckState) -> tuple[ActionButton, ...]:
        """One main action: Issue only when the answer allows it."""
        if state.may_issue:
            return self._wrong, self._next, self._warn, self._issue
        if state.may_warn:
            return self._wrong, self._again, self._next, self._warn
        return self._wrong, self._again, self._next

    def _car_view(self) -> CarView:
        result, shot = self._result, self._shot
        if result is None:
            return CarView(title="", detail="", mark=Mark.INFO)
        if result.hint:
            number = plate_view(result.hint, result.check.plate_state).number
            return CarView(
                title=_("Is it {plate}?").format(plate=number),
                detail=_("Look-alike of usual form: compare"),
                mark=Mark.CAUTION,
                image=None if shot is None else shot.image,
            )
        if shot is None:
            return CarView(
                title=_("Plate typed by hand"), detail=_("Compare with the car"), mark=Mark.INFO
            )
        return CarView(
            title=_("Plate read from a photo"),
            detail=_("Confirmed by you"),
            mark=Mark.OK,
            image=shot.image,
        )
