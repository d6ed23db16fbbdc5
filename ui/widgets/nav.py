"""The desk's navigation rail and the head of a desk page.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.canvas import CENTRE, Canvas, DrawnText, Line, text_width
from ui.widgets.cards import Label
from ui.widgets.kiosk_frame import paint_badge_p
from ui.widgets.painted import PaintedButton, paint
from ui.widgets.shapes import Mark, MarkInk


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A page of the desk; `count` is what waits for a person there.

    Attributes:
        at_foot: It stands at the lower end of the rail, apart from the pages.
    """

    key: str
    label: str
    icon: Icon
    count: int = 0
    at_foot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NavView:
    """The rail.

    Attributes:
        city: Name of the city.
        product: What this is.
        items: Pages, in order.
        current: Key of the page on show.
        state_mark: How central answers.
        state: Two lines about it, e.g. (`Central: online`, `data 2 s old`).
        person: Name and role.
    """

    city: str
    product: str
    items: tuple[NavItem, ...]
    current: str
    state_mark: Mark
    state: tuple[str, str]
    person: tuple[str, str]


class _NavButton(PaintedButton[NavItem]):
    def __init__(self, view: NavItem, parent: QWidget) -> None:
        self.current = False
        super().__init__(view, parent)
        self.setObjectName(f"nav_{view.key}")

    def drawn_size(self) -> QSize:
        return QSize(160, look().target("desk_row"))

    def described(self, view: NavItem) -> str:
        return f"{view.label}, {view.count} waiting" if view.count else view.label

    def draw(self, canvas: Canvas) -> None:
        view, rect, c = self.view, self.area, canvas.colours
        ink = c.text if self.current else c.bar_text
        fill = c.card if self.current else (c.bar_cell if self.isDown() else "")
        canvas.box(rect, fill=fill, radius=8)
        if self.hasFocus():
            canvas.ring(rect, radius=8, on_dark=not self.current)
        side = canvas.look.grown(24)
        icon = QRectF(rect.left() + 12, rect.center().y() - side / 2, side, side)
        canvas.icon(view.icon, icon, colour=ink)
        right = rect.right() - 8
        if view.count:
            words = str(view.count)
            high = canvas.look.grown(24)
            wide = max(high + 2, text_width(words, "desk.pill") + 14)
            badge = QRectF(right - wide, rect.center().y() - high / 2, wide, high)
            canvas.box(badge, fill=c.hazard, radius=high / 2)
            canvas.text(badge, words, "desk.pill", colour=c.hazard_ink, align=CENTRE)
            right = badge.left() - 4
        left = icon.right() + 10
        use = "desk.strong" if self.current else "desk.table"
        words_room = QRectF(left, rect.top(), right - left, rect.height())
        canvas.text(words_room, view.label, use, colour=ink, lines=2)


