"""Who cannot read the screen listens to it, and is told on screen where no voice is."""

import sys

import pytest

from tests.unit.ui_kiosk.station import PayStation
from ui.devices import speech
from ui.widgets.motion import Hint


class Ear:
    """A voice that keeps what it says."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.talks = False

    def languages(self) -> frozenset[str]:
        return frozenset({"en", "es"})

    def say(self, text: str, language: str) -> None:
        self.heard.append((language, text))
        self.talks = True

    def stop(self) -> None:
        self.talks = False


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def talking(station: PayStation, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> PayStation:
    """A pay station with a voice; it looks for one when somebody first wants to listen."""
    monkeypatch.setattr(speech, "system_voice", lambda: ear)
    return station


def _talks(ear: Ear) -> bool:
    return ear.talks


def _hint(station: PayStation) -> str:
    hint = station.screen.findChild(Hint)
    assert hint is not None
    return hint.accessibleName()


def test_a_screen_is_read_from_the_top_then_only_what_is_new(talking: PayStation, ear: Ear) -> None:
    talking.press("listen_button")
    ((_, whole),) = ear.heard
    places = [
        whole.index(words)
        for words in ("Summer St", "English", "What would you like to do?", "Pay for parking")
    ]
    assert places == sorted(places)
    assert whole.index("Help") > places[-1]
    talking.pass_by(seconds=1)
    assert len(ear.heard) == 1
    talking.press("park_button")
    talking.tick()
    _, new = ear.heard[-1]
    assert "Type your plate" in new
    assert "Summer St" not in new


def test_the_language_of_the_screen_is_spoken(talking: PayStation, ear: Ear) -> None:
    talking.press("language_es", "listen_button")
    ((language, words),) = ear.heard
    assert language == "es"
    assert "¿Qué desea hacer?" in words


def test_listening_ends_with_another_press_and_with_the_driver(
    talking: PayStation, ear: Ear
) -> None:
    talking.press("listen_button", "listen_button")
    assert not _talks(ear)
    talking.press("park_button", "listen_button")
    assert _talks(ear)
    talking.press("start_over_button")
    assert not _talks(ear)


def test_a_language_without_a_voice_is_told_on_screen(talking: PayStation, ear: Ear) -> None:
    talking.press("language_pl", "listen_button")
    assert _hint(talking) == "Ten parkomat nie mówi w tym języku."
    talking.press("park_button")
    assert _hint(talking) != "Ten parkomat nie mówi w tym języku."
    assert ear.heard == []


def test_a_pay_station_without_any_voice_says_so_on_screen(
    station: PayStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtTextToSpeech", None)
    station.press("listen_button")
    assert _hint(station) == "This pay station cannot speak in this language."
