"""The frame of every pay-station screen: top, steps, tiles of the first screen.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize

from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import ButtonInk, ButtonRole, button_ink, paint_pressed
from ui.widgets.canvas import CENTRE, LEFT, RIGHT, Canvas, text_width
from ui.widgets.painted import Painted, PaintedButton
from ui.widgets.shapes import Mark, MarkInk
from ui.widgets.typeset import set_text


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskTopView:
    """Where the driver stands and what time it is.

    Attributes:
        place: Name of the lot or street.
        station: Zone and pay station.
        clock: 12-hour time with AM or PM.
        date: Weekday and date.
    """

    place: str
    station: str
    clock: str
    date: str


def paint_badge_p(canvas: Canvas, rect: QRectF) -> None:
    """The P in a rounded frame, in the colour of the bar's text."""
    ink = canvas.colours.bar_text
    canvas.box(rect, border=ink, width=rect.height() / 18, radius=rect.height() * 0.22)
    use = "kiosk.clock" if rect.height() > 60 else "desk.title"
    canvas.text(rect.adjusted(4, 4, -4, -4), "P", use, colour=ink, align=CENTRE)


class KioskTop(Painted[KioskTopView]):
    """140 px over the whole width."""

    def drawn_size(self) -> QSize:
        """Needs 720 px of width."""
        return QSize(720, look().grown(140))

    def described(self, view: KioskTopView) -> str:
        """The bar in words."""
        return ", ".join((view.place, view.station, view.clock, view.date))

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        rect, view, c = self.area, self.view, canvas.colours
        canvas.box(rect, fill=c.bar)
        high = rect.height()
        badge = QRectF(38, high / 2 - 38, 76, 76)
        paint_badge_p(canvas, badge)
        right_width = max(
            text_width(view.clock, "kiosk.clock"), text_width(view.date, "kiosk.least")
        )
        right_width = min(right_width + 2, rect.width() * 0.4)
        left = badge.right() + 22
        left_width = rect.right() - 40 - right_width - 24 - left
        upper, lower = (high * 0.14, high * 0.42), (high * 0.52, high * 0.30)
        for x, width, align, first, use, second in (
            (left, left_width, LEFT, view.place, "kiosk.top", view.station),
            (
                rect.right() - 40 - right_width,
                right_width,
                RIGHT,
                view.clock,
                "kiosk.clock",
                view.date,
            ),
        ):
            canvas.text(
                QRectF(x, upper[0], width, upper[1]), first, use, colour=c.bar_text, align=align
            )
            canvas.text(
                QRectF(x, lower[0], width, lower[1]),
                second,
                "kiosk.least",
                colour=c.bar_text,
                align=align,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsView:
    """The steps of a purchase.

    Attributes:
        steps: One word each, four of them.
        current: Index of the step on show; earlier ones are done.
    """

    steps: tuple[str, ...]
    current: int


class StepsBar(Painted[StepsView]):
    """Four steps, 96 px high."""

    def drawn_size(self) -> QSize:
        """Needs 720 px of width."""
        return QSize(720, look().grown(96))

    def described(self, view: StepsView) -> str:
        """Where we are in words."""
        return f"step {view.current + 1} of {len(view.steps)}, {view.steps[view.current]}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        steps = self.view.steps
        width = self.area.width() / len(steps)
        side = min(canvas.look.grown(56), 84)
        room = width - side - 12 - 40
        # All words in one size: the longest decides.
        heavy = canvas.wish("kiosk.count")
        px = min(set_text(step, heavy, room).px for step in steps)
        for number in range(len(steps)):
            column = QRectF(number * width, 0, width, self.area.height())
            self._draw_step(canvas, column, number, side=side, px=px)

    def _draw_step(
        self, canvas: Canvas, rect: QRectF, number: int, *, side: float, px: int
    ) -> None:
        view, c = self.view, canvas.colours
        now, done = number == view.current, number < view.current
        spot = QRectF(rect.left(), (rect.height() - 16 - side) / 2, side, side)
        if done:
            canvas.mark(Mark.OK, spot, ink=MarkInk(c.text, c.card))
        else:
            canvas.box(
                spot, fill=c.text if now else c.card, border=c.text, width=4, radius=side / 2
            )
            ink = c.card if now else c.text
            canvas.text(spot, str(number + 1), "kiosk.count", colour=ink, align=CENTRE)
        wish = replace(canvas.wish("kiosk.count" if now else "kiosk.least"), px=px)
        left = spot.right() + 12
        last = number == len(view.steps) - 1
        room = rect.right() - left - (8 if last else 40)
        words = canvas.text(
            QRectF(left, spot.top(), room, side), view.steps[number], wish, align=LEFT
        )
        if not last:
            middle = spot.center().y()
            canvas.line(
                QPointF(words.right() + 14, middle),
                QPointF(rect.right() - 14, middle),
                colour=c.text if done else c.line,
                width=6,
            )
        if now:
            canvas.box(QRectF(rect.left(), rect.bottom() - 8, rect.width() - 16, 8), fill=c.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class TileView:
    """A large choice of the first screen.

    Attributes:
        title: Two or three words.
        sub: What it does, one line, or two.
        icon: In the square at the left.
        role: Main for the one most people want.
    """

    title: str
    sub: str
    icon: Icon
    role: ButtonRole = ButtonRole.PLAIN


class KioskTile(PaintedButton[TileView]):
    """A large choice with icon, title, line and a chevron; 216 px high."""

    def drawn_size(self) -> QSize:
        """Needs 640 px of width."""
        return QSize(640, look().target("kiosk_tile"))

    def described(self, view: TileView) -> str:
        """Title and line."""
        return f"{view.title}, {view.sub}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        rect, view, c = self.area, self.view, canvas.colours
        ink = button_ink(view.role, c, down=self.isDown(), enabled=self.isEnabled())
        radius = canvas.look.tokens.radius["kiosk_card"]
        canvas.box(rect, fill=ink.ground, border=ink.border, width=3, radius=radius)
        if self.hasFocus():
            canvas.ring(rect, radius=radius, on_dark=ink.dark)
        if self.isDown():
            paint_pressed(canvas, rect, ink.text, radius)
        self._draw_inside(canvas, rect, ink)

    def _draw_inside(self, canvas: Canvas, rect: QRectF, ink: ButtonInk) -> None:
        view, c = self.view, canvas.colours
        middle = rect.center().y()
        square = QRectF(rect.left() + 44, middle - 56, 112, 112)
        canvas.box(square, fill=c.card if ink.dark else c.chosen, radius=20)
        icon = QRectF(0, 0, 64, 64)
        icon.moveCenter(square.center())
        canvas.icon(view.icon, icon, colour=c.main if ink.dark else c.chosen_text)
        chevron = QRectF(rect.right() - 40 - 56, middle - 28, 56, 56)
        canvas.icon(Icon.NEXT, chevron, colour=ink.text, stroke=3)
        left = square.right() + 36
        width = chevron.left() - 16 - left
        title, sub = canvas.look.grown(72), canvas.look.grown(44)
        sub = min(sub * 2, sub if text_width(view.sub, "kiosk.body") <= width else sub * 2)
        top = middle - (title + sub) / 2
        canvas.text(QRectF(left, top, width, title), view.title, "kiosk.tile", colour=ink.text)
        canvas.text(
            QRectF(left, top + title, width, sub), view.sub, "kiosk.body", colour=ink.text, lines=2
        )
