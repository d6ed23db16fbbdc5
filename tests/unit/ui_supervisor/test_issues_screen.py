import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from parking.parked import ParkedClosing
from tests.fakes.terminal_app import PIN
from tests.unit.ui_supervisor import conflicts, issues
from tests.unit.ui_supervisor.conftest import Desk
from ui.widgets.buttons import ActionButton
from ui.widgets.fields import TextField
from ui.widgets.table import DataTable


@pytest.fixture
def refused(desk: Desk) -> Desk:
    issues.refused(desk.store, desk.clock.utc)
    desk.show("issues")
    return desk


def _type(desk: Desk, name: str, text: str) -> None:
    field = desk.part(name, TextField)
    QTest.keyClicks(field.focusProxy() or field, text)


def _close(desk: Desk) -> None:
    QTest.keyClick(desk.shell, Qt.Key.Key_F9)
    desk.settle()


def _choose(desk: Desk, at: int) -> None:
    table = desk.part("issue_rows", DataTable)
    index = table.model().index(at, 0)
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center()
    )


def _closings(desk: Desk) -> list[ParkedClosing]:
    return [fact for fact in desk.store.facts if isinstance(fact, ParkedClosing)]


def _effect(desk: Desk) -> str:
    return desk.part("issue_effect", QLabel).text()


def test_without_issues_it_says_what_would_come_here(desk: Desk) -> None:
    desk.show("issues")
    desk.looks_right()
    assert desk.read("no_issue").startswith("City hall refused nothing.")
    assert desk.hidden("close_issue_button")


def test_the_list_tells_what_where_and_why(refused: Desk) -> None:
    rows = refused.read("issue_rows")
    assert "Citation, a terminal not known here" not in rows
    assert "Citation, laptop T-009, This number was issued by another terminal." in rows
    assert rows.index("Pay outage") < rows.index("Check of a plate")
    assert "laptop T-014" in refused.read("issue_facts")
    refused.looks_right()


def test_one_is_closed_with_a_reason(refused: Desk) -> None:
    _choose(refused, 1)
    assert not refused.part("close_issue_button", ActionButton).isEnabled()
    assert _effect(refused).startswith("Say first why")
    assert refused.hidden("issue_badge")
    _type(refused, "issue_reason", "Entered again by hand as SC-4-99")
    assert "cannot be undone" in _effect(refused)
    _close(refused)
    (closing,) = _closings(refused)
    assert (closing.reason, closing.second_officer_id) == ("Entered again by hand as SC-4-99", None)
    assert refused.notice.startswith("Citation from laptop T-009 is closed.")
    assert refused.read("nav_issues") == "Sync issues, 3 waiting"
    assert refused.part("issue_reason", TextField).text() == ""
    refused.looks_right()


def test_money_needs_a_second_supervisor_with_their_own_pin(refused: Desk) -> None:
    second = refused.terminal.officer("0103")
    refused.terminal.sign_in("0103")
    refused.terminal.sign_in("0102")
    _type(refused, "issue_reason", "Paid in cash at city hall")
    assert not refused.part("close_issue_button", ActionButton).isEnabled()
    assert _effect(refused).startswith("Money depends on it")
    _type(refused, "issue_badge", "0103")
    _type(refused, "issue_pin", "111122")
    _close(refused)
    assert "PIN" in refused.notice
    assert _closings(refused) == []
    assert refused.part("issue_pin", TextField).text() == ""
    refused.looks_right()
    _type(refused, "issue_pin", PIN)
    _close(refused)
    (closing,) = _closings(refused)
    assert closing.second_officer_id == second.officer_id
    assert closing.officer_id == refused.terminal.officer("0102").officer_id
    assert refused.terminal.app.duty is not None
    assert refused.terminal.app.duty.sign_in.officer.badge == "0102"


@pytest.mark.parametrize(("badge", "said"), [("0102", "somebody else"), ("0417", "another super")])
def test_who_may_not_agree_is_told_so(refused: Desk, badge: str, said: str) -> None:
    if badge != "0102":
        wrap = refused.terminal
        wrap.central.codes["7Q2M-4F7K"] = wrap.officer(badge)
        with pytest.raises(Exception, match="role"):
            wrap.lanes.run(wrap.app.people.activate(badge, "7Q2M-4F7K", PIN))
    _type(refused, "issue_reason", "Paid")
    _type(refused, "issue_badge", badge)
    _type(refused, "issue_pin", PIN)
    _close(refused)
    assert said in refused.notice
    assert _closings(refused) == []


def test_what_waits_is_counted_at_the_rail_of_every_page(desk: Desk) -> None:
    issues.refused(desk.store, desk.clock.utc)
    conflicts.two_plates(desk.store, desk.clock.utc)
    desk.show("report")
    assert desk.read("nav_issues") == "Sync issues, 4 waiting"
    assert desk.read("nav_conflicts") == "Conflicts, 1 waiting"
    conflicts.two_notes(desk.store, desk.clock.utc)
    desk.terminal.news("conflict")
    desk.qtbot.waitUntil(lambda: desk.read("nav_conflicts") == "Conflicts, 2 waiting")
    desk.settle()


def test_what_was_closed_elsewhere_leaves_the_list(refused: Desk) -> None:
    _choose(refused, 2)
    del refused.store.fed_parked[2]
    refused.terminal.news("parked_operation")
    refused.qtbot.waitUntil(lambda: "online" in refused.read("nav"))
    refused.second()
    assert refused.read("nav_issues") == "Sync issues, 3 waiting"
    assert "Check of a plate" not in refused.read("issue_rows")


def test_a_full_disk_loses_no_closing_silently(refused: Desk) -> None:
    _choose(refused, 1)
    refused.store.disk_full = True
    _type(refused, "issue_reason", "Not needed")
    _close(refused)
    assert "disk is full" in refused.notice
    assert refused.part("issue_reason", TextField).text() == "Not needed"