class NavRail(QWidget):
    """Pages of the desk with what waits on each, and who is signed in; 224 px wide.

    Signals:
        page_chosen: Key of the page that was pressed.
    """

    page_chosen = Signal(str)

    def __init__(self, view: NavView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._buttons: list[_NavButton] = []
        self._column = QVBoxLayout(self)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._dress()
        self._drawn: tuple[DrawnText, ...] = ()
        self._lay()

    def _dress(self) -> None:
        grown = look().grown
        self._column.setContentsMargins(12, grown(92), 12, grown(156))
        self.setFixedWidth(grown(224))

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another theme or text scale."""
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
            self.update()
        super().changeEvent(event)

    @property
    def view(self) -> NavView:
        """The view on show."""
        return self._view

    def buttons(self) -> tuple[PaintedButton[NavItem], ...]:
        """The pages in order."""
        return tuple(self._buttons)

    def drawn_texts(self) -> tuple[DrawnText, ...]:
        """The texts of the last painting."""
        return self._drawn

    def set_view(self, view: NavView) -> None:
        """Show other counts, another page, another state."""
        if view == self._view:
            return
        same = [item.key for item in view.items] == [item.key for item in self._view.items]
        self._view = view
        if not same:
            self._lay()
        self._take()

    def _lay(self) -> None:
        for button in self._buttons:
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = [_NavButton(item, self) for item in self._view.items]
        for number, button in enumerate(self._buttons):
            button.tag = self._view.items[number].key
            button.tag_pressed.connect(self.page_chosen)
            # The stretch is the layout's last part before those at the foot.
            low = button.view.at_foot
            self._column.insertWidget(self._column.count() if low else number, button)
        self._take()

    def _take(self) -> None:
        for button, item in zip(self._buttons, self._view.items, strict=True):
            button.set_view(item)
            button.current = item.key == self._view.current
            button.update()
        view = self._view
        parts = (view.city, view.product, *view.state, *view.person)
        self.setAccessibleName(", ".join(part for part in parts if part))
        self.update()

    def sizeHint(self) -> QSize:
        """Qt: its width, and the height of its parts."""
        return QSize(look().grown(224), super().sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: ground, head and foot."""
        self._drawn = paint(self, self._draw)

    def _draw(self, canvas: Canvas) -> None:
        view, c, grown = self._view, canvas.colours, canvas.look.grown
        rect = QRectF(self.rect())
        canvas.painter.fillRect(self.rect(), c.bar)
        badge = QRectF(18, 18, 44, 44)
        paint_badge_p(canvas, badge)
        self._two(canvas, QRectF(72, 16, rect.width() - 80, grown(48)), (view.city, view.product))
        foot = rect.bottom() - grown(144)
        canvas.line(QPointF(16, foot), QPointF(rect.right() - 16, foot), colour=c.control_border)
        spot = QRectF(24, foot + grown(12), 24, 24)
        canvas.mark(view.state_mark, spot, ink=self._state_ink(canvas))
        words = QRectF(58, foot + grown(8), rect.width() - 66, grown(44))
        self._two(canvas, words, view.state)
        spot = QRectF(24, foot + grown(72), 24, 24)
        canvas.icon(Icon.PERSON, spot, colour=c.bar_text)
        # Room for a name of two lines: names are not made shorter.
        words = QRectF(58, foot + grown(52), rect.width() - 66, grown(68))
        name, role = view.person
        ink = c.bar_text
        canvas.stack(words, (Line(name, "desk.head", ink, 2), Line(role, "desk.least", ink)))

    def _state_ink(self, canvas: Canvas) -> MarkInk:
        c = canvas.colours
        if self._view.state_mark is Mark.OK:
            return MarkInk(c.bar_text, c.bar)
        return MarkInk(c.hazard, c.hazard_ink)

    @staticmethod
    def _two(canvas: Canvas, rect: QRectF, lines: tuple[str, str]) -> None:
        ink = canvas.colours.bar_text
        half = rect.height() / 2
        canvas.text(
            QRectF(rect.left(), rect.top(), rect.width(), half), lines[0], "desk.head", colour=ink
        )
        lower = QRectF(rect.left(), rect.top() + half, rect.width(), half)
        canvas.text(lower, lines[1], "desk.least", colour=ink)


class PageHead(QWidget):
    """The head of a desk page: title, one line of scope, time and age; actions at the right.

    Attributes:
        buttons: The row that takes the page's buttons.
    """

    def __init__(self, title: str, scope: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 16, 0, 8)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = Label(title, "desk.title")
        self._title.setObjectName("page_title")
        self._scope = Label(scope, "desk.second", wrap=True, ink="second")
        words.addWidget(self._title)
        words.addWidget(self._scope)
        row.addLayout(words, 1)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(12)
        # On the grid beside one line of scope, and at the top beside two.
        actions = QVBoxLayout()
        actions.setContentsMargins(0, 8, 0, 0)
        actions.addLayout(self.buttons)
        actions.addStretch(1)
        row.addLayout(actions)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_words(self, title: str, scope: str) -> None:
        """Show other words."""
        self._title.setText(title)
        self._scope.setText(scope)
