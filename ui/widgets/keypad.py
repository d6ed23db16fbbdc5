"""Our own keypad: every key a plate can have, and no other. Large keys, one press each.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import ButtonRole, button_ink, paint_pressed
from ui.widgets.canvas import CENTRE, LEFT, Canvas, text_width
from ui.widgets.painted import PaintedButton

PLATE_ROWS = ("1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
DIGIT_ROWS = ("123", "456", "789", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypadView:
    """The keys.

    Attributes:
        rows: A text per row, a letter per key.
        delete_words: The word on the delete key, which ends the last row.
        off: Letters that cannot be pressed now.
    """

    rows: tuple[str, ...] = PLATE_ROWS
    delete_words: str = "Delete"
    off: frozenset[str] = frozenset()


class _Key(PaintedButton[str]):
    """One key; the delete key has an icon and a word."""

    def __init__(self, view: str, parent: QWidget, *, words: str = "") -> None:
        self._words = words
        super().__init__(view, parent)
        self.setObjectName(f"key_{view or 'delete'}")

    def drawn_size(self) -> QSize:
        """As the keypad lays it."""
        return self.size()

    def described(self, view: str) -> str:
        """The letter, or the word."""
        return view or self._words

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        rect = self.area
        kiosk = canvas.look.profile.place == "kiosk"
        ink = button_ink(
            ButtonRole.PLAIN, canvas.colours, down=self.isDown(), enabled=self.isEnabled()
        )
        radius = canvas.look.tokens.radius["kiosk_control" if kiosk else "officer_control"]
        canvas.box(
            rect,
            fill=ink.ground,
            border=ink.border,
            width=3 if kiosk else 2,
            radius=radius,
            dashed=not self.isEnabled(),
        )
        if self.hasFocus():
            canvas.ring(rect, radius=radius, on_dark=False)
        if self.isDown():
            paint_pressed(canvas, rect, ink.text, radius)
        use = "kiosk.key" if kiosk else "officer.number"
        if self.view:
            canvas.text(rect.adjusted(4, 4, -4, -4), self.view, use, colour=ink.text, align=CENTRE)
        else:
            self._draw_delete(canvas, rect, "kiosk.access" if kiosk else "officer.button", ink.text)

    def _draw_delete(self, canvas: Canvas, rect: QRectF, use: str, ink: str) -> None:
        side = min(canvas.look.grown(40), rect.height() * 0.5)
        room = rect.width() - side - 28
        words = min(text_width(self._words, use) + 2, room)
        left = rect.center().x() - (side + 12 + words) / 2
        icon = QRectF(left, rect.center().y() - side / 2, side, side)
        canvas.icon(Icon.DELETE, icon, colour=ink)
        canvas.text(
            QRectF(icon.right() + 12, rect.top(), words, rect.height()),
            self._words,
            use,
            colour=ink,
            align=LEFT,
        )


class PlateKeypad(QWidget):
    """The keypad of pay station and officer; keys are sized by the device's profile.

    Signals:
        key_pressed: The letter or digit.
        delete_pressed: The last letter goes.
    """

    key_pressed = Signal(str)
    delete_pressed = Signal()

    def __init__(self, view: KeypadView | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view or KeypadView()
        self._rows: list[list[_Key]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._make()

    def buttons(self) -> tuple[PaintedButton[str], ...]:
        """Every key in reading order."""
        return tuple(key for row in self._rows for key in row)

    def set_view(self, view: KeypadView) -> None:
        """Show other keys, or switch some off."""
        if view == self._view:
            return
        same = (view.rows, view.delete_words) == (self._view.rows, self._view.delete_words)
        self._view = view
        if not same:
            self._make()
        for key in self.buttons():
            key.setEnabled(key.view not in view.off)

    def _make(self) -> None:
        for key in self.buttons():
            key.hide()
            key.deleteLater()
        self._rows = [[self._key(letter) for letter in row] for row in self._view.rows]
        self.setAccessibleName(", ".join(self._view.rows))
        delete = _Key("", self, words=self._view.delete_words)
        delete.clicked.connect(self.delete_pressed)
        self._rows[-1].append(delete)
        self._place()
        for key in self.buttons():
            key.setEnabled(key.view not in self._view.off)
            key.show()

    def _key(self, letter: str) -> _Key:
        key = _Key(letter, self)
        key.tag = letter
        key.tag_pressed.connect(self.key_pressed)
        return key

    @staticmethod
    def _figures() -> tuple[int, int, int, int]:
        """Drawn key width, key height, gap across, gap down, in px."""
        now = look()
        if now.profile.place == "kiosk":
            gap = now.gap("kiosk_key")
            wide = now.profile.target_px(now.tokens.drawn["kiosk_key_width"])
            return wide, now.target("kiosk_key_height"), gap, max(gap, 16)
        side = now.target("officer_key")
        return side, side, 8, 8

    def _longest(self) -> int:
        return max(len(row) for row in self._view.rows)

    def sizeHint(self) -> QSize:
        """Qt: as drawn."""
        wide, high, across, down = self._figures()
        rows, columns = len(self._rows), self._longest()
        return QSize(columns * wide + (columns - 1) * across, rows * high + (rows - 1) * down)

    def minimumSizeHint(self) -> QSize:
        """Qt: keys at the floor in mm."""
        _, _, across, _ = self._figures()
        least = look().profile.grid_px(look().profile.least_target_mm)
        columns = self._longest()
        return QSize(columns * least + (columns - 1) * across, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: lay the keys out anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        drawn, high, across, down = self._figures()
        columns = self._longest()
        fitting = (self.width() - (columns - 1) * across) // columns // 4 * 4
        wide = max(4, min(drawn, fitting))
        whole = columns * wide + (columns - 1) * across
        left = max(0, (self.width() - whole) // 8 * 4)
        step = wide + across
        for number, row in enumerate(self._rows):
            last = number == len(self._rows) - 1
            letters = len(row) - 1 if last else len(row)
            # A shorter row stands half a key in, as on every keyboard; the last one is full.
            inset = 0 if last else (columns - letters) * step // 8 * 4
            for place, key in enumerate(row):
                x = left + inset + place * step
                width = wide if key.view else whole - place * step
                key.setGeometry(x, number * (high + down), width, high)
