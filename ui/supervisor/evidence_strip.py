"""Photos of a held citation in one row, so that a decision can be defended by what they show.

Owner thread: the GUI thread.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.words import _
from ui.supervisor.evidence import Seen
from ui.supervisor.evidence_card import Picture, line, more_words, nothing_words
from ui.widgets.cards import Card, Label
from ui.widgets.desk import MarkLine

_PICTURE_PX = (132, 96)


class EvidenceStrip(Card):
    """Photos beside each other, each with the time it was taken and what its hash says."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("evidence")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title = Label(_("Photos"), "desk.heading")
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self._parts: list[QWidget] = []
        self.body.addWidget(self._title)
        self.body.addLayout(self._row)

    def set_evidence(self, seen: Sequence[Seen], time_zone: str, *, more: int) -> None:
        """Show photos and count those that are not shown; all of them while they are fetched."""
        for part in self._parts:
            self._row.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
        if not seen:
            self._put(Label(nothing_words(more), "desk.second", wrap=True), 1)
        for one in seen:
            if one.image is not None:
                self._put(_picture(one), 0)
            said = MarkLine(line(one.evidence, time_zone))
            said.setProperty("off_grid", True)  # Half of what the pictures leave.
            self._put(said, 1)
        words = _("Photos")
        if seen and more:
            words = _("Photos · {more}").format(more=more_words(more))
        self._title.setText(words)
        told = [part.accessibleName() or getattr(part, "text", str)() for part in self._parts]
        self.setAccessibleName(". ".join((words, *told)))

    def _put(self, part: QWidget, share: int) -> None:
        self._parts.append(part)
        self._row.addWidget(part, share, Qt.AlignmentFlag.AlignTop)
        part.show()


def _picture(one: Seen) -> Picture:
    made = Picture(one, _PICTURE_PX)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made
