from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from parking.citation import Citation, CitationEvent, EventKind
from tests.unit.ui_supervisor import samples
from tests.unit.ui_supervisor.conftest import Desk
from ui.widgets.buttons import ActionButton
from ui.widgets.fields import TextField
from ui.widgets.table import DataTable


@pytest.fixture
def queue(desk: Desk) -> Desk:
    samples.queue(desk.store, desk.clock)
    desk.show("held")
    return desk


def _press(desk: Desk, name: str) -> None:
    desk.part(name, ActionButton).click()


def _choose(desk: Desk, at: int) -> str:
    """Choose a row with the mouse; return its key."""
    table = desk.part("held_rows", DataTable)
    index = table.model().index(at, 1)
    table.scrollTo(index)
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center()
    )
    return table.view.rows[at].key


def _decisions(desk: Desk) -> list[tuple[EventKind, str, str]]:
    return [
        (fact.kind, fact.reason_code, fact.text)
        for fact in desk.store.facts
        if isinstance(fact, CitationEvent)
    ]


def test_nothing_is_cut_in_any_story(queue: Desk) -> None:
    for at in range(7):
        _choose(queue, at)
        queue.looks_right()


def test_an_empty_queue_says_so_and_offers_nothing_to_decide(desk: Desk) -> None:
    desk.show("held")
    desk.looks_right()
    assert desk.read("nothing_held").startswith("No citation is held.")
    assert desk.read("queue_number") == "0 Held citations, nothing waits"
    assert all(desk.hidden(name) for name in ("held_rows", "dismiss_button", "held_reason"))


def test_one_and_many_rows_stand_whole(desk: Desk) -> None:
    of = samples.citation(1, desk.clock.utc)
    right = samples.payment(1, of.observed_utc, of.observed_utc + timedelta(hours=2))
    desk.store.rights.append(right)
    desk.store.fed_facts += [of, samples.hold(of, right, of.observed_utc)]
    desk.show("held")
    desk.looks_right()
    for serial in range(2, 60):
        other = samples.citation(serial, desk.clock.utc, place="x" * 120)
        desk.store.fed_facts += [other, samples.hold(other, right, desk.clock.utc)]
    desk.terminal.news("citation")
    desk.qtbot.waitUntil(lambda: "online" in desk.read("nav"))
    desk.second()
    assert desk.read("queue_number").startswith("59 ")
    desk.looks_right()


def test_long_words_stand_whole(desk: Desk) -> None:
    desk.store.fed_codes = [
        replace(one, title="Parked in a way that blocks a hydrant or driveway, day or night")
        for one in desk.store.fed_codes
    ]
    of = samples.citation(999_999, desk.clock.utc, plate="TEMP123456", fine_cents=1_000_000)
    right = samples.permit(
        1,
        of.observed_utc - timedelta(days=9),
        of.observed_utc + timedelta(days=9),
        kind="Contractor of the water department, night",
    )
    desk.store.permits.append(right)
    desk.store.fed_facts += [of, samples.hold(of, right, of.observed_utc + timedelta(days=40))]
    desk.show("held")
    desk.looks_right()


def test_the_first_in_the_queue_is_shown_and_can_be_read(queue: Desk) -> None:
    assert queue.part("held_citation", QLabel).text().startswith("SC-4-012850")
    story = queue.read("held_story")
    assert "A permit covers the time it was seen" in story
    assert "Exact plate and state" in story
    rows = queue.read("held_rows")
    assert rows.index("$120.00") < rows.index("$80.00") < rows.index("$50.00")
    assert queue.read("queue_number").startswith("7 Held citations")
    assert queue.read("risk_number").startswith("$350.00")


def test_a_citation_is_dismissed_with_a_reason(queue: Desk) -> None:
    assert not queue.part("dismiss_button", ActionButton).isEnabled()
    _press(queue, "reason_paid_late_feed")
    assert "The driver pays nothing" in queue.part("held_effect", QLabel).text()
    assert not queue.part("release_button", ActionButton).isEnabled()
    QTest.keyClick(queue.shell, Qt.Key.Key_F9)
    queue.settle()
    assert _decisions(queue) == [(EventKind.DISMISSED, "paid_late_feed", "")]
    assert queue.notice.endswith("is dismissed. The driver pays nothing.")
    assert queue.read("queue_number").startswith("6 ")
    assert queue.read("nav_held") == "Held citations, 6 waiting"
    queue.looks_right()


def test_a_citation_is_released_with_a_reason(queue: Desk) -> None:
    _choose(queue, 3)
    _press(queue, "reason_not_this_car")
    assert not queue.part("dismiss_button", ActionButton).isEnabled()
    QTest.keyClick(queue.shell, Qt.Key.Key_F7)
    queue.settle()
    assert _decisions(queue) == [(EventKind.RELEASED, "not_this_car", "")]
    assert "stands again" in queue.notice


def test_a_release_leaves_what_else_covers_it_to_decide(queue: Desk) -> None:
    _choose(queue, 3)
    number = queue.part("held_citation", QLabel).text()
    of = next(
        fact
        for fact in queue.store.fed_facts
        if isinstance(fact, Citation) and fact.number == number
    )
    more = samples.permit(9, of.observed_utc, of.observed_utc + timedelta(days=1))
    queue.store.permits.append(more)
    second = samples.hold(of, more, of.observed_utc + timedelta(hours=3), "exit_grace")
    second = replace(second, citation_event_id=samples.name("second hold"))
    queue.store.fed_facts.append(second)
    _press(queue, "reason_not_this_car")
    _press(queue, "release_button")
    queue.settle()
    assert queue.notice.startswith(f"{number} is still held: something else covers it too.")
    rows = queue.part("held_rows", DataTable).view.rows
    _choose(queue, next(at for at, row in enumerate(rows) if row.key == str(of.citation_id)))
    assert "The permit had just ended" in queue.read("held_story")
    assert not queue.part("release_button", ActionButton).isEnabled()
    _press(queue, "reason_not_this_car")
    _press(queue, "release_button")
    queue.settle()
    assert "stands again" in queue.notice
    assert queue.read("queue_number").startswith("6 ")


