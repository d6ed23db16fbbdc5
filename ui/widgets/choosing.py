"""Choosing from a list: a field that opens it, and chips that are on or off.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy, QWidget

from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.canvas import RIGHT, Canvas, Line, text_width
from ui.widgets.painted import PaintedButton
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that can be chosen."""

    key: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectView:
    """A field with a value that is chosen, or a fact with its source.

    Attributes:
        label: What it is.
        value: What is chosen.
        detail: Where it comes from; empty for none.
        icon: A line icon at the left; a `mark` may stand there instead.
        mark: A state shape at the left.
        amount: A large figure at the right.
        choices: What can be chosen; empty draws no chevron and opens nothing.
        key: The chosen key.
        value_use: Type style of the value.
        enabled: Whether it can be pressed now.
    """

    label: str
    value: str
    detail: str = ""
    icon: Icon | None = None
    mark: Mark | None = None
    amount: str = ""
    choices: tuple[Choice, ...] = ()
    key: str = ""
    value_use: str = "officer.value"
    enabled: bool = True


class ChoiceList(QListWidget):
    """The list a field opens over its own window: rows as high as a target, keys and touch.

    It is a part of the window, not a window: a kiosk has no window manager that would place one.
    It closes when a row is taken, with Esc, and when focus goes elsewhere.

    Signals:
        choice_made: The key of the row that was pressed.
    """

    choice_made = Signal(str)

    def __init__(self, choices: tuple[Choice, ...], key: str, opener: QWidget) -> None:
        super().__init__(opener.window())
        self._opener = opener
        opener.window().installEventFilter(self)
        self.setProperty("floats", True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFont(look().font("officer.title"))
        row = look().profile.target_px(look().grown(64))
        for choice in choices:
            item = QListWidgetItem(choice.words, self)
            item.setData(Qt.ItemDataRole.UserRole, choice.key)
            item.setSizeHint(QSize(0, row))
            if choice.key == key:
                self.setCurrentItem(item)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._on_taken)

    def full_height(self) -> int:
        """Height that shows every row, px."""
        rows = sum(self.sizeHintForRow(number) for number in range(self.count()))
        return rows + 2 * self.frameWidth() + 12

    def event(self, event: QEvent) -> bool:
        """Qt: while it is open, keys are its own and no shortcut of the window."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter takes the row, Esc takes none."""
        item = self.currentItem()
        fresh = not event.isAutoRepeat()
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif item and fresh:
            self._on_taken(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: a press on the bare page beside it closes it."""
        if event.type() == QEvent.Type.MouseButtonPress and watched is self.window():
            self.close()
        return super().eventFilter(watched, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: the person has turned to something else."""
        super().focusOutEvent(event)
        self.close()

    def _on_taken(self, item: QListWidgetItem) -> None:
        self.choice_made.emit(item.data(Qt.ItemDataRole.UserRole))
        self._leave()

    def _leave(self) -> None:
        self._opener.setFocus()
        self.close()


class SelectField(PaintedButton[SelectView]):
    """A field whose value is chosen from a list; without choices a fact that can be pressed.

    Signals:
        choice_made: The key that was chosen. The field shows it at once.
    """

    choice_made = Signal(str)

    def __init__(self, view: SelectView, drawn_px: int = 88, parent: QWidget | None = None) -> None:
        self._drawn_px = drawn_px
        super().__init__(view, parent)
        self.setEnabled(view.enabled)
        self.clicked.connect(self._on_pressed)

    def set_view(self, view: SelectView) -> None:
        """Show another value."""
        super().set_view(view)
        self.setEnabled(view.enabled)

    def _left(self) -> float:
        now = look()
        return 18.0 + (now.grown(40) + 16 if self.view.icon or self.view.mark else 0)

    def _right(self) -> float:
        view = self.view
        chevron = look().grown(32) + 16 if view.choices else 16
        return chevron + (text_width(view.amount, "officer.amount") + 20 if view.amount else 0)

    def drawn_size(self) -> QSize:
        """As high as asked for; as wide as its words."""
        view, now = self.view, look()
        words = max(
            text_width(view.label, "officer.label"),
            text_width(view.value, view.value_use),
            text_width(view.detail, "officer.label"),
        )
        high = now.profile.target_px(now.grown(self._drawn_px))
        return QSize(round(self._left() + words + self._right()) + 2, high)

    def minimumSizeHint(self) -> QSize:
        """Qt: words may shrink a little."""
        hint = self.drawn_size()
        return QSize(round(hint.width() * 0.8), hint.height())

    def described(self, view: SelectView) -> str:
        """Label, value, source."""
        parts = (view.label, view.value, view.detail, view.amount)
        return ", ".join(part for part in parts if part)

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        rect, c, now = self.area, canvas.colours, canvas.look
        radius = now.tokens.radius[f"{now.profile.place}_control"]
        fill = c.chosen if self.isDown() else c.control
        canvas.box(rect, fill=fill, border=c.control_border, width=2, radius=radius)
        if self.hasFocus():
            canvas.ring(rect, radius=radius, on_dark=False)
        self._draw_signs(canvas, rect)
        left = self._left()
        self._draw_words(canvas, rect.adjusted(left, 7, -self._right(), -7))

    def _draw_signs(self, canvas: Canvas, rect: QRectF) -> None:
        view, now = self.view, canvas.look
        middle = rect.center().y()
        side = now.grown(40 if view.mark else 28)
        spot = QRectF(18 + (now.grown(40) - side) / 2, middle - side / 2, side, side)
        if view.mark:
            canvas.mark(view.mark, spot)
        elif view.icon:
            canvas.icon(view.icon, spot)
        right = rect.right() - 16
        if view.choices:
            chevron = now.grown(28)
            canvas.icon(Icon.OPEN, QRectF(right - chevron, middle - chevron / 2, chevron, chevron))
            right -= chevron + 16
        if view.amount:
            width = text_width(view.amount, "officer.amount") + 2
            canvas.text(
                QRectF(right - width, rect.top(), width, rect.height()),
                view.amount,
                "officer.amount",
                align=RIGHT,
            )

    def _draw_words(self, canvas: Canvas, room: QRectF) -> None:
        view, second = self.view, canvas.colours.second
        canvas.stack(
            room,
            (
                Line(view.label, "officer.label", second),
                Line(view.value, view.value_use, "", 2),
                Line(view.detail, "officer.label", second, 2),
            ),
        )

    def _on_pressed(self) -> None:
        if not self.view.choices:
            return
        window = self.window()
        popup = ChoiceList(self.view.choices, self.view.key, self)
        popup.choice_made.connect(self._on_choice)
        high = min(popup.full_height(), window.height() - 16)
        wide = min(max(self.width(), look().grown(240)), window.width() - 16)
        corner = self.mapTo(window, QPoint(0, self.height() + 4))
        left = max(8, min(corner.x(), window.width() - wide - 8))
        popup.setGeometry(left, max(8, min(corner.y(), window.height() - high - 8)), wide, high)
        popup.show()
        popup.raise_()
        popup.setFocus()

    def _on_choice(self, key: str) -> None:
        words = {choice.key: choice.words for choice in self.view.choices}
        self.set_view(replace(self.view, key=key, value=words[key]))
        self.choice_made.emit(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipsView:
    """Chips that are on or off.

    Attributes:
        chips: In order.
        chosen: Keys that are on.
        several: More than one may be on.
    """

    chips: tuple[Choice, ...]
    chosen: tuple[str, ...] = ()
    several: bool = True


class NoteChips(QWidget):
    """Chips in rows that wrap: notes, reasons.

    Signals:
        chips_changed: The keys now on, a tuple in the order of the chips.
    """

    chips_changed = Signal(object)

    def __init__(
        self,
        view: ChipsView,
        size: ButtonSize = ButtonSize.OFFICER_CHIP,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._size = size
        self._buttons: list[ActionButton] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._make()

    @property
    def view(self) -> ChipsView:
        """The view on show."""
        return self._view

    def buttons(self) -> tuple[ActionButton, ...]:
        """The chips in order."""
        return tuple(self._buttons)

    def set_view(self, view: ChipsView) -> None:
        """Show other chips, or others on."""
        if view == self._view:
            return
        same = view.chips == self._view.chips
        self._view = view
        if not same:
            self._make()
        for button, chip in zip(self._buttons, view.chips, strict=True):
            button.set_view(self._button_view(chip))
        self._place()

    def _button_view(self, chip: Choice) -> ButtonView:
        on = chip.key in self._view.chosen
        return ButtonView(label=chip.words, role=ButtonRole.CHOSEN if on else ButtonRole.PLAIN)

    def _make(self) -> None:
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self.setAccessibleName(", ".join(chip.words for chip in self._view.chips))
        self._buttons = []
        for chip in self._view.chips:
            button = ActionButton(self._button_view(chip), self._size, self)
            button.setObjectName(f"chip_{chip.key}")
            button.tag = chip.key
            button.tag_pressed.connect(self._on_pressed)
            button.show()
            self._buttons.append(button)
        self._place()

    def _on_pressed(self, key: str) -> None:
        on = set(self._view.chosen)
        if not self._view.several:
            on = set() if key in on else {key}
        else:
            on ^= {key}
        chosen = tuple(chip.key for chip in self._view.chips if chip.key in on)
        self.set_view(replace(self._view, chosen=chosen))
        self.chips_changed.emit(chosen)

    def _rows(self, width: int) -> list[list[ActionButton]]:
        rows: list[list[ActionButton]] = [[]]
        used = 0
        for button in self._buttons:
            wide = min(self._wide(button), width)
            if rows[-1] and used + 12 + wide > width:
                rows.append([])
                used = 0
            used += wide + (12 if rows[-1] else 0)
            rows[-1].append(button)
        return rows

    @staticmethod
    def _wide(button: ActionButton) -> int:
        # Room for the check from the start: choosing must not move the other chips.
        return button.chosen_width()

    def _place(self) -> None:
        top = 0
        for row in self._rows(max(self.width(), 80)):
            left = 0
            for button in row:
                wide = min(self._wide(button), max(self.width(), 80)) // 4 * 4
                button.setGeometry(left, top, wide, button.sizeHint().height())
                left += wide + 12
            top += max((button.height() for button in row), default=0) + 12
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Qt: as many rows as the width needs."""
        rows = self._rows(max(self.width(), 80))
        high = sum(max((b.sizeHint().height() for b in row), default=0) + 12 for row in rows) - 12
        widest = max((self._wide(button) for button in self._buttons), default=0)
        return QSize(widest, max(high, 0))

    def minimumSizeHint(self) -> QSize:
        """Qt: the widest chip."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: place the chips anew."""
        super().resizeEvent(event)
        self._place()
