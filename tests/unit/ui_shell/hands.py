"""A person's hands on a window of a test."""

from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from ui.widgets.fields import TextField

W = TypeVar("W", bound=QWidget)


def part(window: QWidget, of: type[W], name: str) -> W:
    """Return the part of this name that can be seen."""
    found = [one for one in window.findChildren(of, name) if one.isVisible()]
    assert found, f"{name} cannot be seen"
    return found[0]


def fill(window: QWidget, name: str, text: str) -> None:
    part(window, TextField, name).set_text(text)


def typed(window: QWidget, name: str) -> str:
    return part(window, TextField, name).text()


def has_focus(window: QWidget, name: str) -> bool:
    inner = part(window, TextField, name).focusProxy()
    return inner is not None and inner.hasFocus()


def click(window: QWidget, name: str) -> None:
    QTest.mouseClick(
        part(window, QWidget, name),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QPoint(),
    )


def strike(widget: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)
