import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from parking.refund import RefundApproval, RefundRequest
from tests.unit.ui_supervisor import payments
from tests.unit.ui_supervisor.conftest import Desk
from ui.widgets.buttons import ActionButton
from ui.widgets.fields import TextField
from ui.widgets.table import DataTable


@pytest.fixture
def day(desk: Desk) -> Desk:
    payments.day(desk.store)
    desk.show("payments")
    return desk


def _type(desk: Desk, name: str, text: str) -> None:
    field = desk.part(name, TextField)
    field.set_text("")
    QTest.keyClicks(field.focusProxy() or field, text)


def _find(desk: Desk, text: str) -> None:
    _type(desk, "payments_text", text)
    _press(desk, Qt.Key.Key_F2)


def _press(desk: Desk, key: Qt.Key) -> None:
    QTest.keyClick(desk.shell, key)
    desk.settle()


def _choose(desk: Desk, at: int) -> None:
    table = desk.part("payment_rows", DataTable)
    index = table.model().index(at, 0)
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center()
    )
    desk.settle()


def _effect(desk: Desk) -> str:
    return desk.part("refund_effect", QLabel).text()


def _made(desk: Desk, of: type) -> list[object]:
    return [fact for fact in desk.store.facts if isinstance(fact, of)]


def test_without_payments_it_says_how_to_find_one(desk: Desk) -> None:
    desk.show("payments")
    desk.looks_right()
    assert desk.read("no_payment").startswith("No payment today")
    assert desk.hidden("give_back_button")


def test_what_a_person_must_look_at_stands_first(day: Desk) -> None:
    rows = day.read("payment_rows").split("; ")
    assert rows[1].startswith("P-4M2Q-02")
    assert "paid twice" in rows[1]
    assert day.read("nav_payments") == "Payments, 1 waiting"
    facts = day.read("payment_facts")
    assert "Parking in zone 204, 11:26 to 13:26" in facts
    assert "pay station K-07" in facts
    assert "$1.25 was paid twice" in facts
    told = day.read("payment_rows")
    for words in ("all given back", "paid by a code", "the card paid nothing"):
        assert words in told
    day.looks_right()


def test_what_was_paid_twice_goes_back_with_one_press(day: Desk) -> None:
    assert _effect(day) == (
        "$1.25 goes back to Visa 4242. The parking stays as it was bought. It cannot be undone."
    )
    _press(day, Qt.Key.Key_F9)
    (request,) = _made(day, RefundRequest)
    assert isinstance(request, RefundRequest)
    assert (request.amount_cents, request.reason_code, request.ends_right) == (
        125,
        "overlap",
        False,
    )
    assert day.notice.startswith("$1.25 is asked for. City hall answers with the next exchange.")
    assert "refunded" not in day.notice
    assert "$1.25, J. Rivera, Paid twice for the time: not sent yet" in day.read("payment_facts")
    day.looks_right()


def test_a_plain_payment_goes_back_whole_and_the_parking_ends(day: Desk) -> None:
    _choose(day, 1)
    give = day.part("give_back_button", ActionButton)
    assert not give.isEnabled()
    assert _effect(day) == "Choose why the money goes back."
    QTest.mouseClick(day.part("refund_goodwill", ActionButton), Qt.MouseButton.LeftButton)
    assert _effect(day).startswith("$2.50 goes back to Visa 4242. The parking ends now.")
    _type(day, "refund_amount", "2.51")
    assert not give.isEnabled()
    assert day.part("refund_amount", TextField).view.problem == "At most $2.50 is left"
    _type(day, "refund_amount", "x")
    assert day.part("refund_amount", TextField).view.problem == "Write it like 2.50"
    _type(day, "refund_amount", "1")
    QTest.mouseClick(day.part("chip_stays", ActionButton), Qt.MouseButton.LeftButton)
    QTest.mouseClick(day.part("chip_stays", ActionButton), Qt.MouseButton.LeftButton)
    QTest.mouseClick(day.part("refund_other", ActionButton), Qt.MouseButton.LeftButton)
    assert not give.isEnabled()
    _type(day, "refund_words", "The gate was shut")
    day.looks_right()
    _press(day, Qt.Key.Key_F9)
    (request,) = _made(day, RefundRequest)
    assert isinstance(request, RefundRequest)
    assert (request.amount_cents, request.text, request.ends_right) == (
        100,
        "The gate was shut",
        False,
    )
    assert day.part("refund_amount", TextField).text() == "1.50"


