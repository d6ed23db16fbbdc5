"""Finds faults of a laid-out screen: what a careful eye would see, for tests and the tour.

Owner thread: the GUI thread. It grabs the widget once, so that painted text is measured as it is
really painted, then walks every visible part.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from ui.theme.look import look
from ui.widgets.canvas import DrawnText
from ui.widgets.keypad import PlateKeypad
from ui.widgets.painted import PaintedButton

GRID_PX = 4
_SLACK = 1.0
_LETTERS_EM = 1.02
"""Height of letters with accent and descender."""


@runtime_checkable
class RecordsText(Protocol):
    """A widget that paints its own text and remembers it."""

    def drawn_texts(self) -> tuple[DrawnText, ...]:
        """The texts of the last painting."""


@runtime_checkable
class ReportsFaults(Protocol):
    """A widget that knows itself which of its texts did not fit."""

    def text_faults(self) -> list[str]:
        """Those texts."""


def faults(widget: QWidget, *, grid: bool = True) -> list[str]:
    """Everything wrong with the layout of a widget, one sentence each; empty when all is well.

    Args:
        widget: A screen or a part; it needs a size. It is laid out and painted once.
        grid: Also report parts whose left or top is off the 4 px grid of their window.

    Returns:
        Sentences that name the part, its text and the fault.

    Thread: GUI.
    """
    settle(widget)
    widget.grab()
    found: list[str] = []
    for part in visible_parts(widget):
        found += _text(part)
        found += _place(part, widget)
        found += _siblings(part)
        if grid:
            found += _grid(part, widget)
        found += _target(part)
    return found


def settle(widget: QWidget) -> None:
    """Let layouts finish; wrapping texts ask for their height only once they know their width."""
    for _ in range(3):
        # Grabbing delivers the resize that a window never shown still waits for.
        widget.grab(QRect(0, 0, 1, 1))
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def visible_parts(widget: QWidget) -> Iterator[QWidget]:
    """The widget and every visible part below it, Qt's own insides left out."""
    yield widget
    for child in _children(widget):
        yield from visible_parts(child)


def spoken_text(widget: QWidget) -> list[str]:
    """Every text on a screen in reading order of its parts: labels, painted texts, entries."""
    widget.grab()  # What was changed a moment ago may wait to be painted.
    words: list[str] = []
    for part in visible_parts(widget):
        if isinstance(part, QLabel):
            words.append(part.text())
        elif isinstance(part, QLineEdit):
            words.append(part.displayText())
        if isinstance(part, RecordsText):
            words += [drawn.text for drawn in part.drawn_texts()]
    return [word for word in words if word]


def _children(widget: QWidget) -> list[QWidget]:
    if isinstance(widget, QAbstractScrollArea):
        inside = getattr(widget, "widget", lambda: None)()
        return [inside] if isinstance(inside, QWidget) and inside.isVisibleTo(widget) else []
    return [
        child
        for child in widget.children()
        if isinstance(child, QWidget) and child.isVisibleTo(widget) and not child.isWindow()
    ]


def _name(part: QWidget) -> str:
    words = part.objectName() or part.accessibleName() or getattr(part, "text", lambda: "")()
    return f"{type(part).__name__} {str(words)[:40]!r}"


def _text(part: QWidget) -> list[str]:
    found: list[str] = []
    if isinstance(part, QLabel) and part.text():
        found += _label(part)
    elif isinstance(part, QPushButton):
        needed = part.sizeHint()
        if needed.width() > part.width() or needed.height() > part.height():
            found.append(f"{_name(part)}: the words need {needed.width()} x {needed.height()} px")
    if isinstance(part, RecordsText):
        found += _painted(part, QRectF(part.rect()), _name(part))
    if isinstance(part, ReportsFaults):
        found += [f"{_name(part)}: {text!r} does not fit" for text in part.text_faults()]
    return found


