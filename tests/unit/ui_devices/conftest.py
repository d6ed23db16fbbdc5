"""The house's type faces are loaded, as the window does at its start."""

import pytest
from PySide6.QtWidgets import QApplication

from ui.theme import Theme, apply_theme


# Before the papers that a module's tests share are drawn.
@pytest.fixture(autouse=True, scope="module")
def _faces(qapp: QApplication) -> None:
    apply_theme(qapp, Theme.DESK, profile="desk", reduced_motion=True)
