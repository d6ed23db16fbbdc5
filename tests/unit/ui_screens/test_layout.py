"""Nothing is clipped, elided, overlapping or without a name, on any screen of the product."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import ui
from tests.unit.ui_screens.scenes import SCENES
from tests.unit.ui_screens.windows import PLAIN, Scene
from ui.screen import Screen
from ui.theme import Theme
from ui.widgets.layout_check import faults, unnamed_controls

SIZES = {"officer": (1280, 800), "kiosk": (1080, 1920), "desk": (1440, 900)}
OTHER = {"officer": Theme.NIGHT, "kiosk": Theme.CONTRAST}


def _themes(scene: Scene) -> list[Theme]:
    other = OTHER.get(scene.place)
    return [PLAIN[scene.place]] if other is None else [PLAIN[scene.place], other]


CASES = [
    pytest.param(scene, theme, id=f"{scene.name}-{theme}")
    for scene in SCENES
    for theme in _themes(scene)
]


@pytest.mark.parametrize(("scene", "theme"), CASES)
def test_a_screen_shows_all_its_words(
    scene: Scene, theme: Theme, qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    with scene.window(scene, theme, qapp, qtbot, tmp_path) as window:
        scene.play(window)
        shell = window.shell
        assert shell.current.name == scene.shows
        assert (shell.width(), shell.height()) == SIZES[scene.place]
        assert faults(shell) == []
        assert unnamed_controls(shell) == []


def _screen_names(of: type[Screen]) -> Iterator[str]:
    for screen in of.__subclasses__():
        if screen.__module__.startswith("ui."):
            if screen.name:
                yield screen.name
            yield from _screen_names(screen)


def test_no_screen_of_the_product_is_left_out() -> None:
    for module in pkgutil.walk_packages(ui.__path__, "ui."):
        importlib.import_module(module.name)
    assert set(_screen_names(Screen)) == {scene.shows for scene in SCENES}
