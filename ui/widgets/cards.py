"""Cards: the ground that groups things, and a label that keeps the grid.

Owner thread: the GUI thread.
"""

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.look import look
from ui.widgets.canvas import Canvas, text_height
from ui.widgets.painted import paint


class CardKind(StrEnum):
    """How a card is framed."""

    PLAIN = "plain"
    CONTROL = "control"
    CHOSEN = "chosen"
    STRONG = "strong"
    NOTE = "note"


class Card(QWidget):
    """A container with the ground and border of a card. Put your own layout's parts into `body`.

    Attributes:
        body: The vertical layout inside the card.
    """

    def __init__(
        self,
        kind: CardKind = CardKind.PLAIN,
        *,
        title: str = "",
        title_use: str = "officer.heading",
        padding: int = 20,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(padding, padding - 4, padding, padding - 4)
        self.body.setSpacing(8)
        if title:
            self.body.addWidget(Label(title, title_use))
            self.setAccessibleName(title)

    @property
    def kind(self) -> CardKind:
        """How it is framed now."""
        return self._kind

    def set_kind(self, kind: CardKind) -> None:
        """Frame it another way."""
        self._kind = kind
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: paint ground and border."""
        paint(self, lambda canvas: paint_card(canvas, QRectF(self.rect()), self._kind))


def paint_card(canvas: Canvas, rect: QRectF, kind: CardKind = CardKind.PLAIN) -> None:
    """Draw the ground and border of a card."""
    c, border = canvas.colours, canvas.look.tokens.border
    fill, line, width = {
        CardKind.PLAIN: (c.card, c.line, border["card"]),
        CardKind.CONTROL: (c.card, c.control_border, border["control"]),
        CardKind.CHOSEN: (c.chosen, c.chosen_border, border["chosen"]),
        CardKind.STRONG: (c.card, c.text, border["chosen"]),
        CardKind.NOTE: (c.note, c.control_border, border["card"]),
    }[kind]
    kiosk = canvas.look.profile.place == "kiosk"
    radius = canvas.look.tokens.radius["kiosk_card" if kiosk else "officer_card"]
    canvas.box(rect, fill=fill, border=line, width=width, radius=radius)


class Label(QLabel):
    """Words in a type style of the tokens, as high as a whole number of grid steps.

    A wrapping label measures itself for the width it has, so it is never cut by a layout.
    """

    def __init__(
        self,
        text: str,
        use: str,
        *,
        wrap: bool = False,
        ink: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._use = use
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("use", use)
        if ink:
            self.setProperty("ink", ink)
        self.setWordWrap(wrap)
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding if wrap else QSizePolicy.Policy.Preferred,
            QSizePolicy.Policy.Fixed,
        )

    def sizeHint(self) -> QSize:
        """Qt: rounded up to the grid; a wrapping label for the width it has."""
        hint = super().sizeHint()
        high: float = hint.height()
        if self.wordWrap() and self.width() > 40:
            measured = text_height(self.text(), self._use, self.width() - 2)
            high = max(measured, self.heightForWidth(self.width()))
        return QSize(hint.width() + 2, 4 * -(-int(high + 0.99) // 4))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: a wrapping label needs another height in another width."""
        super().resizeEvent(event)
        if self.wordWrap() and event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        """Qt: rounded up to the grid, so that what stands below is on it too."""
        high = super().heightForWidth(width)
        return high if high < 0 else 4 * -(-high // 4)

    def minimumSizeHint(self) -> QSize:
        """Qt: never narrower than its words when it does not wrap."""
        hint = self.sizeHint()
        if self.wordWrap():
            return QSize(look().grown(80), hint.height())
        return hint