def test_other_reasons_need_words(queue: Desk) -> None:
    _press(queue, "reason_other")
    assert not queue.part("dismiss_button", ActionButton).isEnabled()
    QTest.keyClicks(
        queue.part("reason_words", TextField).focusProxy() or queue.shell, " Ambulance "
    )
    queue.looks_right()
    _press(queue, "dismiss_button")
    queue.settle()
    assert _decisions(queue) == [(EventKind.DISMISSED, "other", "Ambulance")]
    assert queue.part("reason_words", TextField).text() == ""


def test_another_citation_begins_another_decision(queue: Desk) -> None:
    _press(queue, "reason_paid_late_feed")
    _choose(queue, 2)
    assert not queue.part("dismiss_button", ActionButton).isEnabled()
    assert "The payment had just ended" in queue.read("held_story")


def test_a_reason_can_be_taken_back(queue: Desk) -> None:
    _press(queue, "reason_in_grace")
    _press(queue, "reason_in_grace")
    assert not queue.part("dismiss_button", ActionButton).isEnabled()


def test_a_double_press_decides_once(queue: Desk) -> None:
    _press(queue, "reason_paid_late_feed")
    _press(queue, "dismiss_button")
    queue.shell.current._decide(release=False)  # type: ignore[attr-defined]  # a second press that came through
    queue.settle()
    assert len(_decisions(queue)) == 1


def test_a_look_that_began_before_the_decision_does_not_bring_it_back(queue: Desk) -> None:
    number = queue.part("held_citation", QLabel).text()
    _press(queue, "reason_paid_late_feed")
    screen = queue.shell.current
    _press(queue, "dismiss_button")
    stale = tuple(screen._rows)  # type: ignore[attr-defined]  # what such a look would have found
    queue.settle()
    screen._outdated = True  # type: ignore[attr-defined]  # it is still on its way
    screen._on_held(stale)  # type: ignore[attr-defined]  # and lands now
    queue.settle()
    assert number not in queue.read("held_rows")
    assert queue.notice == f"{number} is dismissed. The driver pays nothing."


def test_the_place_in_the_queue_is_kept_after_a_decision(queue: Desk) -> None:
    _choose(queue, 2)
    after = queue.part("held_rows", DataTable).view.rows[3].key
    _press(queue, "reason_in_grace")
    _press(queue, "dismiss_button")
    queue.settle()
    assert queue.part("held_rows", DataTable).view.chosen == after


def test_what_somebody_else_decided_is_told(queue: Desk) -> None:
    key = _choose(queue, 0)
    citation = next(
        fact
        for fact in queue.store.fed_facts
        if isinstance(fact, Citation) and str(fact.citation_id) == key
    )
    queue.store.fed_facts.append(
        CitationEvent(
            citation_event_id=samples.name("elsewhere"),
            citation_id=citation.citation_id,
            kind=EventKind.DISMISSED,
            at_utc=queue.clock.utc,
            actor_id=samples.name("L. Park"),
        )
    )
    queue.terminal.news("citation_event")
    queue.qtbot.waitUntil(lambda: "online" in queue.read("nav"))
    queue.second()
    assert "somebody decided it elsewhere" in queue.notice
    assert citation.number in queue.notice
    assert queue.read("queue_number").startswith("6 ")


def test_a_decision_that_comes_too_late_changes_nothing(queue: Desk) -> None:
    _press(queue, "reason_paid_late_feed")
    queue.store.fed_facts = [
        fact for fact in queue.store.fed_facts if not isinstance(fact, CitationEvent)
    ]
    _press(queue, "dismiss_button")
    queue.settle()
    assert _decisions(queue) == []
    assert queue.hidden("held_rows")


def test_a_full_disk_loses_no_decision_silently(queue: Desk) -> None:
    queue.store.disk_full = True
    _press(queue, "reason_paid_late_feed")
    _press(queue, "dismiss_button")
    queue.settle()
    assert "disk is full" in queue.notice
    assert queue.read("queue_number").startswith("7 ")
    assert queue.part("dismiss_button", ActionButton).isEnabled()


def test_a_new_hold_appears_by_itself_and_the_choice_stays(queue: Desk) -> None:
    key = _choose(queue, 4)
    _press(queue, "reason_in_grace")
    of = samples.citation(7, queue.clock.utc, fine_cents=9000)
    queue.store.fed_facts += [of, samples.hold(of, None, queue.clock.utc)]
    queue.terminal.news("citation_event")
    queue.qtbot.waitUntil(lambda: "online" in queue.read("nav"))
    queue.second()
    table = queue.part("held_rows", DataTable)
    assert len(table.view.rows) == 8
    assert table.view.chosen == key
    assert queue.part("dismiss_button", ActionButton).isEnabled()


def test_keys_lead_through_the_queue_and_back(queue: Desk) -> None:
    table = queue.part("held_rows", DataTable)
    assert queue.shell.current.default_focus() is table
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.view.chosen == table.view.rows[1].key
    QTest.keyClick(queue.shell, Qt.Key.Key_Escape)
    queue.settle()
    assert queue.shell.current.name == "report"
