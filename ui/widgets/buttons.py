"""Buttons: one look for officer, kiosk and desk, with icon, words, key cap and a second line.

Owner thread: the GUI thread. Order on a screen is left = light to heavy, the heavy one rightmost.
"""

import math
from dataclasses import dataclass
from enum import Enum, StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtWidgets import QWidget

from ui.theme.icons import Icon
from ui.theme.look import look
from ui.theme.tokens import Palette
from ui.widgets.canvas import CENTRE, LEFT, Canvas, text_width, wish_of
from ui.widgets.marks import key_cap_height, key_cap_width, paint_key_cap
from ui.widgets.painted import PaintedButton
from ui.widgets.shapes import Mark, MarkInk
from ui.widgets.typeset import set_text


class ButtonRole(StrEnum):
    """How heavy a button is. A screen has one main or issue button."""

    PLAIN = "plain"
    MAIN = "main"
    ISSUE = "issue"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class ButtonSpec:
    """The figures of one size: drawn height by name, type uses, px."""

    drawn: str
    use: str
    sub_use: str
    cap_use: str
    icon_px: int
    radius: int
    border: float
    padding: int


class ButtonSize(Enum):
    """The sizes of the pictures."""

    OFFICER = ButtonSpec(
        "officer_action", "officer.button", "officer.detail", "officer.least", 28, 12, 2, 16
    )
    OFFICER_CHIP = ButtonSpec(
        "officer_chip", "officer.chip", "officer.label", "officer.least", 24, 12, 2, 14
    )
    KIOSK_MAIN = ButtonSpec("kiosk_main", "kiosk.main", "kiosk.least", "kiosk.least", 52, 20, 3, 24)
    KIOSK_ROW = ButtonSpec("kiosk_row", "kiosk.button", "kiosk.least", "kiosk.least", 40, 18, 2, 16)
    KIOSK_ACCESS = ButtonSpec(
        "kiosk_access", "kiosk.access", "kiosk.least", "kiosk.least", 36, 16, 2, 8
    )
    KIOSK_CHOICE = ButtonSpec(
        "kiosk_choice", "kiosk.strong", "kiosk.body", "kiosk.least", 40, 16, 2, 12
    )
    DESK = ButtonSpec("desk_control", "desk.button", "desk.least", "desk.least", 22, 10, 2, 16)
    DESK_CHIP = ButtonSpec("desk_chip", "desk.button", "desk.least", "desk.least", 20, 8, 2, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonView:
    """What a button shows.

    Attributes:
        label: The words; two lines where the height allows, then smaller.
        icon: Before the words.
        key: The key that does the same, drawn as a key cap and bound to the window.
        sub: A second line under the words.
        role: How heavy it is.
        heavy: It changes the world (issue, pay, print): a double tap counts once.
        enabled: Whether it can be pressed now.
    """

    label: str
    icon: Icon | None = None
    key: str = ""
    sub: str = ""
    role: ButtonRole = ButtonRole.PLAIN
    heavy: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class ButtonInk:
    """Ground, text and border of a button; `dark` when the ground is dark."""

    ground: str
    text: str
    border: str
    dark: bool


def button_ink(role: ButtonRole, c: Palette, *, down: bool, enabled: bool) -> ButtonInk:
    """Colours of a button in a state."""
    if not enabled:
        return ButtonInk(c.page, c.second, c.control_border, dark=False)
    if role is ButtonRole.MAIN:
        return ButtonInk(c.hot if down else c.main, c.main_text, "", dark=True)
    if role is ButtonRole.ISSUE:
        return ButtonInk(c.hot if down else c.issue, c.issue_text, "", dark=True)
    if role is ButtonRole.CHOSEN:
        return ButtonInk(c.chosen, c.chosen_text, c.chosen_border, dark=False)
    ground = c.chosen if down else c.control
    return ButtonInk(ground, c.control_text, c.control_border, dark=False)


class ActionButton(PaintedButton[ButtonView]):
    """A button of one of the fixed heights; `clicked` says it was pressed.

    The width is the layout's: give the heavy one more. Words wrap to a second line where the
    height allows and shrink to the least size of their use; they are never cut.
    """

    def __init__(
        self,
        view: ButtonView,
        size: ButtonSize = ButtonSize.OFFICER,
        parent: QWidget | None = None,
    ) -> None:
        self._spec = size.value
        super().__init__(view, parent)
        self._take(view)

    def set_view(self, view: ButtonView) -> None:
        """Show another view, bind its key, take its state."""
        if view != self.view:
            super().set_view(view)
            self._take(view)

    def _take(self, view: ButtonView) -> None:
        self.heavy = view.heavy
        self.setEnabled(view.enabled)
        self.bind_key(view.key)

    @property
    def _gap(self) -> float:
        return self._spec.icon_px * 0.45

    def _parts_width(self, label_width: float) -> float:
        view, spec = self.view, self._spec
        width = max(label_width, text_width(view.sub, spec.sub_use))
        if view.icon or view.role is ButtonRole.CHOSEN:
            width += look().grown(spec.icon_px) + self._gap
        if view.key:
            width += key_cap_width(view.key, spec.cap_use) + self._gap
        return width

    def drawn_size(self) -> QSize:
        """Height of its kind, at least the floor in mm; width of its words in one line."""
        high = look().target(self._spec.drawn)
        words = self._parts_width(text_width(self.view.label, self._spec.use))
        return QSize(max(high, 4 * math.ceil((words + 2 * self._spec.padding) / 4)), high)

    def chosen_width(self) -> int:
        """Width it has, or would have, with the check of a chosen one, px."""
        words = text_width(self.view.label, self._spec.use)
        words += look().grown(self._spec.icon_px) + self._gap + 2 * self._spec.padding
        return 4 * math.ceil(words / 4)

    def minimumSizeHint(self) -> QSize:
        """Qt: narrow enough for the words at their least size on two lines."""
        hint, use = self.drawn_size(), self._spec.use
        least = look().least_px(use) / look().text_px(use)
        longest = max(text_width(word, use) for word in self.view.label.split(" "))
        words = max(text_width(self.view.label, use) * 0.6, longest) * least
        wide = round(self._parts_width(words) + 2 * self._spec.padding)
        return QSize(min(hint.width(), wide), hint.height())

    def described(self, view: ButtonView) -> str:
        """Words, second line and key."""
        parts = [view.label, view.sub, f"key {view.key}" if view.key else ""]
        if view.role is ButtonRole.CHOSEN:
            parts.append("chosen")
        return ", ".join(part for part in parts if part)

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        view, spec, rect = self.view, self._spec, self.area
        ink = button_ink(view.role, canvas.colours, down=self.isDown(), enabled=self.isEnabled())
        chosen = view.role is ButtonRole.CHOSEN
        canvas.box(
            rect,
            fill=ink.ground,
            border=ink.border,
            width=canvas.look.tokens.border["chosen"] if chosen else spec.border,
            radius=spec.radius,
            dashed=not self.isEnabled(),
        )
        if self.hasFocus():
            canvas.ring(rect, radius=spec.radius, on_dark=ink.dark)
        if self.isDown():
            paint_pressed(canvas, rect, ink.text, spec.radius)
        # A narrow button gives up the air at its sides before its words get smaller.
        wanted = self._parts_width(text_width(view.label, spec.use))
        side = min(spec.padding, max(10.0, (rect.width() - wanted) / 2))
        self._draw_parts(canvas, rect.adjusted(side, 6, -side, -6), ink)

    def _draw_parts(self, canvas: Canvas, room: QRectF, ink: ButtonInk) -> None:
        view, spec = self.view, self._spec
        has_icon = view.icon is not None or view.role is ButtonRole.CHOSEN
        icon_px = canvas.look.grown(spec.icon_px) if has_icon else 0
        cap = key_cap_width(view.key, spec.cap_use) if view.key else 0
        taken = (icon_px + self._gap if has_icon else 0) + (cap + self._gap if cap else 0)
        words_room = room.width() - taken
        high = room.height() * (0.58 if view.sub else 1.0)
        setting = set_text(
            view.label, wish_of(canvas.look, spec.use, lines=1 if view.sub else 2), words_room, high
        )
        words = min(words_room, max(setting.width, text_width(view.sub, spec.sub_use)) + 1)
        left = room.center().x() - (words + taken) / 2
        if has_icon:
            spot = QRectF(left, room.center().y() - icon_px / 2, icon_px, icon_px)
            canvas.icon(view.icon or Icon.CHECK, spot, colour=ink.text)
            left += icon_px + self._gap
        self._draw_words(canvas, QRectF(left, room.top(), words, room.height()), ink)
        if cap:
            tall = key_cap_height(spec.cap_use)
            spot = QRectF(left + words + self._gap, room.center().y() - tall / 2, cap, tall)
            paint_key_cap(canvas, spot, view.key, spec.cap_use, ink.text)

    def _draw_words(self, canvas: Canvas, room: QRectF, ink: ButtonInk) -> None:
        view, spec = self.view, self._spec
        align = LEFT if (view.icon or view.key) else CENTRE
        if not view.sub:
            canvas.text(room, view.label, spec.use, colour=ink.text, align=align, lines=2)
            return
        first = canvas.look.text_px(spec.use) * 1.15
        second = canvas.look.text_px(spec.sub_use) * 1.2
        top = max(room.top(), room.center().y() - (first + second) / 2)
        first = min(first, room.height() * 0.58)
        canvas.text(
            QRectF(room.left(), top, room.width(), first),
            view.label,
            spec.use,
            colour=ink.text,
            align=align,
        )
        canvas.text(
            QRectF(room.left(), top + first, room.width(), room.bottom() - top - first),
            view.sub,
            spec.sub_use,
            colour=ink.text,
            align=align,
        )


def paint_pressed(canvas: Canvas, rect: QRectF, colour: str, radius: float) -> None:
    """An inner line while a finger is on it; seen in every theme, on every ground."""
    canvas.box(rect.adjusted(8, 8, -8, -8), border=colour, width=3, radius=max(4, radius - 8))


def paint_chosen_check(canvas: Canvas, rect: QRectF, px: float) -> None:
    """The small check disc in the corner of a chosen tile."""
    c = canvas.colours
    spot = QRectF(0, 0, px, px)
    spot.moveCenter(QPointF(rect.right() - px * 0.85, rect.top() + px * 0.85))
    canvas.mark(Mark.OK, spot, ink=MarkInk(c.chosen_border, c.chosen))
