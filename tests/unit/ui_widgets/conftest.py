"""A look per test, and the plain one again after it."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Look, Theme, apply_theme

Dress = Callable[..., Look]


@pytest.fixture(autouse=True)
def dress(qapp: QApplication) -> Dress:
    """Applies a theme; called without arguments the officer's day."""

    def apply(theme: Theme = Theme.DAY, profile: str = "officer", scale: float = 1.0) -> Look:
        return apply_theme(qapp, theme, profile=profile, text_scale=scale, reduced_motion=True)

    apply()
    return apply


Show = Callable[..., QWidget]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    """Puts parts on a page of an active window, and keeps it until the test is over."""
    pages: list[QWidget] = []

    def put(*parts: QWidget) -> QWidget:
        page = QWidget()
        pages.append(page)
        page.resize(800, 400)
        for number, part in enumerate(parts):
            part.setParent(page)
            part.setGeometry(0, 100 * number, 700, max(76, part.sizeHint().height()))
        qtbot.addWidget(page)
        with qtbot.waitActive(page):
            page.show()
            page.activateWindow()
        return page

    yield put
    pages.clear()