def _label(label: QLabel) -> list[str]:
    room = label.contentsRect()
    words = QFontMetricsF(label.font())
    if label.wordWrap():
        needed_px = label.heightForWidth(label.width())
        if needed_px > label.height() + _SLACK:
            return [f"{_name(label)}: wrapped text needs {needed_px} px, has {label.height()}"]
        longest = max(words.horizontalAdvance(word) for word in label.text().split())
        if longest > room.width() + _SLACK:
            return [f"{_name(label)}: a word needs {longest:.0f} px, has {room.width()}"]
        return []
    width = max(words.horizontalAdvance(line) for line in label.text().split("\n"))
    found = []
    if width > room.width() + _SLACK:
        found.append(f"{_name(label)}: text needs {width:.0f} px, has {room.width()}")
    height = words.height() * (label.text().count("\n") + 1)
    if height > room.height() + _SLACK + 2:
        found.append(f"{_name(label)}: text needs {height:.0f} px of height, has {room.height()}")
    return found


def _painted(part: RecordsText, room: QRectF, name: str) -> list[str]:
    drawn = part.drawn_texts()
    found = [f"{name}: {text.text!r} shrank to {text.px} px" for text in drawn if not text.fits]
    for text in drawn:
        ink = _ink(text)
        if not room.adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(ink):
            found.append(f"{name}: {text.text!r} is cut by the edge")
    for one, other in combinations(drawn, 2):
        shared = _ink(one).intersected(_ink(other))
        if shared.width() > 2 and shared.height() > 2:
            found.append(f"{name}: {one.text!r} runs into {other.text!r}")
    return found


def _ink(text: DrawnText) -> QRectF:
    """Where the letters are: the line box without the leading above capitals and below."""
    return text.rect.adjusted(0, text.px * 0.24, 0, -text.px * 0.22)


def _place(part: QWidget, root: QWidget) -> list[str]:
    parent = part.parentWidget()
    if part is root or parent is None:
        return []
    if _scrolls(parent):
        return []
    room = parent.rect()
    if not room.contains(part.geometry()):
        return [f"{_name(part)}: lies outside {_name(parent)}"]
    if isinstance(part, QLineEdit):
        # An entry scrolls sideways; only its letters must stand free above and below.
        short = part.font().pixelSize() * _LETTERS_EM > part.height()
        return [f"{_name(part)}: letters are cut above or below"] if short else []
    if isinstance(part, QStackedWidget):
        return []  # Its least size counts the pages that are not in front.
    if part.width() < part.minimumSizeHint().width() or (
        part.height() < part.minimumSizeHint().height()
    ):
        least = part.minimumSizeHint()
        has, needs = (f"{size.width()} x {size.height()}" for size in (part.size(), least))
        return [f"{_name(part)}: squeezed to {has}, needs {needs}"]
    return []


def _scrolls(parent: QWidget) -> bool:
    grand = parent.parentWidget()
    return isinstance(grand, QAbstractScrollArea) and grand.viewport() is parent


def _siblings(part: QWidget) -> list[str]:
    found = []
    for one, other in combinations(_children(part), 2):
        shared: QRect = one.geometry().intersected(other.geometry())
        if shared.isValid() and not _covers(one, other):
            found.append(f"{_name(one)} overlaps {_name(other)}")
    return found


def _covers(one: QWidget, other: QWidget) -> bool:
    """A part that says it floats over its siblings, e.g. the words on a map."""
    return bool(one.property("floats") or other.property("floats"))


def _grid(part: QWidget, root: QWidget) -> list[str]:
    if part is root or part.property("off_grid") or isinstance(part, QLineEdit):
        return []
    corner = part.mapTo(root, QPoint(0, 0))
    if corner.x() % GRID_PX or corner.y() % GRID_PX:
        return [f"{_name(part)}: left-top ({corner.x()}, {corner.y()}) is off the grid"]
    return []


def _target(part: QWidget) -> list[str]:
    """A control that is touched is large enough in millimetres on this panel."""
    if not isinstance(part, PaintedButton) or isinstance(part, PlateKeypad):
        return []
    profile = look().profile
    if profile.place == "desk":
        return []
    side_mm = profile.mm(min(part.width(), part.height()))
    if side_mm + 0.05 < profile.least_target_mm:
        return [f"{_name(part)}: {side_mm:.1f} mm is under {profile.least_target_mm} mm"]
    return []


def unnamed_controls(widget: QWidget) -> list[str]:
    """Controls that a person who listens would not know by name."""
    return [
        _name(part)
        for part in visible_parts(widget)
        if isinstance(part, QAbstractButton | QLineEdit) and not part.accessibleName()
    ]
