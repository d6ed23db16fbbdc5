"""The state shape as a widget, the key cap, and pills: small signs that never stretch.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.look import look
from ui.theme.tokens import Palette
from ui.widgets.canvas import CENTRE, LEFT, Canvas, text_width
from ui.widgets.painted import Painted
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkView:
    """A shape and the words it stands for, which are spoken, not drawn."""

    mark: Mark
    words: str


class StateMark(Painted[MarkView]):
    """A state shape of one fixed size."""

    def __init__(self, view: MarkView, px: int = 32, parent: QWidget | None = None) -> None:
        self._px = px
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def drawn_size(self) -> QSize:
        """A square that grows with the text beside it."""
        px = look().grown(self._px)
        return QSize(px, px)

    def described(self, view: MarkView) -> str:
        """The words."""
        return view.words

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        canvas.mark(self.view.mark, self.area)


def key_cap_width(label: str, use: str) -> int:
    """Width of a key cap in px under the look in force."""
    padding = 8 if len(label) > 2 else 7
    return max(key_cap_height(use), round(text_width(label, use) + 2 * padding))


def key_cap_height(use: str) -> int:
    """Height of a key cap in px under the look in force."""
    return look().grown(round(look().style(use).px * 1.75))


def paint_key_cap(canvas: Canvas, rect: QRectF, label: str, use: str, colour: str) -> None:
    """Draw the key that does this: a rounded outline and the key's name."""
    canvas.box(rect, border=colour, width=1.5, radius=7)
    canvas.text(rect.adjusted(3, 0, -3, 0), label, use, colour=colour, align=CENTRE)


class KeyCap(Painted[str]):
    """A key drawn beside what it does, e.g. `Down` at the head of a list."""

    use = "officer.least"

    def __init__(self, view: str, parent: QWidget | None = None) -> None:
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def drawn_size(self) -> QSize:
        """As wide as the key's name."""
        return QSize(key_cap_width(self.view, self.use), key_cap_height(self.use))

    def described(self, view: str) -> str:
        """The key in words."""
        return f"key {view}"

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        paint_key_cap(canvas, self.area, self.view, self.use, canvas.colours.text)


class Tone(StrEnum):
    """Ground and border of a pill or a notice."""

    OK = "ok"
    BAD = "bad"
    CAUTION = "caution"
    INFO = "info"
    PLAIN = "plain"


def tone_colours(tone: Tone, colours: Palette) -> tuple[str, str, str]:
    """Ground, border and text colour of a tone."""
    return {
        Tone.OK: (colours.paid, colours.ok, colours.paid_text),
        Tone.BAD: (colours.refused, colours.bad, colours.refused_text),
        Tone.CAUTION: (colours.note, colours.control_border, colours.note_text),
        Tone.INFO: (colours.chosen, colours.info, colours.chosen_text),
        Tone.PLAIN: (colours.card, colours.control_border, colours.text),
    }[tone]


@dataclass(frozen=True, slots=True, kw_only=True)
class PillView:
    """A short state: shape and words.

    Attributes:
        text: One to four words.
        mark: The shape before them.
        tone: Ground and border.
        dashed: A broken border, for what is not certain.
    """

    text: str
    mark: Mark | None = None
    tone: Tone = Tone.PLAIN
    dashed: bool = False


def pill_size(view: PillView, use: str) -> QSize:
    """Size of a pill under the look in force."""
    now = look()
    high = now.grown(round(now.style(use).px * 1.75))
    mark = high - 4 if view.mark else 6
    return QSize(round(4 + mark + text_width(view.text, use) + high * 0.5) + 1, high)


def paint_pill(canvas: Canvas, rect: QRectF, view: PillView, use: str) -> None:
    """Draw a pill that fills a rectangle; its radius is exactly half its height."""
    ground, border, ink = tone_colours(view.tone, canvas.colours)
    high = rect.height()
    canvas.box(rect, fill=ground, border=border, width=1.5, radius=high / 2, dashed=view.dashed)
    side = high * 0.7
    left = rect.left() + high * 0.17
    if view.mark:
        top = rect.center().y() - side / 2
        canvas.mark(view.mark, QRectF(left, top, side, side))
        left += side + high * 0.16
    else:
        left = rect.left() + high * 0.4
    canvas.text(
        QRectF(left, rect.top(), rect.right() - high * 0.3 - left, high),
        view.text,
        use,
        colour=ink,
        align=LEFT,
    )


class Pill(Painted[PillView]):
    """A pill of fixed height that is as wide as its words.

    Args of the constructor: the view, and the type style of its words (`officer.age`,
    `desk.pill`, `kiosk.least`).
    """

    def __init__(
        self, view: PillView, use: str = "desk.pill", parent: QWidget | None = None
    ) -> None:
        self._use = use
        super().__init__(view, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def drawn_size(self) -> QSize:
        """As wide as its words."""
        return pill_size(self.view, self._use)

    def described(self, view: PillView) -> str:
        """Its words."""
        return view.text

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        paint_pill(canvas, self.area, self.view, self._use)
