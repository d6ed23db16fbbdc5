"""The photos of a held citation stand beside the decision, each with what its hash says."""

from hashlib import sha256

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from parking.photo import Photo
from tests.unit.ui_supervisor import samples
from tests.unit.ui_supervisor.conftest import Desk
from ui.widgets.table import DataTable


def _next_row(desk: Desk, key: Qt.Key) -> None:
    QTest.keyClick(desk.part("held_rows", DataTable), key)
    desk.settle()


def test_a_decision_is_made_with_the_photos_in_sight(desk: Desk) -> None:
    samples.queue(desk.store, desk.clock)
    samples.photographed(desk.store, desk.terminal.central)
    desk.terminal.central.away = True
    desk.show("held")
    shown = desk.read("evidence")
    assert shown.startswith("Photos · 1 more photo. Photo of the car. 14:31:45 hash matches")
    assert shown.endswith("14:31:50 at city hall, no network")
    desk.looks_right()

    desk.terminal.central.away = False
    desk.terminal.news()
    desk.qtbot.waitUntil(lambda: "online" in desk.read("nav"))
    desk.second()
    assert "Small picture of the car. 14:31:50 small picture, not checked" in desk.read("evidence")

    coming = desk.store.all_of(Photo)[1]
    desk.terminal.central.photos[coming.sha256] = b"another car's photo"
    desk.terminal.news()
    desk.qtbot.waitUntil(lambda: desk.shell.tasks.idle)
    desk.second()
    assert "14:31:50 hash differs, do not use it" in desk.read("evidence")
    assert coming.sha256 not in desk.store.photos, "nothing is kept at the desk"


def test_each_citation_has_its_own_photos_and_news_bring_more(desk: Desk) -> None:
    samples.queue(desk.store, desk.clock)
    of = samples.photographed(desk.store, desk.terminal.central)
    desk.show("held")
    _next_row(desk, Qt.Key.Key_Down)
    assert desk.read("evidence") == "Photos. No photo belongs to this record."
    desk.looks_right()
    _next_row(desk, Qt.Key.Key_Up)
    assert "hash matches" in desk.read("evidence")

    plain = samples.jpeg("#276B49")
    desk.store.photos[sha256(plain).digest()] = plain
    for photo in desk.store.all_of(Photo):
        desk.store.fed_facts.remove(photo)
    desk.store.fed_facts.append(
        Photo(
            photo_id=samples.name("late photo"),
            citation_id=of.citation_id,
            sha256=sha256(plain).digest(),
            byte_length=len(plain),
            taken_utc=of.observed_utc,
        )
    )
    desk.terminal.news("photo")
    desk.qtbot.waitUntil(lambda: "online" in desk.read("nav"))
    desk.second()
    assert desk.read("evidence") == "Photos. Photo of the car. 14:32:00 hash matches"
