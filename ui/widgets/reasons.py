"""Why the answer is what it is: the reasons in order of decision, and how old each source is.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.theme.look import look
from ui.widgets.canvas import LEFT, RIGHT, Canvas, rounded, text_height, text_width
from ui.widgets.cards import paint_card
from ui.widgets.painted import Growing, Painted
from ui.widgets.shapes import Mark

LIMIT_AT = 0.70
"""Where on an age bar the oldest allowed age stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """One thing we looked at.

    Attributes:
        number: Its place in the order of decision, from 1.
        mark: What it says for the answer.
        fact: What we found.
        detail: Where, when, how much.
        age: How old that knowledge is, e.g. `8 s old`.
    """

    number: int
    mark: Mark
    fact: str
    detail: str = ""
    age: str = ""


class ReasonRow(Growing[ReasonView]):
    """One reason: number, shape, fact, detail, age; 64 px, more when the words wrap."""

    least_width = 480

    def __init__(
        self, view: ReasonView, *, last: bool = False, parent: QWidget | None = None
    ) -> None:
        self._last = last
        super().__init__(view, parent)

    def _words_width(self, width: float) -> float:
        age = max(look().grown(96), text_width(self.view.age, "officer.age"))
        return width - self._left() - age - 20

    @staticmethod
    def _left() -> float:
        return look().grown(60) + 17

    def height_for(self, width: int) -> int:
        """64 px for one line each."""
        words = self._words_width(width)
        high = text_height(self.view.fact, "officer.reason", words)
        high += text_height(self.view.detail, "officer.detail", words)
        return max(look().grown(64), 4 * int((high + 12 + 3) // 4))

    def described(self, view: ReasonView) -> str:
        """The reason in words."""
        return f"{view.number}. {view.fact}. {view.detail}. {view.age}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, rect = self.view, self.area
        middle = rect.center().y()
        side = canvas.look.grown(32)
        number = QRectF(0, 0, canvas.look.grown(20), rect.height())
        canvas.text(number, str(view.number), "officer.value", align=RIGHT)
        canvas.mark(view.mark, QRectF(number.right() + 11, middle - side / 2, side, side))
        left, words = self._left(), self._words_width(rect.width())
        fact = text_height(view.fact, "officer.reason", words)
        detail = text_height(view.detail, "officer.detail", words)
        top = middle - (fact + detail) / 2
        canvas.text(QRectF(left, top, words, fact), view.fact, "officer.reason", lines=9)
        canvas.text(
            QRectF(left, top + fact, words, detail),
            view.detail,
            "officer.detail",
            colour=canvas.colours.second,
            lines=9,
        )
        age = QRectF(left + words + 16, rect.top(), rect.right() - left - words - 20, rect.height())
        canvas.text(age, view.age, "officer.age", colour=canvas.colours.second, align=RIGHT)
        if not self._last:
            bottom = rect.bottom() - 1
            canvas.line(
                QPointF(0, bottom), QPointF(rect.right(), bottom), colour=canvas.colours.line
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeView:
    """How old one source is.

    Attributes:
        name: The source.
        age: In words, e.g. `52 min`.
        share: Age divided by the oldest allowed age of this zone; above 1 it is stale.
    """

    name: str
    age: str
    share: float

    @property
    def stale(self) -> bool:
        """Older than allowed."""
        return self.share > 1


def paint_age_bar(canvas: Canvas, rect: QRectF, share: float) -> None:
    """Draw a bar with the mark of the oldest allowed age; striped when past it."""
    c, radius = canvas.colours, rect.height() / 2
    if share > 1:
        canvas.stripes(rounded(rect, radius), band=5)
    else:
        canvas.box(rect, fill=c.line, radius=radius)
        long = max(rect.height(), rect.width() * LIMIT_AT * max(0.0, share))
        canvas.box(QRectF(rect.left(), rect.top(), long, rect.height()), fill=c.text, radius=radius)
    mark = rect.left() + rect.width() * LIMIT_AT
    canvas.box(QRectF(mark - 1.5, rect.top() - 4, 3, rect.height() + 8), fill=c.text)


class AgeBar(Painted[AgeView]):
    """One source: shape, name, age in words, bar."""

    def drawn_size(self) -> QSize:
        """49 px a source; 240 px wide at least."""
        return QSize(240, look().grown(48))

    def described(self, view: AgeView) -> str:
        """The age in words."""
        return f"{view.name}, {view.age} old" + (", too old" if view.stale else "")

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        draw_age(canvas, self.area, self.view)


def draw_age(canvas: Canvas, rect: QRectF, view: AgeView) -> None:
    """Draw one source into a rectangle of about 48 px height."""
    side = canvas.look.grown(24)
    words_high = rect.height() * 0.52
    canvas.mark(
        Mark.CAUTION if view.stale else Mark.OK,
        QRectF(rect.left(), rect.top() + words_high / 2 - side / 2, side, side),
    )
    left = rect.left() + side + 8
    age = text_width(view.age, "officer.age") + 4
    words = QRectF(left, rect.top(), rect.right() - left - age - 8, words_high)
    canvas.text(words, view.name, "officer.age", align=LEFT)
    canvas.text(
        QRectF(rect.right() - age, rect.top(), age, words_high),
        view.age,
        "officer.age",
        align=RIGHT,
    )
    bar = QRectF(left, rect.top() + words_high + 4, rect.right() - left, 8)
    paint_age_bar(canvas, bar, view.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgesView:
    """The card of ages.

    Attributes:
        title: Its heading.
        ages: The sources, in a fixed order.
        note: What the mark on the bars means.
    """

    title: str
    ages: tuple[AgeView, ...]
    note: str


class AgesCard(Painted[AgesView]):
    """How old is what we know: a bar a source, 440 x 284 for four."""

    def drawn_size(self) -> QSize:
        """49 px a source, head and note around them."""
        now = look()
        return QSize(320, now.grown(44 + len(self.view.ages) * 49 + 44))

    def described(self, view: AgesView) -> str:
        """All ages in words."""
        return ". ".join((view.title, *(f"{age.name}, {age.age}" for age in view.ages), view.note))

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, now = self.view, canvas.look
        paint_card(canvas, self.area)
        room = self.area.adjusted(20, 0, -20, 0)
        canvas.text(
            QRectF(room.left(), now.grown(12), room.width(), now.grown(32)),
            view.title,
            "officer.heading",
        )
        top = now.grown(48)
        note = now.grown(36)
        step = (room.height() - top - note - 8) / max(1, len(view.ages))
        for number, age in enumerate(view.ages):
            draw_age(
                canvas,
                QRectF(room.left(), top + number * step, room.width(), min(step, now.grown(49))),
                age,
            )
        canvas.text(
            QRectF(room.left(), room.bottom() - note - 8, room.width(), note),
            view.note,
            "officer.label",
            colour=canvas.colours.second,
            lines=2,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsView:
    """The card of reasons: heading and rows in order of decision."""

    title: str
    reasons: tuple[ReasonView, ...]


class ReasonsCard(Growing[ReasonsView]):
    """The reasons of an answer, 776 x 380 for five."""

    least_width = 520
    _side = 20

    def __init__(self, view: ReasonsView, parent: QWidget | None = None) -> None:
        self._rows: list[ReasonRow] = []
        super().__init__(view, parent)
        self._lay_rows()

    def set_view(self, view: ReasonsView) -> None:
        """Show another view; rows are kept where they can be."""
        if view == self.view:
            return
        super().set_view(view)
        self._lay_rows()

    def _lay_rows(self) -> None:
        for row in self._rows:
            row.hide()
            row.deleteLater()
        last = len(self.view.reasons)
        self._rows = [
            ReasonRow(reason, last=number == last, parent=self)
            for number, reason in enumerate(self.view.reasons, start=1)
        ]
        self._place()
        for row in self._rows:
            row.show()

    def _place(self) -> None:
        top = self._head()
        for row in self._rows:
            width = self.width() - 2 * self._side
            row.setGeometry(self._side, top, width, row.height_for(width))
            top += row.height()

    @staticmethod
    def _head() -> int:
        return look().grown(48)

    def height_for(self, width: int) -> int:
        """Head, rows, foot."""
        rows = sum(row.height_for(width - 2 * self._side) for row in self._rows)
        return self._head() + rows + 12

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: place the rows."""
        super().resizeEvent(event)
        self._place()

    def described(self, view: ReasonsView) -> str:
        """Its heading; each row speaks for itself."""
        return view.title

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint ground and heading."""
        paint_card(canvas, self.area)
        canvas.text(
            QRectF(self._side, 12, self.width() - 2 * self._side, self._head() - 12),
            self.view.title,
            "officer.heading",
        )
