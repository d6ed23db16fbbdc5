import threading
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from parking.edit import ChoiceReason, ConflictChoice, ConflictState
from parking.photo import Photo
from sync.failures import no_network
from tests.unit.ui_supervisor import conflicts
from tests.unit.ui_supervisor.conftest import Desk
from tests.unit.ui_supervisor.samples import name
from ui.widgets.buttons import ActionButton
from ui.widgets.fields import TextField


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """Three conflicts: the grace of a zone, two plates, two notes."""
    conflicts.many_values(desk.store, desk.clock.utc)
    conflicts.two_plates(desk.store, desk.clock.utc)
    conflicts.two_notes(desk.store, desk.clock.utc)
    desk.show("conflicts")
    return desk


def _key(desk: Desk, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(desk.shell.focusWidget() or desk.shell, key)
    desk.settle()


def _press(desk: Desk, name: str) -> None:
    desk.part(name, ActionButton).click()
    desk.settle()


def _choices(desk: Desk) -> list[ConflictChoice]:
    return [fact for fact in desk.store.facts if isinstance(fact, ConflictChoice)]


def _title(desk: Desk) -> str:
    return desk.part("page_title", QLabel).text()


def _hear(desk: Desk, *changed: str) -> None:
    desk.terminal.news(*changed)
    desk.qtbot.waitUntil(lambda: "online" in desk.read("nav"))
    desk.second()


def test_without_conflicts_it_says_what_would_come_here(desk: Desk) -> None:
    desk.show("conflicts")
    desk.looks_right()
    assert desk.read("no_conflict").startswith("No conflict waits.")
    assert desk.hidden("keep_button")
    _key(desk, Qt.Key.Key_Escape)
    assert desk.shell.current.name == "report"


def test_a_value_is_kept_with_keys_alone(waiting: Desk) -> None:
    _key(waiting, Qt.Key.Key_PageDown)
    assert _title(waiting) == "Conflict 2 of 3"
    _key(waiting, Qt.Key.Key_Right, Qt.Key.Key_1, Qt.Key.Key_Return)
    (choice,) = _choices(waiting)
    assert (choice.side, choice.reason) == (1, ChoiceReason.PHOTO_SHOWS_IT)
    assert "BK47Z91" in choice.content
    assert waiting.notice == "BK47Z91 is kept. The other value stays in the conflict log."
    assert _title(waiting) == "Conflict 2 of 2"
    assert waiting.read("nav_conflicts") == "Conflicts, 2 waiting"
    waiting.looks_right()


def test_a_value_is_kept_with_the_mouse(waiting: Desk) -> None:
    _press(waiting, "value_right_button")
    _press(waiting, "why_driver_proved_it")
    _press(waiting, "keep_button")
    (choice,) = _choices(waiting)
    assert (choice.side, choice.reason, choice.note) == (1, ChoiceReason.DRIVER_PROVED_IT, "")


def test_the_letter_of_a_value_chooses_it(waiting: Desk) -> None:
    _key(waiting, Qt.Key.Key_B)
    assert waiting.read("value_right_button").endswith("chosen")
    _key(waiting, Qt.Key.Key_A)
    assert waiting.read("value_left_button").endswith("chosen")
    assert "Keep 5 min and close" in waiting.read("keep_button")


def test_own_words_are_needed_and_typed_where_letters_choose_nothing(waiting: Desk) -> None:
    _key(waiting, Qt.Key.Key_A, Qt.Key.Key_4)
    assert not waiting.part("keep_button", ActionButton).isEnabled()
    field = waiting.part("choice_note", TextField)
    QTest.keyClicks(field.focusProxy() or field, "called B at 1")
    assert "Keep 5 min and close" in waiting.read("keep_button")
    waiting.looks_right()
    _key(waiting, Qt.Key.Key_Return)
    (choice,) = _choices(waiting)
    assert (choice.reason, choice.note) == (ChoiceReason.OTHER, "called B at 1")


def test_all_values_can_be_reached_by_arrow_and_by_button(waiting: Desk) -> None:
    _press(waiting, "value_left_button")
    _key(waiting, *[Qt.Key.Key_Right] * 3)
    assert waiting.read("value_right").startswith("Value D. Chosen")
    _key(waiting, Qt.Key.Key_Right)
    assert waiting.read("value_right").startswith("Value D. Chosen")
    _key(waiting, *[Qt.Key.Key_Left] * 3)
    assert waiting.read("value_left").startswith("Value A. Chosen")
    assert "A and B of 4 are shown" in waiting.read("conflict")
    waiting.shell.current._on_more()  # type: ignore[attr-defined]  # the bar's own button has no name
    assert waiting.read("value_left").startswith("Value C. Not chosen")
    waiting.looks_right()


def test_later_leads_through_the_rest_and_decides_nothing(waiting: Desk) -> None:
    _key(waiting, Qt.Key.Key_Escape)
    assert _title(waiting) == "Conflict 2 of 3"
    _press(waiting, "decide_later")
    _press(waiting, "decide_later")
    assert waiting.shell.current.name == "report"
    assert _choices(waiting) == []


def test_another_conflict_begins_another_choice(waiting: Desk) -> None:
    _key(waiting, Qt.Key.Key_A, Qt.Key.Key_1, Qt.Key.Key_PageDown)
    assert not waiting.part("keep_button", ActionButton).isEnabled()
    assert "chosen" not in waiting.read("value_left_button")


def test_a_conflict_decided_elsewhere_goes_and_says_so(waiting: Desk) -> None:
    first = min(waiting.store.fed_conflicts, key=lambda one: one.found_utc)
    waiting.store.fed_conflicts.remove(first)
    waiting.store.fed_conflicts.append(replace(first, state=ConflictState.DECIDED))
    _hear(waiting, "conflict")
    assert "was decided elsewhere" in waiting.notice
    assert _title(waiting) == "Conflict 1 of 2"


def test_a_new_value_takes_the_choice_back(waiting: Desk) -> None:
    _key(waiting, Qt.Key.Key_A, Qt.Key.Key_1)
    first = min(waiting.store.fed_conflicts, key=lambda one: one.found_utc)
    waiting.store.fed_conflicts.remove(first)
    more = conflicts.side(99, waiting.clock.utc, {"exit_grace_s": 900})
    waiting.store.fed_conflicts.append(replace(first, sides=(*first.sides, more)))
    _hear(waiting, "conflict")
    assert "has changed" in waiting.notice
    assert not waiting.part("keep_button", ActionButton).isEnabled()
    assert "of 5 are shown" in waiting.read("conflict")


def test_what_else_comes_in_leaves_the_choice_alone(waiting: Desk) -> None:
    _key(waiting, Qt.Key.Key_PageDown, Qt.Key.Key_A, Qt.Key.Key_1)
    conflicts.two_plates(waiting.store, waiting.clock.utc - timedelta(days=9), number=7)
    _hear(waiting, "conflict")
    assert _title(waiting) == "Conflict 3 of 4"
    assert waiting.part("keep_button", ActionButton).isEnabled()


def test_a_full_disk_loses_no_choice_silently(waiting: Desk) -> None:
    waiting.store.disk_full = True
    _key(waiting, Qt.Key.Key_A, Qt.Key.Key_1, Qt.Key.Key_Return)
    assert "disk is full" in waiting.notice
    assert waiting.part("keep_button", ActionButton).isEnabled()
    assert waiting.read("nav_conflicts") == "Conflicts, 3 waiting"


def test_a_double_press_keeps_once(waiting: Desk) -> None:
    _key(waiting, Qt.Key.Key_A, Qt.Key.Key_1)
    waiting.shell.current._decide()  # type: ignore[attr-defined]  # the first press
    waiting.shell.current._decide()  # type: ignore[attr-defined]  # a second that came through
    waiting.settle()
    assert len(_choices(waiting)) == 1


def _jpeg() -> bytes:
    image = QImage(900, 300, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkBlue)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG")  # type: ignore[call-overload]  # the stub wants bytes, Qt wants str
    return bytes(QByteArray(buffer.data()).data())


def test_photos_are_shown_with_what_their_hash_says(desk: Desk) -> None:
    conflicts.two_plates(desk.store, desk.clock.utc)
    right, wrong = (one for one in desk.store.fed_facts if isinstance(one, Photo))
    plain = _jpeg()
    desk.store.photos[wrong.sha256] = plain
    desk.show("conflicts")
    shown = desk.read("evidence")
    assert "not at city hall yet" in shown
    assert "Photo that was changed" in shown
    assert "hash differs, do not use it" in shown
    desk.store.fed_facts.remove(right)
    true = replace(right, sha256=sha256(plain).digest())
    desk.store.fed_facts.append(true)
    desk.store.photos[true.sha256] = plain
    desk.show("conflicts")
    assert "hash matches" in desk.read("evidence")
    desk.looks_right()


def _taken_elsewhere(desk: Desk) -> tuple[bytes, bytes]:
    """Put a conflict with two photos of a laptop into the store; return the first and its hash."""
    conflicts.two_plates(desk.store, desk.clock.utc)
    first = next(one for one in desk.store.fed_facts if isinstance(one, Photo))
    plain = _jpeg()
    digest = sha256(plain).digest()
    desk.store.fed_facts.remove(first)
    desk.store.fed_facts.append(replace(first, sha256=digest))
    return plain, digest


def test_a_photo_of_a_laptop_is_a_small_picture_until_it_is_checked(desk: Desk) -> None:
    plain, digest = _taken_elsewhere(desk)
    desk.terminal.central.thumbnails[digest] = plain
    desk.show("conflicts")
    shown = desk.read("evidence")
    assert "Small picture of the car" in shown
    assert "small picture, not checked" in shown
    assert "not at city hall yet" in shown
    assert "hash matches" not in shown
    desk.looks_right()
    desk.terminal.central.photos[digest] = plain
    _hear(desk)
    shown = desk.read("evidence")
    assert "Photo of the car" in shown
    assert "hash matches" in shown
    assert "small picture" not in shown
    assert digest not in desk.store.photos, "nothing is kept at the desk"


def test_without_a_network_the_photos_are_at_city_hall_until_it_answers(desk: Desk) -> None:
    plain, digest = _taken_elsewhere(desk)
    desk.terminal.central.photos[digest] = plain
    desk.terminal.central.away = True
    desk.show("conflicts")
    assert desk.read("evidence").count("at city hall, no network") == 2
    desk.looks_right()
    desk.terminal.central.away = False
    _hear(desk)
    assert "hash matches" in desk.read("evidence")
    assert "no network" not in desk.read("evidence")


def test_while_photos_are_fetched_nobody_is_told_that_there_are_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()

    def slow(_sha256: bytes, *, thumbnail: bool) -> bytes:
        del thumbnail
        answers.wait()
        raise no_network()

    monkeypatch.setattr(desk.terminal.central, "photo", slow)
    conflicts.two_plates(desk.store, desk.clock.utc)
    try:
        desk.shell.show_screen("conflicts")
        desk.qtbot.waitUntil(lambda: not desk.hidden("evidence"))
        desk.qtbot.waitUntil(lambda: "The photos are being fetched." in desk.read("evidence"))
    finally:
        answers.set()
    desk.settle()
    assert "at city hall, no network" in desk.read("evidence")


def test_a_photo_that_comes_down_damaged_is_not_shown_as_evidence(desk: Desk) -> None:
    plain, digest = _taken_elsewhere(desk)
    desk.terminal.central.thumbnails[digest] = plain
    desk.terminal.central.photos[digest] = plain + b"damaged"
    desk.show("conflicts")
    shown = desk.read("evidence")
    assert "hash differs, do not use it" in shown
    assert "picture of the car" not in shown


def test_photos_beyond_the_column_are_counted_and_not_fetched(desk: Desk) -> None:
    conflicts.two_plates(desk.store, desk.clock.utc)
    first = next(one for one in desk.store.fed_facts if isinstance(one, Photo))
    desk.store.fed_facts.append(replace(first, photo_id=name("photo", 9)))
    desk.show("conflicts")
    assert "1 more photo" in desk.read("evidence")
    assert desk.terminal.central.asked.count("photo") == 2
