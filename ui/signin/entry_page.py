"""A page of fields with a keypad: what sign-in, first sign-in and enrolment share.

Owner thread: the GUI thread. It draws and tells; it decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.placing import Column, height_of, on_grid
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.cards import Label
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.keypad import KeypadView, PlateKeypad
from ui.widgets.marks import Tone
from ui.widgets.shapes import Mark

if TYPE_CHECKING:
    from ui.widgets.panels import NoticeBar


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """How a page looks at one kind of terminal; px at 96 dpi.

    Attributes:
        slot: Height kept for the intro, or for what is wrong in its stead.
        column: Width of the fields beside a keypad.
    """

    title: str
    body: str
    text: FieldSize
    secret: FieldSize
    button: ButtonSize
    top: int
    slot: int
    column: int


_PLACES = {
    "officer": _Place(
        title="officer.amount",
        body="officer.second",
        text=FieldSize.OFFICER_TEXT,
        secret=FieldSize.OFFICER_PIN,
        button=ButtonSize.OFFICER,
        top=16,
        slot=80,
        column=560,
    ),
    "kiosk": _Place(
        title="kiosk.title",
        body="kiosk.body",
        text=FieldSize.KIOSK_CODE,
        secret=FieldSize.KIOSK_CODE,
        button=ButtonSize.KIOSK_MAIN,
        top=160,
        slot=220,
        column=1000,
    ),
    "desk": _Place(
        title="desk.title",
        body="desk.table",
        text=FieldSize.DESK_TEXT,
        secret=FieldSize.DESK_PIN,
        button=ButtonSize.DESK,
        top=176,
        slot=68,
        column=520,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySpec:
    """What a page is made of.

    Attributes:
        title: What to do, in two or three words.
        intro: One sentence under it.
        fields: Object name, view and whether it is secret, in reading order.
        rows: Keys of the keypad.
        main: The main button; its name is ``main_button``.
        other: The softer button, ``other_button``; None for none.
    """

    title: str
    intro: str
    fields: tuple[tuple[str, FieldView, bool], ...]
    rows: Sequence[str]
    main: ButtonView
    other: ButtonView | None = None


class EntryPage(QWidget):
    """Lays a page out for the place of the look in force.

    Attributes:
        fields: The text fields by name.
        main_button: Its ``clicked`` is the page's main act.
        other_button: The softer choice, hidden when there is none.
    """

    def __init__(self, spec: EntrySpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = _PLACES[look().profile.place]
        self._spec = spec
        self._last: TextField | None = None
        self._title = Label(spec.title, self._place.title, parent=self)
        self._intro = Label(spec.intro, self._place.body, wrap=True, parent=self)
        self._problem: NoticeBar | None = None
        self.fields = {name: self._field(name, view, secret) for name, view, secret in spec.fields}
        self._keypad = PlateKeypad(KeypadView(rows=tuple(spec.rows)), self)
        self._keypad.key_pressed.connect(self._on_key_pressed)
        self._keypad.delete_pressed.connect(self._on_delete_pressed)
        self.other_button = self._button("other_button", spec.other or ButtonView(label=""))
        self.other_button.setVisible(spec.other is not None)
        self.main_button = self._button("main_button", replace(spec.main, role=ButtonRole.MAIN))

    def typed(self, name: str) -> str:
        """What stands in a field."""
        return self.fields[name].text()

    def begin(self, badge: str, problem: str) -> None:
        """Show the page anew: the badge typed before, a sentence from before; empty for none."""
        self.clear()
        self.set_busy("")
        self.fields["badge"].set_text(badge)
        self.show_problem(problem)

    def is_full(self) -> bool:
        """Tell whether every field has text; the first empty one gets the focus otherwise."""
        empty = next((name for name in self.fields if not self.typed(name).strip()), None)
        if empty is not None:
            self.focus(empty)
        return empty is None

    def clear(self, *names: str) -> None:
        """Empty fields; all of them without names."""
        for name in names or tuple(self.fields):
            self.fields[name].set_text("")

    def focus(self, name: str) -> None:
        """Go to a field."""
        self.fields[name].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, text: str, *, tone: Tone = Tone.CAUTION) -> None:
        """Say in the place of the intro what is wrong and what to do; empty takes it away."""
        if self._problem is None and not text:
            return
        # Loaded when something is wrong for the first time: the first window must not wait.
        from ui.widgets.panels import NoticeBar, NoticeView

        if self._problem is None:
            self._problem = NoticeBar(NoticeView(text=text), self)
            self._problem.setObjectName("problem")
        mark = Mark.INFO if tone is Tone.INFO else Mark.CAUTION
        self._problem.set_view(NoticeView(text=text, tone=tone, mark=mark))
        self._problem.setVisible(bool(text))
        self._intro.setVisible(not text)
        self._lay_out()

    def set_busy(self, words: str) -> None:
        """While something runs: the main button says what, and cannot be pressed again."""
        view = replace(self._spec.main, role=ButtonRole.MAIN)
        if words:
            view = replace(view, label=words, enabled=False)
        self.main_button.set_view(view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: lay out for the size the shell gave."""
        super().resizeEvent(event)
        self._lay_out()

    def _field(self, name: str, view: FieldView, secret: bool) -> TextField:
        field = TextField(view, self._place.secret if secret else self._place.text, self)
        field.setObjectName(name)
        field.focus_gained.connect(lambda: self._on_focus_gained(field))
        return field

    def _button(self, name: str, view: ButtonView) -> ActionButton:
        button = ActionButton(view, self._place.button, self)
        button.setObjectName(name)
        return button

    def _lay_out(self) -> None:
        pad = self._keypad.sizeHint()
        margin = look().tokens.margin[look().profile.place]
        beside = self._place.column + 32 + pad.width() <= self.width() - 2 * margin
        room = self.width() - 2 * margin
        wide = self._place.column if beside else min(max(pad.width(), self._place.column), room)
        whole = wide + 32 + pad.width() if beside else wide
        column = Column(on_grid((self.width() - whole) / 2), self._place.top, on_grid(wide))
        column.put(self._title, gap=8)
        slot = column.y
        problem = self._problem
        if problem is not None and problem.isVisibleTo(self):
            column.put(problem)
        else:
            column.put(self._intro)
        column.y = max(column.y, slot + self._place.slot)
        first = column.y
        for field in self.fields.values():
            column.put(field)
        pad_left = column.left + column.width + 32 if beside else column.left
        pad_top = first if beside else column.y
        self._keypad.setGeometry(
            pad_left, pad_top, pad.width() if beside else column.width, pad.height()
        )
        self._lay_actions(column, whole=on_grid(whole), under=max(column.y, pad_top + pad.height()))

    def _lay_actions(self, column: Column, *, whole: int, under: int) -> None:
        place, margin = look().profile.place, look().tokens.margin[look().profile.place]
        high = height_of(self.main_button, 400)
        left, top, room = margin, self.height() - high - 16, self.width() - 2 * margin
        if place == "desk":
            left, top, room = column.left, under + 24, whole
        elif place == "kiosk":
            top = self.height() - high - margin
        half = on_grid((room - 16) / 2)
        if self.other_button.isVisibleTo(self):
            self.other_button.setGeometry(left, top, half, high)
            self.main_button.setGeometry(left + half + 16, top, room - half - 16, high)
        else:
            self.main_button.setGeometry(left, top, room, high)

    def _on_focus_gained(self, field: TextField) -> None:
        self._last = field

    def _target(self) -> TextField:
        return self._last or next(iter(self.fields.values()))

    def _on_key_pressed(self, key: str) -> None:
        self._target().insert(key)
        self._target().setFocus()

    def _on_delete_pressed(self) -> None:
        self._target().backspace()
        self._target().setFocus()