def test_nothing_goes_back_of_what_the_card_did_not_pay(day: Desk) -> None:
    for at, words in ((3, "The card paid nothing"), (5, "All of it was given back")):
        _choose(day, at)
        assert _effect(day).startswith(words)
        assert day.hidden("refund_card")
        _press(day, Qt.Key.Key_F9)
    assert _made(day, RefundRequest) == []


def test_a_ticket_keeps_no_parking(day: Desk) -> None:
    _choose(day, 2)
    QTest.mouseClick(day.part("refund_dismissed", ActionButton), Qt.MouseButton.LeftButton)
    assert day.hidden("refund_ending")
    assert _effect(day).startswith("$25.00 goes back to Visa 4242. The ticket is told of it.")


@pytest.mark.parametrize(
    ("text", "found"),
    [("hgt 7712", 5), ("ab12345", 1), ("p-4m2q-03", 1), ("11/21/2026", 0), ("2026-11-22", 6)],
)
def test_a_payment_is_found_by_code_plate_or_day(day: Desk, text: str, found: int) -> None:
    day.clock.pass_by(seconds=0)
    local = day.clock.utc.strftime("%Y-%m-%d")
    _find(day, text.replace("2026-11-22", local))
    shown = (
        0 if day.hidden("payment_rows") else day.part("payment_rows", DataTable).model().rowCount()
    )
    assert shown == found
    day.looks_right()


def test_what_is_no_plate_and_no_day_is_refused_at_the_field(day: Desk) -> None:
    _find(day, "2026-02-31")
    assert "no such day" in day.part("payments_text", TextField).view.problem
    _find(day, "ABCDEFGH1234567")
    assert day.part("payments_text", TextField).view.problem


def test_another_supervisor_confirms(desk: Desk) -> None:
    request = payments.waiting(desk.store, "0103")
    desk.show("payments")
    assert _effect(desk).startswith("Waits for you: L. Park asks for $60.00, Goodwill.")
    assert "$60.00 goes back to Visa 4242. The parking ends now. It cannot be undone." in _effect(
        desk
    )
    desk.looks_right()
    _press(desk, Qt.Key.Key_F9)
    (approval,) = _made(desk, RefundApproval)
    assert isinstance(approval, RefundApproval)
    assert (approval.refund_id, approval.approved) == (request.refund_id, True)
    assert desk.notice.startswith("Confirmed. City hall gives it back")
    _press(desk, Qt.Key.Key_F9)
    assert len(_made(desk, RefundApproval)) == 1


def test_another_supervisor_refuses(desk: Desk) -> None:
    payments.waiting(desk.store, "0103")
    desk.show("payments")
    _press(desk, Qt.Key.Key_F7)
    (approval,) = _made(desk, RefundApproval)
    assert isinstance(approval, RefundApproval)
    assert not approval.approved
    assert "refused by a second supervisor" in desk.read("payment_facts")


def test_who_asked_cannot_confirm(desk: Desk) -> None:
    payments.waiting(desk.store, "0102")
    desk.show("payments")
    assert _effect(desk) == (
        "$60.00 waits for another supervisor. Who asked for it cannot confirm it."
    )
    assert desk.hidden("refuse_refund_button")
    _press(desk, Qt.Key.Key_F9)
    assert _made(desk, RefundApproval) == []


def test_a_full_disk_keeps_what_was_entered_in_sight(day: Desk) -> None:
    day.store.disk_full = True
    _press(day, Qt.Key.Key_F9)
    assert day.notice
    assert _made(day, RefundRequest) == []
    assert day.part("refund_amount", TextField).text() == "1.25"
    day.store.disk_full = False
    _press(day, Qt.Key.Key_F9)
    assert len(_made(day, RefundRequest)) == 1
