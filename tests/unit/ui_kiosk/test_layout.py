"""Nothing is clipped, overlapping, too small, or without a name, in any language."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.words import use_language
from tests.unit.ui_kiosk.scenes import SCENES, Scene
from tests.unit.ui_kiosk.station import PayStation, pay_station
from ui.theme import Theme
from ui.widgets.buttons import ActionButton, ButtonRole
from ui.widgets.kiosk_frame import KioskTile
from ui.widgets.layout_check import faults, unnamed_controls

_LANGUAGES = {Theme.DAY: ("en", "es", "ht"), Theme.CONTRAST: ("pl",)}
"""Each language once: other colours move nothing."""


def _mains(station: PayStation) -> list[str]:
    shown = station.screen.findChildren(ActionButton) + station.screen.findChildren(KioskTile)
    return [
        button.objectName()
        for button in shown
        if button.isVisibleTo(station.screen) and button.view.role is ButtonRole.MAIN
    ]


def _screens() -> dict[str, list[Scene]]:
    groups: dict[str, list[Scene]] = {}
    for scene in SCENES:
        groups.setdefault(scene.name.partition("_")[0], []).append(scene)
    return groups


def _wrong(station: PayStation) -> list[str]:
    screen = station.screen
    wrong = faults(screen) + unnamed_controls(screen)
    mains = _mains(station)
    return wrong if len(mains) <= 1 else [*wrong, f"several primary actions: {mains}"]


@pytest.mark.parametrize("theme", _LANGUAGES)
@pytest.mark.parametrize("screen", _screens())
def test_a_screen_has_no_fault_in_any_state(
    screen: str, theme: Theme, qapp: QApplication, qtbot: QtBot
) -> None:
    wrong = {}
    for scene in _screens()[screen]:
        zone_id, utc = scene.zone_id, scene.utc
        with pay_station(qapp, qtbot, theme=theme, zone_id=zone_id, utc=utc) as station:
            scene.play(station)
            for language in _LANGUAGES[theme]:
                use_language(language)
                station.screen.refresh()
                wrong[f"{scene.name} {language}"] = _wrong(station)
    assert not {name: found for name, found in wrong.items() if found}
