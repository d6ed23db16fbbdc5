"""Rows and tiles of the officer: candidates, last checks, timed stays, counts, facts.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtWidgets import QWidget

from ui.theme.look import look
from ui.widgets.buttons import paint_pressed
from ui.widgets.canvas import (
    CENTRE,
    LEFT,
    RIGHT,
    Canvas,
    Line,
    rounded,
    text_height,
    text_width,
)
from ui.widgets.cards import CardKind, paint_card
from ui.widgets.marks import key_cap_height, key_cap_width
from ui.widgets.painted import Painted, PaintedButton
from ui.widgets.plate import PlateView, paint_plate
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateView:
    """A plate the camera may have read.

    Attributes:
        plate: What was read.
        score: How sure, e.g. `98%`.
        detail: Why, in at most two lines.
        key: `1`, `2` or `3`.
        chosen: The one that Enter takes.
    """

    plate: PlateView
    score: str
    detail: str
    key: str
    chosen: bool = False


class CandidateTile(PaintedButton[CandidateView]):
    """One candidate, 268 x 92."""

    def __init__(self, view: CandidateView, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self.bind_key(view.key)

    def set_view(self, view: CandidateView) -> None:
        """Show another candidate."""
        super().set_view(view)
        self.bind_key(view.key)

    def drawn_size(self) -> QSize:
        """At least the floor in mm."""
        return QSize(248, look().profile.target_px(look().grown(92)))

    def described(self, view: CandidateView) -> str:
        """The candidate in words."""
        state = ", chosen" if view.chosen else ""
        return f"{view.plate.number}, {view.score}, {view.detail}, key {view.key}{state}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, rect, c = self.view, self.area, canvas.colours
        paint_card(canvas, rect, CardKind.CHOSEN if view.chosen else CardKind.CONTROL)
        if self.hasFocus():
            canvas.ring(rect, radius=12, on_dark=False)
        if self.isDown():
            paint_pressed(canvas, rect, c.text, 12)
        plate = QRectF(12, (rect.height() - 64) / 2, 128, 64)
        paint_plate(canvas, plate, view.plate)
        left = plate.right() + 13
        cap = QRectF(
            0, 0, key_cap_width(view.key, "officer.least"), key_cap_height("officer.least")
        )
        cap.moveTopRight(QPointF(rect.right() - 12, 12))
        fill, ink = (c.text, c.card) if view.chosen else ("", c.text)
        canvas.box(cap, fill=fill, border=c.text, width=1.5, radius=7)
        canvas.text(cap, view.key, "officer.least", colour=ink, align=CENTRE)
        score = text_width(view.score, "officer.title") + 4
        upper = QRectF(left, 10, min(score, cap.left() - left - 6), cap.height())
        canvas.text(upper, view.score, "officer.title")
        lower = QRectF(left, upper.bottom(), rect.right() - left - 10, 0)
        lower.setBottom(rect.bottom() - 6)
        canvas.stack(lower, (Line(view.detail, "officer.label", c.chosen_text, 2),))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRowView:
    """One of the last checks."""

    plate: PlateView
    mark: Mark
    word: str
    detail: str
    time: str
    last: bool = False


class CheckRow(PaintedButton[CheckRowView]):
    """One of the last checks, 80 px high; pressing it opens it again."""

    def drawn_size(self) -> QSize:
        """At least the floor in mm."""
        return QSize(336, look().target("officer_row"))

    def described(self, view: CheckRowView) -> str:
        """The check in words."""
        return f"{view.plate.number}, {view.word}, {view.detail}, {view.time}"

    def _detail(self, canvas: Canvas, width: float) -> float:
        """Height of the second line, at most what the row leaves."""
        wanted = text_height(self.view.detail, "officer.detail", width, lines=3)
        word = canvas.look.text_px("officer.heading") * 1.45
        return min(wanted, self.height() - word - 10)

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, rect, now = self.view, self.area, canvas.look
        middle = rect.center().y()
        plate = QRectF(0, middle - 30, 112, 60)
        if self.hasFocus():
            canvas.ring(rect, radius=8, on_dark=False)
            plate.moveLeft(12)
        if self.isDown():
            paint_pressed(canvas, rect, canvas.colours.text, 8)
        paint_plate(canvas, plate, view.plate)
        left = 120 + (12 if self.hasFocus() else 0)
        inset = 12 if self.hasFocus() else 0
        right = rect.right() - 2 - inset
        time = text_width(view.time, "officer.age") + 2
        # Large letters leave no column for the time: it then stands beside the word.
        beside = now.scale > 1.3
        room = QRectF(left, rect.top() + 6, right - left - (0 if beside else time + 6), 0)
        room.setBottom(rect.bottom() - 8)
        side = now.grown(24)
        words = room.width() - side - 8 - (time + 8 if beside else 0)
        word_high = now.text_px("officer.heading") * 1.45
        detail = self._detail(canvas, room.width())
        top = middle - 1 - (word_high + detail) / 2
        canvas.mark(view.mark, QRectF(left, top + (word_high - side) / 2, side, side))
        spot = QRectF(left + side + 8, top, words, word_high)
        canvas.text(spot, view.word, "officer.heading", lines=2)
        spot = QRectF(right - time, top if beside else rect.top(), time, 0)
        spot.setHeight(word_high if beside else rect.height())
        canvas.text(spot, view.time, "officer.age", align=RIGHT)
        canvas.stack(
            QRectF(left, top + word_high, room.width(), detail),
            (Line(view.detail, "officer.detail", canvas.colours.second, 3),),
        )
        if not view.last:
            foot = rect.bottom() - 1
            canvas.line(QPointF(0, foot), QPointF(rect.right(), foot), colour=canvas.colours.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class StayView:
    """A timed stay on the beat.

    Attributes:
        plate: The car.
        title: Its number on the map and address.
        detail: Limit, grace, when it was seen.
        mark: OK within, CAUTION in grace, BAD over the limit.
        share: Time used of the limit, 0 to 1.
        time: Time left or over, large.
        words: What the time is.
        chosen: The row on show.
    """

    plate: PlateView
    title: str
    detail: str
    mark: Mark
    share: float
    time: str
    words: str
    chosen: bool = False


class StayRow(PaintedButton[StayView]):
    """A timed stay, 668 x 88."""

    def drawn_size(self) -> QSize:
        """At least the floor in mm."""
        return QSize(560, look().profile.target_px(look().grown(88)))

    def described(self, view: StayView) -> str:
        """The stay in words."""
        return f"{view.plate.number}, {view.title}, {view.detail}, {view.time} {view.words}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, rect, now, c = self.view, self.area, canvas.look, canvas.colours
        paint_card(canvas, rect, CardKind.CHOSEN if view.chosen else CardKind.PLAIN)
        if self.hasFocus():
            canvas.ring(rect, radius=12, on_dark=False)
        if self.isDown():
            paint_pressed(canvas, rect, c.text, 12)
        middle = rect.center().y()
        paint_plate(canvas, QRectF(12, middle - 32, 124, 64), view.plate)
        wanted = max(
            text_width(view.time, "officer.number"), text_width(view.words, "officer.label")
        )
        time_wide = min(max(118.0, wanted + 4), rect.width() * 0.3)
        time_left = rect.right() - time_wide - 10
        side = min(48, now.grown(36))
        canvas.mark(view.mark, QRectF(time_left - side - 10, middle - side / 2, side, side))
        ink = c.chosen_text if view.chosen else c.text
        canvas.stack(
            QRectF(time_left, rect.top() + 6, time_wide, rect.height() - 14),
            (
                Line(view.time, "officer.number", ink),
                Line(view.words, "officer.label", ink, 2),
            ),
        )
        left = 152
        bar = QRectF(left, rect.bottom() - 20, time_left - side - 26 - left, 10)
        self._draw_bar(canvas, bar)
        second = ink if view.chosen else c.second
        canvas.stack(
            QRectF(left, rect.top() + 8, bar.width(), bar.top() - rect.top() - 10),
            (
                Line(view.title, "officer.heading", ink, 2),
                Line(view.detail, "officer.label", second, 3),
            ),
        )

    def _draw_bar(self, canvas: Canvas, bar: QRectF) -> None:
        view, c = self.view, canvas.colours
        canvas.box(bar, fill=c.line, radius=5)
        part = QRectF(bar)
        part.setWidth(max(10.0, bar.width() * min(1.0, max(0.0, view.share))))
        if view.mark is Mark.CAUTION:
            canvas.stripes(rounded(part, 5), band=6)
        else:
            canvas.box(part, fill=c.bad if view.mark is Mark.BAD else c.text, radius=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsView:
    """Figures of the shift: (number, what it counts), in order."""

    counts: tuple[tuple[str, str], ...]


class CountStrip(Painted[CountsView]):
    """The figures of the shift in a card, 388 x 92."""

    def drawn_size(self) -> QSize:
        """92 px high."""
        return QSize(320, look().grown(92))

    def described(self, view: CountsView) -> str:
        """All figures."""
        return ", ".join(f"{number} {words}" for number, words in view.counts)

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        rect = self.area
        paint_card(canvas, rect)
        counts = self.view.counts
        natural = [
            max(text_width(number, "officer.number"), text_width(words, "officer.label")) + 2
            for number, words in counts
        ]
        spare = rect.width() - 40 - sum(natural)
        gap = max(8.0, spare / max(1, len(counts) - 1))
        shrink = min(1.0, (rect.width() - 40 - 8 * (len(counts) - 1)) / max(1.0, sum(natural)))
        left = 20.0
        for (number, words), width in zip(counts, natural, strict=True):
            wide = width * shrink
            canvas.text(QRectF(left, 10, wide, rect.height() * 0.5), number, "officer.number")
            lower = QRectF(left, rect.height() * 0.58, wide, rect.height() * 0.3)
            canvas.text(lower, words, "officer.label")
            left += wide + gap


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsView:
    """Names and values, one a line.

    Attributes:
        facts: (name, value), in order.
        name_use: Type style of names.
        value_use: Type style of values.
        name_px: Width of the names when values stand at the left; 0 sets them at the right.
        row_px: Height of a row.
    """

    facts: tuple[tuple[str, str], ...]
    name_use: str = "officer.detail"
    value_use: str = "officer.age"
    name_px: int = 0
    row_px: int = 32


class FactLines(Painted[FactsView]):
    """Names and values in two columns: proof of a citation, both sides of a decision."""

    def drawn_size(self) -> QSize:
        """A row each."""
        view = self.view
        return QSize(240, look().grown(view.row_px) * max(1, len(view.facts)))

    def described(self, view: FactsView) -> str:
        """All of them."""
        return ", ".join(f"{name} {value}" for name, value in view.facts)

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, width = self.view, self.area.width()
        high = self.area.height() / max(1, len(view.facts))
        for number, (name, value) in enumerate(view.facts):
            top = number * high
            value_wide = min(text_width(value, view.value_use) + 4, width * 0.62)
            name_wide = width - value_wide - 12
            if view.name_px:
                name_wide = min(canvas.look.grown(view.name_px), width * 0.4)
            canvas.text(
                QRectF(0, top, name_wide - 4, high),
                name,
                view.name_use,
                colour=canvas.colours.second,
                lines=2,
            )
            left = name_wide if view.name_px else width - value_wide
            canvas.text(
                QRectF(left, top, width - left, high),
                value,
                view.value_use,
                align=LEFT if view.name_px else RIGHT,
                lines=2,
            )
