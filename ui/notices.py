"""Sentences and progress in their place over the screen in front, never a window over the work.

Owner thread: the GUI thread.
"""

from PySide6.QtCore import QRect, QTimer
from PySide6.QtWidgets import QWidget

from ui.screen import Notice, NoticeKind
from ui.widgets.cards import Card, CardKind
from ui.widgets.marks import Tone
from ui.widgets.motion import ProgressLine, ProgressView
from ui.widgets.panels import NoticeBar, NoticeView
from ui.widgets.shapes import Mark

_READ_MS = 8_000
"""How long a notice stays that asks nothing; cautions stay until the screen changes."""

_LOOKS = {
    NoticeKind.DONE: (Tone.OK, Mark.OK),
    NoticeKind.INFO: (Tone.INFO, Mark.INFO),
    NoticeKind.CAUTION: (Tone.CAUTION, Mark.CAUTION),
    NoticeKind.BAD: (Tone.BAD, Mark.BAD),
}


class NoticePlace:
    """Shows at most one notice and one progress line over a window.

    Args:
        window: What they lie on.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._notice: Notice | None = None
        self._room = QRect()
        self._bar = NoticeBar(NoticeView(text=""), window)
        self._bar.setObjectName("notice")
        self._bar.setProperty("floats", True)
        self._bar.hide()
        self._bar.action_pressed.connect(self._on_action_pressed)
        self._progress = Card(CardKind.STRONG, padding=16, parent=window)
        self._progress.setObjectName("progress")
        self._line = ProgressLine(ProgressView(words=""), self._progress)
        self._progress.body.addWidget(self._line)
        self._progress.setProperty("floats", True)
        self._progress.hide()
        self._timer = QTimer(window)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)

    def show_notice(self, notice: Notice, room: QRect) -> None:
        """Show a sentence at the bottom of ``room``, in place of the one before."""
        self._notice, self._room = notice, room
        tone, mark = _LOOKS[notice.kind]
        action = notice.undo_text if notice.undo else ""
        self._bar.set_view(NoticeView(text=notice.text, tone=tone, mark=mark, action=action))
        self._bar.resize(room.width(), self._bar.height())
        self._place(self._bar, room)
        if notice.kind in {NoticeKind.DONE, NoticeKind.INFO}:
            self._timer.start(_READ_MS)
        else:
            self._timer.stop()

    def clear(self) -> None:
        """Take the notice away."""
        self._timer.stop()
        self._notice = None
        self._bar.hide()

    def show_progress(self, words: str) -> None:
        """Show what the person waits for; empty takes it away."""
        self._progress.setVisible(bool(words))
        if not words:
            return
        self._line.set_view(ProgressView(words=words))
        high = self._window.height() // 3
        self._place(
            self._progress, QRect(self._window.width() // 4, high, self._window.width() // 2, high)
        )

    def _place(self, part: QWidget, room: QRect) -> None:
        part.show()
        part.setFixedWidth(room.width())
        high = max(part.sizeHint().height(), part.minimumSizeHint().height())
        part.setGeometry(room.left(), room.bottom() + 1 - high, room.width(), high)
        part.raise_()

    def _on_action_pressed(self) -> None:
        notice = self._notice
        self.clear()
        if notice is not None and notice.undo is not None:
            notice.undo()
