"""Parts of the page of held citations: the story of one, the reasons, the decision.

Owner thread: the GUI thread.
"""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.words import _
from ui.supervisor.decision_state import DecisionState, reasons
from ui.supervisor.story_state import StoryState
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonSize
from ui.widgets.canvas import Canvas
from ui.widgets.cards import Card, Label
from ui.widgets.charts import MomentView, TimelineChart, TimelineView
from ui.widgets.choosing import ChipsView, NoteChips
from ui.widgets.desk import MarkLine, MarkLineView
from ui.widgets.fields import FieldSize, TextField
from ui.widgets.painted import paint
from ui.widgets.plate import PlateSize, PlateView, PlateWidget
from ui.widgets.shapes import Mark

_WORDS_PX = 240
_NO_MOMENT = MomentView(at=0, words="")
_NO_TIMELINE = TimelineView(ticks=(), right_start=0, right_end=0, right_words="", seen=_NO_MOMENT)


class Rule(QWidget):
    """A thin line between two things, in the middle of a step of the grid."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Qt: one step of the grid."""
        return QSize(40, 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: paint the line."""
        paint(self, self._draw)

    def _draw(self, canvas: Canvas) -> None:
        rect = QRectF(self.rect())
        canvas.line(QPointF(0, 2.5), QPointF(rect.right(), 2.5), colour=canvas.colours.line)


class StoryPanel(Card):
    """One held citation: plate, picture in time, what speaks for it, and the decision.

    Signals:
        dismiss_pressed: The citation shall end.
        release_pressed: The citation shall stand.
    """

    dismiss_pressed = Signal()
    release_pressed = Signal()

    def __init__(self, decision: DecisionState) -> None:
        super().__init__()
        self.setObjectName("held_story")
        self._plate = PlateWidget(PlateView(number=""), PlateSize.HEAD)
        self._number = Label("", "desk.heading")
        self._number.setObjectName("held_citation")
        self._what = Label("", "desk.label", wrap=True)
        self._heading = Label("", "desk.heading", wrap=True)
        self._heading.setObjectName("held_heading")
        self._timeline = TimelineChart(_NO_TIMELINE)
        self._timeline.setObjectName("held_timeline")
        self._lines: list[MarkLine] = []
        self._line_room = QVBoxLayout()
        self._line_room.setSpacing(0)
        self._effect = Label(decision.effect, "desk.table", wrap=True)
        self._effect.setObjectName("held_effect")
        self._dismiss = ActionButton(decision.dismiss, ButtonSize.DESK)
        self._dismiss.setObjectName("dismiss_button")
        self._dismiss.clicked.connect(self.dismiss_pressed)
        self._release = ActionButton(decision.release, ButtonSize.DESK)
        self._release.setObjectName("release_button")
        self._release.clicked.connect(self.release_pressed)
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setContentsMargins(0, 8, 0, 0)
        words.setSpacing(0)
        words.addWidget(self._number)
        words.addWidget(self._what)
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._plate, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self.body.addLayout(head)
        for part in (Rule(), self._heading, self._timeline):
            self.body.addWidget(part)
        self.body.addLayout(self._line_room)
        self.body.addStretch(1)
        what = Label(_("What happens when you decide"), "desk.card")
        for below in (Rule(), what, self._effect, self._dismiss, self._release):
            self.body.addWidget(below)

    def set_story(self, story: StoryState) -> None:
        """Show another citation."""
        self._plate.set_view(story.plate)
        self._number.setText(story.number)
        self._what.setText(story.what)
        self._heading.setText(story.heading)
        self._timeline.setVisible(story.timeline is not None)
        self._timeline.set_view(story.timeline or _NO_TIMELINE)
        while len(self._lines) < len(story.lines):
            self._lines.append(MarkLine(MarkLineView(mark=Mark.INFO, text="")))
            self._line_room.addWidget(self._lines[-1])
        for at, line in enumerate(self._lines):
            line.setVisible(at < len(story.lines))
            if at < len(story.lines):
                line.set_view(story.lines[at])
        parts = (story.number, story.what, story.heading, *(line.text for line in story.lines))
        self.setAccessibleName(". ".join(parts))

    def set_decision(self, decision: DecisionState) -> None:
        """Show what can be decided now, and what happens then."""
        self._effect.setText(decision.effect)
        self._dismiss.set_view(decision.dismiss)
        self._release.set_view(decision.release)


class WhyCard(Card):
    """The reason of a decision: chips, and room for the supervisor's own words.

    Signals:
        reason_chosen: The code of the reason; empty when it was taken back.
        words_changed: The words, after every change by the person.
    """

    reason_chosen = Signal(str)
    words_changed = Signal(str)

    def __init__(self, decision: DecisionState) -> None:
        super().__init__(title=_("Why? (needed)"), title_use="desk.heading")
        self._chips = NoteChips(ChipsView(chips=reasons(), several=False), ButtonSize.DESK_CHIP)
        self._chips.setObjectName("held_reason")
        for button, reason in zip(self._chips.buttons(), reasons(), strict=True):
            button.setObjectName(f"reason_{reason.key}")
        self._chips.chips_changed.connect(self._on_chips_changed)
        self._words = TextField(decision.field, FieldSize.DESK_TEXT)
        self._words.setObjectName("reason_words")
        self._words.text_changed.connect(self.words_changed)
        row = QHBoxLayout()
        row.setSpacing(look().tokens.gap["desk"])
        row.addWidget(self._chips, 1)
        beside = QVBoxLayout()
        beside.addWidget(self._words)
        beside.addStretch(1)
        self._words.setFixedWidth(_WORDS_PX)
        row.addLayout(beside)
        self.body.addLayout(row)

    def set_decision(self, decision: DecisionState) -> None:
        """Show whether words are needed."""
        self._words.set_view(decision.field)

    def clear(self) -> None:
        """Begin another decision."""
        self._chips.set_view(ChipsView(chips=reasons(), several=False))
        self._words.set_text("")

    def _on_chips_changed(self, chosen: tuple[str, ...]) -> None:
        self.reason_chosen.emit(chosen[0] if chosen else "")
