"""Choosing a time and paying at the pay station: price, time choices, countdown, card picture.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.look import look
from ui.widgets.buttons import ButtonRole, button_ink, paint_chosen_check, paint_pressed
from ui.widgets.canvas import CENTRE, Canvas, text_width
from ui.widgets.cards import CardKind, paint_card
from ui.widgets.gridrow import GridRow
from ui.widgets.painted import Painted, PaintedButton


class SpanKind(StrEnum):
    """What a stretch of the time line is."""

    YOURS = "yours"
    FREE = "free"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanView:
    """A stretch of the time line, from and to as shares 0 to 1 of its width."""

    start: float
    end: float
    kind: SpanKind
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TickView:
    """A moment under the time line, at a share 0 to 1 of its width."""

    at: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceView:
    """The price and what it buys.

    Attributes:
        price: e.g. `$2.50`.
        until: The word before the end, e.g. `until`.
        end: e.g. `4:32 PM today`.
        spans: Stretches of the time line.
        ticks: Moments under it.
    """

    price: str
    until: str
    end: str
    spans: tuple[SpanView, ...] = ()
    ticks: tuple[TickView, ...] = ()


class PriceCard(Painted[PriceView]):
    """Price, end and time line, 1000 x 416."""

    def drawn_size(self) -> QSize:
        """Lower without a time line."""
        now = look()
        return QSize(640, now.grown(416 if self.view.spans else 296))

    def described(self, view: PriceView) -> str:
        """Price and end in words."""
        return f"{view.price} {view.until} {view.end}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, rect, now = self.view, self.area, canvas.look
        paint_card(canvas, rect, CardKind.STRONG)
        room = rect.adjusted(40, 24, -40, -20)
        price = QRectF(room.left(), room.top(), room.width(), now.grown(164))
        canvas.text(price, view.price, "kiosk.price", align=CENTRE)
        self._draw_end(canvas, QRectF(room.left(), price.bottom(), room.width(), now.grown(84)))
        if view.spans:
            bar = QRectF(room.left(), price.bottom() + now.grown(84) + 18, room.width(), 52)
            bar.setHeight(now.grown(52))
            self._draw_line(canvas, bar, room.bottom())

    def _draw_end(self, canvas: Canvas, rect: QRectF) -> None:
        view = self.view
        first = text_width(view.until, "kiosk.body") + 14
        whole = first + text_width(view.end, "kiosk.panel")
        if whole > rect.width():
            canvas.text(rect, f"{view.until} {view.end}", "kiosk.panel", align=CENTRE)
            return
        left = rect.center().x() - whole / 2
        # Both words stand on one baseline: capitals of the larger one decide it.
        lift = (canvas.look.text_px("kiosk.panel") - canvas.look.text_px("kiosk.body")) * 0.334
        canvas.text(QRectF(left, rect.top() + lift, first, rect.height()), view.until, "kiosk.body")
        canvas.text(
            QRectF(left + first, rect.top(), whole - first + 2, rect.height()),
            view.end,
            "kiosk.panel",
        )

    def _draw_line(self, canvas: Canvas, bar: QRectF, bottom: float) -> None:
        c = canvas.colours
        canvas.box(bar, fill=c.card, border=c.control_border, width=3, radius=12)
        inside = bar.adjusted(3, 3, -3, -3)
        for span in self.view.spans:
            part = QRectF(
                inside.left() + inside.width() * span.start,
                inside.top(),
                inside.width() * (span.end - span.start),
                inside.height(),
            )
            fill, ink = {
                SpanKind.YOURS: (c.text, c.card),
                SpanKind.FREE: (c.paid, c.paid_text),
                SpanKind.CLOSED: (c.line, c.text),
            }[span.kind]
            edge = 9.0 if span.end >= 1 or span.start <= 0 else 0.0
            canvas.box(part, fill=fill, radius=edge)
            canvas.text(
                part.adjusted(6, 0, -6, 0), span.words, "kiosk.access", colour=ink, align=CENTRE
            )
        self._draw_ticks(canvas, bar, bottom)

    def _draw_ticks(self, canvas: Canvas, bar: QRectF, bottom: float) -> None:
        for tick in self.view.ticks:
            x = bar.left() + 3 + (bar.width() - 6) * tick.at
            canvas.line(
                QPointF(x, bar.bottom()),
                QPointF(x, bar.bottom() + 14),
                colour=canvas.colours.text,
                width=3,
            )
            wide = text_width(tick.words, "kiosk.least") + 4
            left = min(max(x - wide / 2, bar.left()), bar.right() - wide)
            words = QRectF(left, bar.bottom() + 14, wide, bottom - bar.bottom() - 14)
            canvas.text(words, tick.words, "kiosk.least", align=CENTRE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChoice:
    """One time that can be bought at once."""

    key: str
    words: str
    price: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChoicesView:
    """The times on offer and which one is chosen (empty: none)."""

    choices: tuple[TimeChoice, ...]
    chosen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TileChoiceView:
    """A tile with two lines; the second may be empty."""

    words: str
    sub: str = ""
    chosen: bool = False


class ChoiceTile(PaintedButton[TileChoiceView]):
    """A tile of a row of choices: chosen by tint, border and a check disc."""

    def drawn_size(self) -> QSize:
        """120 px high with two lines, 96 with one."""
        view = self.view
        high = look().target("kiosk_choice" if view.sub else "kiosk_access")
        wide = max(text_width(view.words, "kiosk.strong"), text_width(view.sub, "kiosk.body"))
        return QSize(max(high, min(round(wide) + 48, look().grown(220))), high)

    def minimumSizeHint(self) -> QSize:
        """Qt: a target; the words shrink with it."""
        hint = self.drawn_size()
        return QSize(min(hint.width(), look().profile.target_px(168)), hint.height())

    def described(self, view: TileChoiceView) -> str:
        """Words, price, state."""
        parts = (view.words, view.sub, "chosen" if view.chosen else "")
        return ", ".join(part for part in parts if part)

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        rect, view = self.area, self.view
        role = ButtonRole.CHOSEN if view.chosen else ButtonRole.PLAIN
        ink = button_ink(role, canvas.colours, down=self.isDown(), enabled=self.isEnabled())
        radius = canvas.look.tokens.radius["kiosk_control"]
        canvas.box(
            rect, fill=ink.ground, border=ink.border, width=4 if view.chosen else 2, radius=radius
        )
        if self.hasFocus():
            canvas.ring(rect, radius=radius, on_dark=False)
        if self.isDown():
            paint_pressed(canvas, rect, ink.text, radius)
        if view.chosen:
            paint_chosen_check(canvas, rect, canvas.look.grown(28))
        room = rect.adjusted(10, 8, -10, -8)
        if not view.sub:
            canvas.text(room, view.words, "kiosk.button", colour=ink.text, align=CENTRE, lines=2)
            return
        first = room.height() * 0.56
        canvas.text(
            QRectF(room.left(), room.top(), room.width(), first),
            view.words,
            "kiosk.strong",
            colour=ink.text,
            align=CENTRE,
        )
        canvas.text(
            QRectF(room.left(), room.top() + first, room.width(), room.height() - first),
            view.sub,
            "kiosk.body",
            colour=ink.text,
            align=CENTRE,
        )


class TimeChoices(GridRow):
    """A row of times with their prices.

    Signals:
        time_chosen: The key of the time that was pressed.
    """

    time_chosen = Signal(str)

    def __init__(self, view: TimeChoicesView, parent: QWidget | None = None) -> None:
        super().__init__(gap="kiosk", parent=parent)
        self._view = view
        self._tiles: list[ChoiceTile] = []
        self._lay_tiles()
        self._name()

    @property
    def view(self) -> TimeChoicesView:
        """The view on show."""
        return self._view

    def tiles(self) -> tuple[ChoiceTile, ...]:
        """The tiles in order, for focus and tests."""
        return tuple(self._tiles)

    def set_view(self, view: TimeChoicesView) -> None:
        """Show other choices, or another one chosen; tiles stay when only the choice moved."""
        if view == self._view:
            return
        same = [c.key for c in view.choices] == [c.key for c in self._view.choices]
        self._view = view
        self._name()
        if not same:
            self._lay_tiles()
            return
        for tile, choice in zip(self._tiles, view.choices, strict=True):
            tile.set_view(self._tile_view(choice))

    def _name(self) -> None:
        words = (f"{choice.words} {choice.price}" for choice in self._view.choices)
        self.setAccessibleName(", ".join(words))

    def _tile_view(self, choice: TimeChoice) -> TileChoiceView:
        return TileChoiceView(
            words=choice.words, sub=choice.price, chosen=choice.key == self._view.chosen
        )

    def _lay_tiles(self) -> None:
        before = self._tiles
        self._tiles = [self._tile(choice) for choice in self._view.choices]
        self.set_parts([(tile, 1) for tile in self._tiles])
        for tile in before:
            tile.deleteLater()

    def _tile(self, choice: TimeChoice) -> ChoiceTile:
        tile = ChoiceTile(self._tile_view(choice), self)
        tile.setObjectName(f"time_{choice.key}")
        tile.tag = choice.key
        tile.tag_pressed.connect(self.time_chosen)
        return tile


@dataclass(frozen=True, slots=True, kw_only=True)
class CountdownView:
    """Time left: share 0 to 1 of the ring, and the words inside, e.g. `0:52`."""

    share: float
    words: str


class CountdownRing(Painted[CountdownView]):
    """A ring that empties, with the time left in its middle."""

    def __init__(self, view: CountdownView, px: int = 104, parent: QWidget | None = None) -> None:
        self._px = px
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def drawn_size(self) -> QSize:
        """A square."""
        px = look().grown(self._px)
        return QSize(px, px)

    def described(self, view: CountdownView) -> str:
        """Time left in words."""
        return f"{view.words} left"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        c, rect = canvas.colours, self.area
        thick = rect.height() * 0.115
        half = thick / 2
        ring = rect.adjusted(half, half, -half, -half)
        # What has passed is thinner too: in high contrast both are of one colour.
        for colour, share, wide in ((c.line, 1.0, thick / 3), (c.text, self.view.share, thick)):
            pen = QPen(QColor(colour), wide)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            canvas.painter.setPen(pen)
            canvas.painter.setBrush(Qt.BrushStyle.NoBrush)
            canvas.painter.drawArc(ring, 90 * 16, -round(360 * 16 * min(1.0, max(0.0, share))))
        inner = rect.adjusted(thick + 2, 0, -thick - 2, 0)
        canvas.text(inner, self.view.words, "kiosk.count", align=CENTRE)
