"""Parts of the page of conflicts: one value, the reason. Owner thread: the GUI's."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout

from app.words import _
from ui.supervisor.conflict_state import LineView, SideView, reasons
from ui.supervisor.held_parts import Rule
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonSize, ButtonView
from ui.widgets.canvas import Canvas, text_width
from ui.widgets.cards import Card, CardKind, Label
from ui.widgets.choosing import ChipsView, NoteChips
from ui.widgets.facts import LongFacts, LongFactsView
from ui.widgets.marks import Pill, PillView
from ui.widgets.painted import Growing
from ui.widgets.plate import PlateSize, PlateView, PlateWidget

_EFFECT_PX = 448
_BIG_LETTERS = 24
"""A value of so few letters is drawn like a figure."""
_NO_PLATE = PlateView(number="")
_BLANK = SideView(
    letter="",
    title="",
    pill=PillView(text=""),
    plate=None,
    spelled="",
    lines=(),
    facts=(),
    button=ButtonView(label=""),
    chosen=False,
)


class DifferingText(Growing[tuple[LineView, ...]]):
    """Fields of a value in words; what only this value has is heavier, underlined, on a ground."""

    least_width = 240
    _name = "desk.second"

    @property
    def _plain(self) -> str:
        return "desk.number" if self._short else "desk.table"

    @property
    def _strong(self) -> str:
        return "desk.number" if self._short else "desk.strong"

    @property
    def _short(self) -> bool:
        letters = sum(len(piece.text) for line in self.view for piece in line.pieces)
        return len(self.view) == 1 and letters <= _BIG_LETTERS

    def height_for(self, width: int) -> int:
        """All lines."""
        high = look().text_px(self._plain) * 1.5
        rows = sum(len(list(self._rows(line, width))) for line in self.view)
        names = sum(look().text_px(self._name) * 1.5 for _line in self.view)
        return 4 * -(-int(rows * high + names + 8 * len(self.view)) // 4)

    def described(self, view: tuple[LineView, ...]) -> str:
        """The words, and which of them only this value has."""
        told = []
        for line in view:
            words = " ".join(piece.text for piece in line.pieces)
            only = "; ".join(piece.text.strip() for piece in line.pieces if piece.differs)
            told.append(f"{line.name}: {words}" + (f" ({only})" if only else ""))
        return ". ".join(told)

    def _words(self, line: LineView) -> Iterator[tuple[str, bool]]:
        for piece in line.pieces:
            for number, part in enumerate(piece.text.split("\n")):
                if number:
                    yield "\n", False
                yield from ((word, piece.differs) for word in part.split(" ") if word)

    def _rows(self, line: LineView, width: float) -> Iterator[list[tuple[str, bool, float]]]:
        """Break the words into rows: (word, differs, left)."""
        plain, strong = self._plain, self._strong
        gap = text_width("n n", plain) - 2 * text_width("n", plain)
        most = max(1, int(width / max(1.0, text_width("m", strong))))
        row: list[tuple[str, bool, float]] = []
        left = 0.0
        for word, differs in self._words(line):
            for part in _cut(word, most):
                wide = text_width(part, strong if differs else plain)
                if word == "\n" or (row and left + wide > width):
                    yield row
                    row, left = [], 0.0
                if word != "\n":
                    row.append((part, differs, left))
                    left += wide + gap
        yield row

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        high = canvas.look.text_px(self._plain) * 1.5
        head = canvas.look.text_px(self._name) * 1.5
        top = 0.0
        for line in self.view:
            room = QRectF(0, top, self.area.width(), head)
            canvas.text(room, line.name, self._name, colour=canvas.colours.second)
            top += head
            for row in self._rows(line, self.area.width()):
                self._draw_row(canvas, row, top, high)
                top += high
            top += 8

    def _draw_row(
        self, canvas: Canvas, row: Sequence[tuple[str, bool, float]], top: float, high: float
    ) -> None:
        for word, differs, left in row:
            use = self._strong if differs else self._plain
            room = QRectF(left, top, text_width(word, use) + 2, high)
            if differs:
                ground = room.adjusted(-2, 1, 2, -2)
                canvas.box(ground, fill=canvas.colours.note, radius=3)
                canvas.line(
                    ground.bottomLeft(),
                    ground.bottomRight(),
                    colour=canvas.colours.text,
                    width=2,
                )
            canvas.text(room, word, use)


def _cut(word: str, most: int) -> Iterator[str]:
    """Cut a word that may be wider than a row into parts of so many letters."""
    for at in range(0, max(1, len(word)), most):
        yield word[at : at + most]


class ValueCard(Card):
    """One value with who, where and when.

    Signals:
        value_chosen: Its button was pressed.
    """

    value_chosen = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        view = _BLANK
        self.setObjectName(name)
        self._title = Label(view.title, "desk.heading")
        self._pill = Pill(view.pill)
        self._pill.setProperty("off_grid", True)  # Its right edge is on the grid.
        self._plate = PlateWidget(view.plate or _NO_PLATE, PlateSize.COMPARE)
        self._spelled = Label("", "desk.strong")
        self._spelled.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._text = DifferingText(view.lines)
        self._room = QScrollArea()
        self._room.setFrameShape(QFrame.Shape.NoFrame)
        self._room.setWidgetResizable(True)
        self._room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._room.setWidget(self._text)
        self._room.setAccessibleName(_("The value in words"))
        self._room.setProperty("ground", "card")
        self._facts = LongFacts(LongFactsView(facts=()))
        self._button = ActionButton(view.button, ButtonSize.DESK)
        self._button.setObjectName(f"{name}_button")
        self._button.clicked.connect(self.value_chosen)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        self.body.addWidget(self._plate, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(self._spelled)
        self.body.addWidget(self._room, 1)
        self.body.addWidget(Rule())
        self.body.addWidget(self._facts)
        self.body.addWidget(self._button)

    def set_view(self, view: SideView) -> None:
        """Show another value, or the same chosen."""
        self.set_kind(CardKind.CHOSEN if view.chosen else CardKind.PLAIN)
        self._title.setText(view.title)
        self._pill.set_view(view.pill)
        self._plate.set_view(view.plate or _NO_PLATE)
        self._plate.setVisible(view.plate is not None)
        self._spelled.setText(view.spelled)
        self._spelled.setVisible(bool(view.spelled))
        self._text.set_view(view.lines)
        self._room.setVisible(bool(view.lines))
        self._facts.set_view(LongFactsView(facts=view.facts))
        self._button.set_view(view.button)
        parts = (view.title, view.pill.text, self._said(view), self._facts.accessibleName())
        self.setAccessibleName(". ".join(part for part in parts if part))

    def _said(self, view: SideView) -> str:
        if view.plate is None:
            return self._text.accessibleName()
        return f"{self._plate.accessibleName()}. {view.spelled}".rstrip(". ")

    @property
    def button(self) -> ActionButton:
        """What says that this value is right."""
        return self._button


class WhyCard(Card):
    """The reason, and what happens then.

    Signals:
        reason_chosen: Code of the reason; empty when it was taken back.
    """

    reason_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._chips = NoteChips(ChipsView(chips=reasons(), several=False), ButtonSize.DESK_CHIP)
        self._chips.setObjectName("choice_reason")
        for button, reason in zip(self._chips.buttons(), reasons(), strict=True):
            button.setObjectName(f"why_{reason.key}")
        self._chips.chips_changed.connect(self._on_chips_changed)
        self._effect = Label("", "desk.table", wrap=True)
        self._effect.setObjectName("choice_effect")
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(Label(_("Why? (needed, keys 1 to 4)"), "desk.heading"))
        left.addWidget(self._chips)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(Label(_("What happens when you decide"), "desk.card"))
        self._effect.setFixedWidth(_EFFECT_PX)
        right.addWidget(self._effect)
        right.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(left, 1)
        row.addLayout(right)
        self.body.addLayout(row)

    def set_reason(self, reason: str) -> None:
        """Show which reason is chosen; empty for none."""
        chosen = (reason,) if reason else ()
        self._chips.set_view(ChipsView(chips=reasons(), chosen=chosen, several=False))

    def set_effect(self, words: str) -> None:
        """Show what happens when it is decided."""
        self._effect.setText(words)

    def _on_chips_changed(self, chosen: tuple[str, ...]) -> None:
        self.reason_chosen.emit(chosen[0] if chosen else "")
